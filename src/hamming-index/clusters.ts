import { crc32 } from "node:zlib";
import { LookseeError } from "../errors.ts";
import { type Centroids, type Measured, type Measures, Ranker, Reach, type Setting } from "./coarse/index.ts";
import { CODE_BYTES } from "./layout.ts";
import type { Segment } from "./segment.ts";

const MAGIC = 0x534c4b4c;
/** Written where searches within groups were measured; else 1, which knows of none. */
const VERSION = 2;
const TEXT_AT = 16;

/** The lists of an index: what codes are sorted by, and once measured, how far a query must look. */
export class Clusters {
  readonly centroids: Centroids;
  readonly ranker: Ranker;
  measured: Measured | undefined;
  /** Where it is kept, once it is; measuring makes it anew. */
  file: { name: string; crc: number } | undefined;

  constructor(centroids: Centroids, measured?: Measured) {
    this.centroids = centroids;
    this.ranker = new Ranker(centroids.lists);
    this.measured = measured;
  }

  get lists(): number {
    return this.ranker.lists;
  }

  /** Whether the segment's lists are these. */
  hold({ lists: { centroids } }: Segment): boolean {
    return centroids === this.centroids.lists;
  }

  get bytes(): number {
    return this.centroids.lists.length + this.centroids.heads.length + 2 * Reach.SIZE * 4;
  }

  /** As docs/segment-format.md writes it down. */
  encode(): { bytes: Uint8Array; crc: number } {
    const { heads, starts, lists } = this.centroids;
    const json = JSON.stringify({
      lists: lists.length / CODE_BYTES,
      heads: heads.length / CODE_BYTES,
      settings: this.measured?.all.settings ?? null,
      ...(this.measured && { codes: this.measured.codes }),
      ...(this.measured?.groups && { groupSettings: this.measured.groups.settings }),
    });
    const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
    const { all, groups } = this.measured ?? {};
    const tables = [all, groups].flatMap((measures) => (measures ? [bytesOf(measures.reach.table)] : []));
    const parts = [text, heads, bytesOf(starts), lists, ...tables];
    const bytes = new Uint8Array(TEXT_AT + parts.reduce((sum, part) => sum + part.length, 0));
    let at = TEXT_AT;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    const crc = crc32(bytes.subarray(TEXT_AT));
    const view = new DataView(bytes.buffer);
    for (const [i, word] of [MAGIC, groups ? VERSION : 1, text.length, crc].entries())
      view.setUint32(i * 4, word, true);
    return { bytes, crc };
  }

  /** Throws SEGMENT_MAGIC, SEGMENT_VERSION, SEGMENT_DAMAGED. `crc`: what the manifest says. */
  static decode(name: string, bytes: Uint8Array, crc: number): Clusters {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < TEXT_AT || view.getUint32(0, true) !== MAGIC)
      throw new LookseeError("SEGMENT_MAGIC", `${name} has no lists of an index`, EXACT);
    const version = view.getUint32(4, true);
    if (version < 1 || version > VERSION)
      throw new LookseeError("SEGMENT_VERSION", `${name} has format ${version}`, EXACT);
    if (crc32(bytes.subarray(TEXT_AT)) !== crc || view.getUint32(12, true) !== crc)
      throw new LookseeError("SEGMENT_DAMAGED", `${name} is damaged: its checksum differs`, EXACT);
    let at = TEXT_AT;
    const next = (size: number): Uint8Array => {
      at += size;
      return Uint8Array.from(bytes.subarray(at - size, at));
    };
    const text = Buffer.from(next(view.getUint32(8, true))).toString();
    const { lists, heads, codes = 0, settings, groupSettings } = JSON.parse(text) as Text;
    const centroids = {
      heads: next(heads * CODE_BYTES),
      starts: new Uint32Array(next((heads + 1) * 4).buffer),
      lists: next(lists * CODE_BYTES),
    };
    const measures = (settings: Setting[]): Measures => {
      return { settings, reach: Reach.from(new Float32Array(next(Reach.SIZE * 4).buffer)) };
    };
    if (!settings) return new Clusters(centroids);
    const all = measures(settings);
    return new Clusters(centroids, groupSettings ? { codes, all, groups: measures(groupSettings) } : { codes, all });
  }
}

/** `codes` is not there in older files. */
type Text = { lists: number; heads: number; codes?: number; settings: Setting[] | null; groupSettings?: Setting[] };

const bytesOf = (array: Uint32Array | Float32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const EXACT = "Searches compare every code until cluster() is called again; nothing is lost";
