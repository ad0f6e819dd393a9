/** Flow: how does a shop's export become a catalog? Rows to items, pictures to codes, all of it resumable. */
export { bringUpToDate, type IndexReport } from "./bring-up-to-date.ts";
export { decide } from "./duplicates/decide.ts";
export { type FetchOptions, fetchPicture } from "./fetch-picture.ts";
export { guessMapping } from "./guess-mapping.ts";
export { type ImportOptions, importSource, sourceOfJob } from "./import-source.ts";
export type { Item, Variant } from "./item.ts";
export type { Mapping, MappingChoice } from "./mapping.ts";
export { type AddedModel, type AddModelOptions, addModel } from "./models/add.ts";
export { faultsOfModels, keepForImport, keepIfIdle, keepModel, keepModelInUse } from "./models/keep.ts";
export { cardOf, listModels, type ModelInfo, modelInfo } from "./models/list.ts";
export { promoteModel, rollBackModel } from "./models/promote.ts";
export type { Progress } from "./progress.ts";
export type { ImportReport, Removed, ReportedFault } from "./report.ts";
export type { Seeing } from "./seen.ts";
export { applyRules, type SelectionReport } from "./selection/apply.ts";
export type { SelectionRules } from "./selection/rules.ts";
export { type Why, whyChosen } from "./selection/select.ts";
export type { Source } from "./source.ts";
export type { ReadTable } from "./survey.ts";
export { type DoctorOptions, type DoctorReport, examine, type Finding } from "./upkeep/doctor.ts";
export {
  createSnapshot,
  listSnapshots,
  restoreSnapshot,
  type SnapshotCheck,
  type SnapshotOptions,
  type SnapshotReport,
  verifySnapshot,
} from "./upkeep/snapshot.ts";
