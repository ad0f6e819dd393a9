import { readSync } from "node:fs";
import type { Arena, Frame } from "./arena.ts";
import type { Filter } from "./filter.ts";
import { type GroupRuns, Groups } from "./groups.ts";
import { CODE_BYTES } from "./layout.ts";
import type { Pieces } from "./pieces.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { Slots } from "./slots.ts";

/** How a segment's slots fall into lists; one list of all slots where nothing was clustered. */
export type Lists = {
  /** First slot of each list, ascending, and `count` at the end: lists + 1 entries. */
  readonly starts: Uint32Array;
  /** lists x 64 bytes; undefined with one list. Segments clustered alike share the very same array. */
  readonly centroids?: Uint8Array | undefined;
};

/** All of a segment that is not in its frames. */
export type SegmentParts = {
  count: number;
  minId: number;
  maxId: number;
  /** The slots by ascending id; undefined where ids ascend over all slots. */
  order: Uint32Array | undefined;
  lists: Lists;
  /** Undefined where all are of group 0. */
  groups: GroupRuns | undefined;
};

/** The file of a segment; `fd` is open where codes are read from it; `listed`: the manifest on disk names it. */
export type SegmentFile = { name: string; crc: number; bytes: number; listed: boolean; fd?: number; number?: number };

/** Codes that never change, sorted by list, then group, then ascending id; only their deaths are news. */
export class Segment extends Slots {
  readonly minId: number;
  readonly maxId: number;
  readonly lists: Lists;
  readonly groups: Groups | undefined;
  file: SegmentFile | undefined;
  readonly #order: Uint32Array | undefined;

  constructor(arena: Arena, frames: Frame[], parts: SegmentParts) {
    super(arena, frames);
    this.count = parts.count;
    this.minId = parts.minId;
    this.maxId = parts.maxId;
    this.lists = parts.lists;
    this.groups = parts.groups && new Groups(parts.groups, parts.lists.starts);
    this.#order = parts.order;
  }

  /** What its file holds beside codes and ids. */
  get parts(): SegmentParts {
    const { count, minId, maxId, lists, groups } = this;
    return { count, minId, maxId, order: this.#order, lists, groups: groups?.runs };
  }

  find(id: number): number {
    if (id < this.minId || id > this.maxId) return -1;
    let [low, high, least, most] = [0, this.count - 1, this.minId, this.maxId];
    // Ids mostly lie evenly, so a look at where the id should be finds it in two or three; if not, halving does.
    for (let looks = 0; low <= high; looks++) {
      const share = looks < 6 && most > least ? (id - least) / (most - least) : 0.5;
      const middle = low + Math.floor(share * (high - low));
      const slot = this.#order ? this.#order[middle]! : middle;
      const found = this.idAt(slot);
      if (found === id) return this.isDead(slot) ? -1 : slot;
      if (found < id) [low, least] = [middle + 1, found];
      else [high, most] = [middle - 1, found];
    }
    return -1;
  }

  groupAt(slot: number): number {
    return this.groups?.at(slot) ?? 0;
  }

  eachOf(group: number, visit: (from: number, to: number) => void): void {
    if (this.groups) this.groups.each(group, visit);
    else if (group === 0) visit(0, this.count);
  }

  addTo(pieces: Pieces, { allow, group }: Filter): void {
    const bits = allow && this.place(allow);
    if (group === undefined || (!this.groups && group === 0)) this.addFrames(pieces, bits);
    else this.eachOf(group, (from, to) => pieces.add(this, from, to, bits !== undefined));
  }

  override codeAt(slot: number): Uint8Array {
    if (this.file?.fd === undefined) return super.codeAt(slot);
    const code = new Uint8Array(CODE_BYTES);
    readSync(this.file.fd, code, 0, CODE_BYTES, HEADER_BYTES + slot * CODE_BYTES);
    return code;
  }

  override get fileNumber(): number | undefined {
    return this.file?.number;
  }

  get bytes(): number {
    const { starts } = this.lists; // centroids are the index's
    return starts.byteLength + (this.#order?.byteLength ?? 0) + (this.groups?.bytes ?? 0);
  }
}
