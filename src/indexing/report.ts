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
  seconds: number;
};
