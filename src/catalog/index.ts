/** Engine: the one source of truth. SQLite for rows and codes, content-addressed files for pictures. */
export type {
  Attributes,
  Batch,
  ImageRecord,
  ItemRecord,
  OriginRecord,
  OwnedPicture,
  QuarantineRecord,
  SightRecord,
  VariantRecord,
} from "./batch.ts";
export type { CatalogStore, Picture } from "./catalog-store.ts";
export type { CodeChange } from "./codes.ts";
export type { DuplicateGroup, GroupedItem, PersonalVerdict, Verdict } from "./duplicates.ts";
export type { ExportLine, ItemLine } from "./export.ts";
export { CODE_BYTES, FEATURE_WIDTH, type Int8Feature, quantize } from "./feature.ts";
export type { Swept } from "./gone.ts";
export type { Found, Inventory } from "./inventory.ts";
export type { ItemPicture, Owner } from "./items.ts";
export { type Beat, type Job, type JobProgress, type JobRequest, type JobState, jobName } from "./jobs.ts";
export type { KnownItem } from "./known.ts";
export type { ModelCoverage, Models } from "./models.ts";
export { hashOf } from "./picture-files.ts";
export type { Quarantined } from "./quarantine.ts";
export type { SelectionRow, StoredQuality } from "./selection.ts";
export type { ShelfItem } from "./shelf.ts";
export type { SmallPictures } from "./small-pictures.ts";
export { type Snapshot, type SnapshotAnswers, type SnapshotStep, Snapshots } from "./snapshots.ts";
export { openStore, type Store } from "./store.ts";
export type { WriterLock } from "./writer-lock.ts";
