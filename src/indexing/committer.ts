import type {
  CatalogStore,
  ImageRecord,
  ItemRecord,
  OriginRecord,
  OwnedPicture,
  QuarantineRecord,
} from "../catalog/index.ts";
import type { LookseeError } from "../errors.ts";
import type { Draft, Outcome, PictureSource } from "./draft.ts";
import type { Fetched, Pictures } from "./pictures.ts";
import type { ReportedFault } from "./report.ts";
import { settleDraft } from "./settle-draft.ts";

/** A batch is committed after this long even if it is small. */
const LONGEST_MS = 2000;

/**
 * An outcome of the table `file` whose pictures have been looked at, in the order of the draft's pictures; null: not
 * looked at, since it is known to be as it was.
 */
export type Looked = { outcome: Outcome; file: string; fetched: readonly Fetched[] | null };

/** Takes outcomes in the source's order, counts them, and commits them in batches: rows and codes in one transaction. */
export class Committer {
  readonly counts = { rows: 0, imported: 0, unchanged: 0, deselected: 0, quarantined: 0 };
  readonly faults: ReportedFault[] = [];
  /** What was set aside, by code. */
  readonly failures: Record<string, number> = {};
  /** Items that this run has met, quarantined ones too: with --full, the others go. */
  readonly met = new Set<string>();
  /** Rows set aside of which nobody knows whose they are, as they came. */
  readonly unreadable: string[] = [];
  readonly #catalog: CatalogStore;
  readonly #pictures: Pictures;
  readonly #modelId: string;
  readonly #sourceId: number;
  readonly #job: { id: number; run: number };
  readonly #batch: number;
  #items: ItemRecord[] = [];
  #unchanged: string[] = [];
  #origins: OriginRecord[] = [];
  #quarantined: QuarantineRecord[] = [];
  #images = new Map<string, ImageRecord>();
  #sources: PictureSource[] = [];
  #hashes: string[] = [];
  #since = performance.now();

  constructor(
    catalog: CatalogStore,
    pictures: Pictures,
    names: { modelId: string; sourceId: number; job: { id: number; run: number }; batch: number },
  ) {
    this.#catalog = catalog;
    this.#pictures = pictures;
    this.#modelId = names.modelId;
    this.#sourceId = names.sourceId;
    this.#job = names.job;
    this.#batch = names.batch;
  }

  async take({ outcome, file, fetched }: Looked): Promise<void> {
    if (outcome.kind === "draft") this.#draft(outcome.draft, file, fetched);
    else {
      this.counts.rows++;
      if (outcome.kind === "deselected") this.counts.deselected++;
      else {
        const { aside } = outcome;
        this.counts.quarantined++;
        if (aside.itemId !== null) this.met.add(aside.itemId);
        else this.unreadable.push(aside.raw);
        this.#setAside({ file, picture: null, ...aside });
      }
    }
    const full = this.#items.length >= this.#batch || this.#images.size >= this.#batch;
    if (full || performance.now() - this.#since > LONGEST_MS) await this.flush();
  }

  #draft(draft: Draft, file: string, fetched: readonly Fetched[] | null): void {
    if (fetched === null) {
      this.met.add(draft.itemId);
      this.counts.rows += draft.rows.length;
      this.counts.unchanged += draft.rows.length;
      return;
    }
    const pictures: OwnedPicture[] = [];
    const failed = new Set<string>(); // a row may name one picture for the item and again for its variant
    const raws = new Map(draft.rows.map(({ row, raw }) => [row, raw]));
    draft.pictures.forEach(({ variantId, source, row }, i) => {
      const picture = fetched[i]!;
      if (!picture.ok) {
        const place = `${row} ${typeof source === "string" ? source : i}`;
        if (failed.has(place)) return;
        failed.add(place);
        this.#pictureAside({ file, row, raw: raws.get(row)!(), itemId: draft.itemId }, source, picture.error);
        return;
      }
      this.#sources.push(source);
      this.#hashes.push(picture.sha256);
      if (picture.image) this.#images.set(picture.sha256, picture.image);
      if (picture.origin) this.#origins.push(picture.origin);
      const listed = pictures.some((other) => other.variantId === variantId && other.sha256 === picture.sha256);
      if (!listed) pictures.push({ variantId, sha256: picture.sha256 });
    });
    const settled = settleDraft(this.#catalog, this.#sourceId, draft, pictures);
    if (settled.item) this.#items.push(settled.item);
    else if (settled.claimed) this.#unchanged.push(draft.itemId);
    this.met.add(draft.itemId);
    this.counts.rows += draft.rows.length;
    this.counts.imported += settled.changedRows;
    this.counts.unchanged += draft.rows.length - settled.changedRows;
  }

  #pictureAside(
    at: { file: string; row: number; raw: string; itemId: string },
    source: PictureSource,
    error: LookseeError,
  ): void {
    const { code, problem: reason, remedy } = error;
    const picture = typeof source === "string" ? source : `${source.length} bytes`;
    this.#setAside({ ...at, picture, code, reason, remedy, raw: at.raw.slice(0, 10_000) });
  }

  #setAside(record: QuarantineRecord): void {
    const { file, row, picture, reason, code } = record;
    this.#quarantined.push(record);
    this.failures[code] = (this.failures[code] ?? 0) + 1;
    this.faults.push({ file, row, ...(picture === null ? {} : { picture }), reason, code });
  }

  /** Commits what is in hand. After it returns, a kill loses none of it. */
  async flush(removed: readonly string[] = []): Promise<void> {
    const anything =
      this.#items.length + this.#images.size + this.#origins.length + this.#quarantined.length + this.#unchanged.length;
    if (anything + removed.length > 0) {
      await this.#catalog.settlePictures();
      this.#catalog.commit({
        sourceId: this.#sourceId,
        modelId: this.#modelId,
        images: [...this.#images.values()].filter(
          ({ sha256 }) => this.#catalog.known.image(this.#modelId, sha256)?.seen !== true,
        ),
        items: this.#items,
        unchanged: this.#unchanged,
        removed,
        origins: this.#origins,
        quarantined: this.#quarantined,
        job: this.#job,
      });
    }
    this.#pictures.forget(this.#sources, this.#hashes);
    this.#items = [];
    this.#unchanged = [];
    this.#origins = [];
    this.#quarantined = [];
    this.#images = new Map();
    this.#sources = [];
    this.#hashes = [];
    this.#since = performance.now();
  }
}
