import { closeSync, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { LookseeError } from "../errors.ts";
import type { Frame } from "./arena.ts";
import { Clusters } from "./clusters.ts";
import { trainingCodes } from "./coarse/index.ts";
import type { Folder } from "./folder.ts";
import type { Holdings } from "./holdings.ts";
import type { Keeper } from "./keeper.ts";
import { CODE_BYTES, FRAME_CODES } from "./layout.ts";
import { encodeManifest, type Listed, type Manifest } from "./manifest.ts";
import type { CodeFile } from "./scanner.ts";
import { Segment, type SegmentFile } from "./segment.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { readHeader } from "./segment-reader.ts";
import type { Bits, Slots } from "./slots.ts";
import { Tail } from "./tail.ts";

/** Bytes a code that sorting takes. */
const SORT_BYTES = 36;
/**
 * The most codes a merge makes one segment of, twice as many where codes stay in files: so many, or this share of all. Beside
 * what it merges it needs 108 bytes a code, some 110 MB or 7 bytes for each code of the index.
 */
const MERGE_CODES = 2 ** 20;
const MERGE_SHARE = 1 / 16;
/** Segments up to this size go into every merge: they cost next to nothing and would only become many. */
const SMALL = 65_536;

/** What the index does for upkeep to act on. */
export type Hooks = {
  /** Runs `work` when no search in progress can still see what went before. */
  afterSearches(work: () => void): void;
  addFile(file: CodeFile): number;
  dropFile(number: number): void;
};

/** How the codes stood at one moment: which slots were dead, and so how many lived. */
type State = Map<Slots, { deaths: Bits; live: number }>;

/**
 * Merges and files. A checkpoint freezes the tail and notes which codes are dead: that is the state it works on, while
 * the index goes on changing. What died since is found by comparing, and dies in the merged segment too; it is not in the
 * files, so these hold one state of the index and never half of two.
 */
export class Upkeep {
  readonly #holdings: Holdings;
  readonly #keeper: Keeper;
  readonly #folder: Folder | undefined;
  readonly #codesInFiles: boolean;
  readonly #hooks: Hooks;

  constructor(holdings: Holdings, keeper: Keeper, folder: Folder | undefined, codesInFiles: boolean, hooks: Hooks) {
    this.#holdings = holdings;
    this.#keeper = keeper;
    this.#folder = folder;
    this.#codesInFiles = codesInFiles;
    this.#hooks = hooks;
  }

  /** Merges what is due; with a mark, also writes all of the state to the folder. One at a time. Throws INDEX_FULL. */
  async checkpoint(mark?: number): Promise<void> {
    const holdings = this.#holdings;
    holdings.freeze();
    const state = this.#state();
    const due = this.#due(state);
    const wasteful = holdings.segments.find(
      (segment) => !due.includes(segment) && segment.deadCount * 4 > segment.count && this.#hasRoomFor(segment.live),
    );
    if (due.length > 0) await this.#merge(due, state);
    if (wasteful) await this.#merge([wasteful], state);
    if (mark !== undefined) await this.#write(state, mark);
  }

  /**
   * Sorts every code into lists, in one segment if the machine has the memory for it beside the others, else segment by
   * segment; merges sort from now on. `lists`: how many; undefined: those there are, if they are not too few. Throws
   * INDEX_FULL.
   */
  async cluster(lists?: number): Promise<Clusters> {
    const holdings = this.#holdings;
    const wanted = lists ?? listsFor(holdings.size);
    const known = lists === undefined ? holdings.clusters : undefined;
    const clusters = known && known.lists * 2 >= wanted ? known : await this.#trained(wanted);
    holdings.clusters = clusters;
    holdings.freeze();
    const state = this.#state();
    // A list is read in one go where all its codes are in one segment.
    const whole = this.#hasRoomFor(holdings.size);
    // Codes in files are sorted a segment at a time, which the machine's cache holds, then brought together as they lie.
    if (this.#codesInFiles || !whole)
      for (const part of [...state.keys()])
        if (!(part instanceof Segment && clusters.hold(part))) await this.#merge([part], state);
    const parts = [...state.keys()];
    const done = parts.length === 1 && parts[0] instanceof Segment && clusters.hold(parts[0]);
    if (whole && !done) await this.#merge(parts, state);
    return clusters;
  }

  async #trained(lists: number): Promise<Clusters> {
    const some = this.#holdings.spread(trainingCodes(lists));
    const sample = new Uint8Array(some.length * CODE_BYTES);
    for (const [i, { code }] of some.entries()) sample.set(code, i * CODE_BYTES);
    return new Clusters(await this.#keeper.train(sample, lists));
  }

  get #most(): number {
    return Math.max(MERGE_CODES, this.#holdings.size * MERGE_SHARE) * (this.#codesInFiles ? 2 : 1);
  }

  #hasRoomFor(codes: number): boolean {
    const bytes = (this.#codesInFiles ? 0 : CODE_BYTES) + 5 + SORT_BYTES;
    return codes <= this.#most || codes * bytes < process.availableMemory() * 0.8;
  }

  #state(): State {
    const parts = [...this.#holdings.frozen, ...this.#holdings.segments];
    return new Map(parts.map((part) => [part, { deaths: part.deaths(), live: part.live }]));
  }

  /** All frozen tails, and the segments that are no larger than what would become of them without. */
  #due(state: State): Slots[] {
    const due: Slots[] = [...this.#holdings.frozen];
    const live = (part: Slots): number => state.get(part)!.live;
    let total = due.reduce((sum, part) => sum + live(part), 0);
    for (const segment of [...this.#holdings.segments].sort((a, b) => live(a) - live(b))) {
      if (live(segment) > Math.max(total, SMALL) || total + live(segment) > this.#most) break;
      if (due.length === 0) break; // nothing new came: what there is has been merged as far as it goes
      due.push(segment);
      total += live(segment);
    }
    return due;
  }

  async #merge(parts: readonly Slots[], state: State): Promise<void> {
    const live = parts.reduce((sum, part) => sum + state.get(part)!.live, 0);
    let merged: Segment | undefined;
    if (live > 0) {
      const frames = this.#holdings.arena.take(Math.ceil(live / FRAME_CODES), !this.#codesInFiles);
      try {
        merged = await this.#merged(parts, state, frames);
      } catch (error) {
        this.#holdings.arena.give(frames);
        throw error;
      }
      state.set(merged, { deaths: [], live });
    }
    for (const part of parts) {
      part.eachDeathSince(state.get(part)!.deaths, (slot) => {
        const found = merged ? merged.find(part.idAt(slot)) : -1;
        if (found >= 0) merged!.kill(found);
      });
      state.delete(part);
    }
    const freed = this.#holdings.replace(parts, merged);
    this.#hooks.afterSearches(() => {
      this.#holdings.arena.give(freed);
      for (const part of parts)
        if (part instanceof Segment && part.file?.fd !== undefined) {
          this.#hooks.dropFile(part.file.number!);
          closeSync(part.file.fd);
          // What no manifest speaks of is nobody's; if the process ends first, the next writer deletes it.
          if (!part.file.listed) rm(this.#folder!.path(part.file.name)).catch(() => {});
        }
    });
  }

  async #merged(parts: readonly Slots[], state: State, frames: Frame[]): Promise<Segment> {
    const name = this.#codesInFiles ? this.#folder!.newName("seg") : undefined;
    const { clusters } = this.#holdings;
    const { written, ...rest } = await this.#keeper.merge({
      sources: parts.map((part) => ({
        frames: part.frames,
        count: part.count,
        dead: state.get(part)!.deaths,
        codes: part instanceof Segment && part.file?.fd !== undefined ? codeFile(part.file.fd) : undefined,
        starts: part instanceof Segment && clusters?.hold(part) ? part.lists.starts : undefined,
        groups: part instanceof Segment ? part.groups?.runs : part instanceof Tail ? part.groups : undefined,
      })),
      frames,
      path: name && this.#folder!.path(name),
      modelId: this.#folder?.modelId ?? "",
      centroids: clusters?.centroids,
    });
    if (clusters) rest.lists = { ...rest.lists, centroids: clusters.centroids.lists }; // the very same array, not a copy
    const segment = new Segment(this.#holdings.arena, frames, rest);
    if (name && written) segment.file = this.#opened({ name, listed: false, ...written });
    return segment;
  }

  async #write(state: State, mark: number): Promise<void> {
    const folder = this.#folder!;
    const segments: Manifest["segments"] = [];
    for (const [part, { deaths, live }] of state) {
      if (!(part instanceof Segment)) throw new Error("a frozen tail was not merged");
      if (!part.file) {
        const name = folder.newName("seg");
        part.file = {
          name,
          listed: false,
          ...(await this.#keeper.save(part.frames, part.parts, folder.path(name), folder.modelId)),
        };
      }
      const { name, crc } = part.file;
      segments.push({ file: name, count: part.count, crc, dead: part.count - live, deaths });
    }
    const { clusters } = this.#holdings;
    if (clusters && !clusters.file) {
      const name = folder.newName("lists");
      const { bytes, crc } = clusters.encode();
      await this.#keeper.store(folder.path(name), bytes);
      clusters.file = { name, crc };
    }
    const lists = clusters?.file ? { file: clusters.file.name, crc: clusters.file.crc } : null;
    const manifest = encodeManifest({ model: folder.modelId, mark, next: folder.next, lists, segments });
    const keep = [...segments, ...(lists ? [lists] : [])].map(({ file }) => file);
    await this.#keeper.commit(folder.dir, manifest, keep);
    for (const part of state.keys()) if (part instanceof Segment && part.file) part.file.listed = true;
  }

  /** Takes in the lists of the folder's manifest. Throws SEGMENT_*. */
  loadClusters({ file: name, crc }: { file: string; crc: number }): void {
    this.#holdings.clusters = Clusters.decode(name, this.#folder!.read(name), crc);
    this.#holdings.clusters.file = { name, crc };
  }

  /** Takes in one segment of the folder's manifest. Throws SEGMENT_* and INDEX_FULL. */
  async load({ file: name, count, crc, deaths }: Listed & { deaths: Bits }): Promise<void> {
    const { arena } = this.#holdings;
    const folder = this.#folder!;
    const path = folder.path(name);
    const header = readHeader(path, folder.modelId, crc);
    const frames = arena.take(Math.ceil(count / FRAME_CODES), !this.#codesInFiles);
    try {
      const parts = await this.#keeper.read(path, header, frames);
      const own = this.#holdings.clusters?.centroids.lists;
      if (own && parts.lists.centroids && Buffer.compare(own, parts.lists.centroids) === 0)
        parts.lists = { ...parts.lists, centroids: own };
      const segment = new Segment(arena, frames, parts);
      const file: SegmentFile = { name, crc, bytes: header.length, listed: true };
      segment.file = this.#codesInFiles ? this.#opened(file) : file;
      for (const [frame, bits] of deaths.entries())
        for (let byte = 0; bits && byte < bits.length; byte++)
          for (let rest = bits[byte]!; rest !== 0; rest &= rest - 1)
            segment.kill(frame * FRAME_CODES + byte * 8 + (31 - Math.clz32(rest & -rest)));
      this.#holdings.addSegment(segment);
    } catch (error) {
      arena.give(frames);
      if (error instanceof LookseeError) throw error;
      throw new LookseeError(
        "SEGMENT_DAMAGED",
        `the segment ${name} cannot be read (${(error as Error).message})`,
        "Its codes are taken from the catalog again; nothing is lost",
        { cause: error },
      );
    }
  }

  #opened(file: SegmentFile): SegmentFile {
    const fd = openSync(this.#folder!.path(file.name), "r");
    return { ...file, fd, number: this.#hooks.addFile(codeFile(fd)) };
  }
}

/** A list for every 80 codes while that is few lists; then they grow with the root, for ranking them costs time too. */
const listsFor = (codes: number): number =>
  Math.max(1, Math.round(Math.min(codes / 80, 16_384 * Math.sqrt(codes / 1_310_720), 65_536)));

/** Codes are the first section. */
const codeFile = (fd: number): CodeFile => ({ fd, codesAt: HEADER_BYTES });
