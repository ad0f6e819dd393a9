/** In which order, and how sure? Pure functions: no I/O, no clock, no randomness. */
export { cosine, type Int8Feature, restore } from "./cosine.ts";
export { DEFAULT_MODEL_WEIGHT, fitModelWeight, fuse, type Testimony } from "./fusion.ts";
export { DEFAULT_LAMBDA, fitLambda, type JudgedBallot, voteLogLikelihood } from "./lambda.ts";
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
export { type ScoreCalibration, scoreOf } from "./score.ts";
export { carry, fitTransfer, type Labelled, type Transfer } from "./transfer.ts";
export { type Ballot, VOTE_EPSILON, voters, voteShares } from "./vote.ts";
