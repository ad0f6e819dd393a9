/** What is this, and where is it in the catalog? One query, from photo bytes to a page of hits. */
export { Answering } from "./answering.ts";
export { answersOf } from "./answers.ts";
export { type Comparison, compare } from "./compare.ts";
export {
  type AnsweredQuery,
  type Evaluation,
  type EvaluationOptions,
  evaluate,
  type Figures,
  type UnreadableQuery,
} from "./evaluate.ts";
export { hasNewerCard, modelFolder, modelInUse, unseen } from "./model-folder.ts";
export { editDistance } from "./near-names.ts";
export type { SearchQuery } from "./query.ts";
export { writeReport } from "./report.ts";
export type { Guess, SearchHit, SearchResult, SeenObject, Timings } from "./result.ts";
export { type Eyes, Searcher, type SearcherOptions, SURVIVORS } from "./searcher.ts";
export { type WrittenSegments, writeSegments } from "./write-segments.ts";
