/** In which order, and how sure? Pure functions: no I/O, no clock, no randomness. */
export { cosine, type Int8Feature, restore } from "./cosine.ts";
export { type Fusion, fitFusion, fuse, fusionLogLikelihood, type Witness } from "./fusion.ts";
export { fitTemperature, type Head, HeadSums, headLogLikelihood, headScores, softmax } from "./head.ts";
export { type KindTable, kindTable, sharesOfKind } from "./kinds.ts";
export { mostAgreeingFirst, POINTS_DEPTH } from "./likeness.ts";
export {
  bestSellersFirst,
  byLikeness,
  equalRuns,
  type Found,
  ItemGroups,
  type Owner,
  QUALITY_DEPTH,
  type Survivor,
} from "./order.ts";
export { type Pooling, poolRare, RARE_BELOW } from "./pooling.ts";
export {
  leadAmong,
  NEAREST_AMONG,
  type PresenceCalibration,
  presenceOf,
  type ScoreCalibration,
  scoreOf,
} from "./score.ts";
export { type Span, spanOf } from "./span.ts";
export { type Ballot, voters } from "./vote.ts";
