/** How a segment's slots fall into lists; one list of all slots where nothing was clustered. */
export type Lists = {
  /** First slot of each list, ascending, and `count` at the end: lists + 1 entries. */
  readonly starts: Uint32Array;
  /** lists x 64 bytes; undefined with one list. Segments clustered alike share the very same array. */
  readonly centroids: Uint8Array | undefined;
  /** What the coarse search measured when the segment was made, in its own form. */
  readonly coarse: Uint8Array | undefined;
  readonly prefixes: Prefixes | undefined;
};

export type Prefixes = {
  /** Bytes a code, 1 … 8. */
  readonly bytes: number;
  /** bytes x 8 bit numbers (0 … 511) a list. */
  readonly bits: Uint16Array;
  /** count x bytes, by slot. */
  readonly column: Uint8Array;
};

/** Slots `from` … `to` - 1 of one segment: what a search is told to compare. */
export type SlotRange = { readonly segment: number; readonly from: number; readonly to: number };
