/** A row, or one picture of a row, that was set aside. */
export type ReportedFault = {
  /** As the caller named the source. */
  file: string;
  /** 1-based record. */
  row: number;
  /** Only if the row came in and this picture did not. */
  picture?: string;
  reason: string;
  code: string;
};

/** What a complete source no longer lists, and what became of it. */
export type Removed = {
  /** Items that left the catalog, and the searches, in this run. */
  items: number;
  /** The first of them by the shop's ids. */
  itemIds: string[];
  /** Pictures that nobody shows now; they and their codes wait `graceDays` days for an item that brings them back. */
  picturesWaiting: number;
  graceDays: number;
  /** Pictures whose wait was over: their files and codes are deleted. */
  picturesDeleted: number;
};

/** Of all sources. */
export type FoundDuplicates = {
  /** Pictures that this run compared with those before them. */
  compared: number;
  /** Pictures that are too many to compare in an import: `index` does it. */
  waiting: number;
  /** Groups of items that show the same picture. */
  groups: number;
};

/** What `import` answers. rows = imported + unchanged + deselected + rows in quarantine. */
export type ImportReport = {
  jobId: string;
  rows: number;
  imported: number;
  unchanged: number;
  deselected: number;
  /** What the catalog holds from this source after the run; pictures distinct by content. */
  items: number;
  variants: number;
  pictures: number;
  quarantined: ReportedFault[];
  /** With `full` only. */
  removed?: Removed;
  duplicates: FoundDuplicates;
  seconds: number;
};
