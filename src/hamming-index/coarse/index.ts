export { assign, type Centroids, sortByList, trainCentroids, trainingCodes } from "./centroids.ts";
export { Ranker, type Ranking } from "./ranker.ts";
export { Reach } from "./reach.ts";
export { SampledCodes } from "./sampled.ts";
export { type CoarseAnswer, type Compare, nearestOf, searchLists, type Walkable } from "./search.ts";
export {
  ANSWER_K,
  type Choice,
  COARSE_K_MAX,
  choose,
  type Measured,
  type Measures,
  measure,
  type Sample,
  type Setting,
  type Wish,
} from "./settings.ts";
