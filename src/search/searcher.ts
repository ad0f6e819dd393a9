import { randomBytes } from "node:crypto";
import type { CatalogStore, Store } from "../catalog/index.ts";
import { config } from "../config.ts";
import { LookseeError } from "../errors.ts";
import type { Hit } from "../hamming-index/index.ts";
import {
  bestSellersFirst,
  byLikeness,
  cosine,
  equalRuns,
  ItemGroups,
  leadAmong,
  mostAgreeingFirst,
  NEAREST_AMONG,
  POINTS_DEPTH,
  presenceOf,
  QUALITY_DEPTH,
  restore,
  type Survivor,
  scoreOf,
  voters,
} from "../ranking/index.ts";
import { agreement, type Model } from "../vision/index.ts";
import { type FrozenList, FrozenLists } from "./frozen.ts";
import { Guesser } from "./guess.ts";
import { keypointsOfImage } from "./keypoints.ts";
import { meant } from "./meant.ts";
import { Mirror } from "./mirror.ts";
import { unseen } from "./model-folder.ts";
import { nearNames } from "./near-names.ts";
import { hitsOf, salesOf } from "./page.ts";
import { checkQuery, DEFAULT_LIMIT, type SearchQuery } from "./query.ts";
import type { Guess, SearchHit, SearchResult, Timings } from "./result.ts";
import { type Subject, subjectOf } from "./subject.ts";

/** What the coarse filter lets through (KDD'18: the ranking list of 1,200). */
export const SURVIVORS = 1200;

/** Share of them that the coarse filter must find where codes are sorted into lists; elsewhere it finds all. */
const RECALL = 0.995;

/** Pictures whose owners are looked up together: a page and the quality re-rank rarely need more. */
const GROUPED_AT_ONCE = 64;

/** A first hit is looked for again, with a closer look at the photo and its keypoints, where it is less likely than that to be the product. */
const SURE = 0.8;

/** A catalog that changes during every try, each a few milliseconds, is answered from between two commits. */
const MOST_TRIES = 8;

/** What search needs of a model; tests bring their own. */
export type Eyes = Pick<Model, "id" | "card" | "see">;

export type SearcherOptions = {
  /** Threads that scan codes for one query. Default config.scanThreads. The answer is the same on any number. */
  threads?: number | undefined;
  /** Where lists are kept for their later pages. Default: its own. */
  lists?: FrozenLists | undefined;
};

/**
 * Answers questions about one catalog with one model. Holds the catalog's codes in memory and nothing else that could
 * differ from the data folder; several may be open on one folder, in any number of processes.
 */
export class Searcher {
  readonly #store: Store;
  readonly #catalog: CatalogStore;
  readonly catalogName: string;
  readonly #model: Eyes;
  readonly #mirror: Mirror;
  readonly #guesser: Guesser;
  readonly #lists: FrozenLists;

  private constructor(store: Store, catalogName: string, model: Eyes, mirror: Mirror, lists: FrozenLists) {
    this.#store = store;
    this.catalogName = catalogName;
    this.#catalog = store.catalog(catalogName);
    this.#model = model;
    this.#mirror = mirror;
    this.#lists = lists;
    this.#guesser = new Guesser(this.#catalog, model.id, mirror);
  }

  /** Loads the codes that `model` has made of the catalog's pictures. CATALOG_UNKNOWN. */
  static async open(store: Store, catalogName: string, model: Eyes, options: SearcherOptions = {}): Promise<Searcher> {
    const mirror = await Mirror.open(store.catalog(catalogName), model.id, options.threads ?? config.scanThreads);
    const searcher = new Searcher(store, catalogName, model, mirror, options.lists ?? new FrozenLists());
    if (mirror.index.size > 0) await searcher.#guesser.current();
    return searcher;
  }

  /**
   * One page of items, best first. Throws SEARCH_BAD_INPUT, SEARCH_BOX, CATEGORY_UNKNOWN, CATALOG_EMPTY (nothing has
   * been imported: an empty list would look like "we do not have it"), CATALOG_UNSEEN, ITEM_UNKNOWN, IMAGE_UNKNOWN,
   * CURSOR_EXPIRED and what the picture itself is refused for.
   */
  async search(query: SearchQuery): Promise<SearchResult> {
    const started = performance.now();
    checkQuery(query);
    if (query.cursor !== undefined) return this.#nextPage(query, query.cursor, started);
    const clock = new Stopwatch();
    if (query.category !== undefined) await this.#checkCategory(query.category);
    const subject = await subjectOf(query, this.#store, this.#catalog, this.#model);
    clock.lap("model");
    for (let tries = 1; ; tries++) {
      await this.#mirror.refresh(); // last before the scan, so that all that was committed by now is in
      if (this.#mirror.index.size === 0) throw await this.#empty();
      const { version } = this.#mirror;
      const list = await this.#list(query, subject, clock);
      const hits = this.#page(list, 0, list.limit);
      clock.lap("rank");
      // A commit meanwhile may be in the codes and not in the rows, or the other way round: then it is worked out anew.
      const whole = this.#mirror.version === version && this.#catalog.version() === version;
      if (!whole && tries < MOST_TRIES) continue;
      const nextCursor = list.groups.found.length > list.limit ? this.#lists.freeze(list, list.limit) : null;
      const { coarse, vote, fine, rank } = clock.laps;
      const timings = { ...subject.timings, vote, coarse, fine, rank, total: performance.now() - started };
      return resultOf(list, hits, nextCursor, timings);
    }
  }

  async #list(query: SearchQuery, seen: Subject, clock: Stopwatch): Promise<FrozenList> {
    const everywhere = query.category === undefined ? await this.coarse(seen.code) : undefined;
    clock.lap("coarse");
    const categories = await this.#guess(seen, everywhere);
    clock.lap("vote");
    const { subject, objects } = await meant(seen, query.category, categories, {
      guess: (closer) => {
        clock.lap("model");
        return this.#guess(closer);
      },
      guessByKind: (kinds) => this.#guesser.guessByKind(kinds),
    });
    clock.lap("vote");
    const scanned = everywhere ?? (await this.coarse(subject.code, query.category));
    clock.lap("coarse");
    const limit = query.limit ?? DEFAULT_LIMIT;
    let groups = this.#ranked(subject, scanned, limit, clock);
    let judged = this.#judged(groups.found);
    if (!judged.sure) {
      groups = await this.#lookedCloser(subject, groups, query.category, limit, clock);
      judged = this.#judged(groups.found);
    }
    return {
      searchId: randomBytes(12).toString("base64url"),
      modelVersion: `${this.#model.card.id}@${this.#model.card.version}`,
      modelId: this.#model.id,
      imageId: query.imageId ?? null,
      itemId: query.itemId ?? null,
      category: query.category ?? null,
      box: query.box ?? null,
      objects,
      categories,
      noGoodMatch: query.itemId === undefined ? judged.noGoodMatch : groups.found.length === 0, // the catalog has the item
      limit,
      scoreOf: judged.scoreOf,
      groups,
    };
  }

  /**
   * The pictures that the coarse filter lets through for a code (64 bytes), nearest first; what recall is measured on.
   * Sees what the last search saw.
   */
  async coarse(code: Uint8Array, category?: string): Promise<Hit[]> {
    if (category === undefined) return this.#mirror.index.search(code, SURVIVORS, { recall: RECALL });
    return this.#mirror.nearestIn(category, code, SURVIVORS, RECALL);
  }

  /** The vote looks at the whole catalog even when the shopper has picked a category: the other tabs stay honest. */
  async #guess(subject: Subject, everywhere?: Hit[]): Promise<Guess[]> {
    const { index } = this.#mirror;
    const neighbours =
      everywhere ?? (await index.search(subject.code, voters(index.size) + subject.ownImages.size, { recall: RECALL }));
    return this.#guesser.guess(subject, neighbours, subject.ownImages);
  }

  /** What one look is not sure of: with one more where the object is, and by what of the first pictures is found in the photo. */
  async #lookedCloser(
    subject: Subject,
    groups: ItemGroups,
    category: string | undefined,
    limit: number,
    clock: Stopwatch,
  ): Promise<ItemGroups> {
    const [again, photo] = await Promise.all([subject.again?.(), subject.keypoints?.()]);
    clock.lap("model");
    if (again) {
      const nearer = await this.coarse(again.code, category);
      clock.lap("coarse");
      groups = this.#ranked(again, nearer, limit, clock);
    }
    if (photo && photo.length > 0) {
      const first = groups.found.slice(0, POINTS_DEPTH);
      const pictures = await Promise.all(first.map(({ imageId }) => keypointsOfImage(this.#catalog, imageId)));
      const points = pictures.map((picture) => agreement(photo, picture));
      groups.reorder((found) => mostAgreeingFirst(found, points));
      clock.lap("fine");
    }
    return groups;
  }

  #ranked(subject: Subject, scanned: readonly Hit[], limit: number, clock: Stopwatch): ItemGroups {
    const survivors = this.#fine(subject, scanned);
    clock.lap("fine");
    const groups = this.#rank(survivors, subject, limit);
    clock.lap("rank");
    return groups;
  }

  #fine({ feature }: Subject, scanned: readonly Hit[]): Survivor[] {
    const features = this.#catalog.features(
      this.#model.id,
      scanned.map(({ id }) => id),
    );
    const survivors: Survivor[] = [];
    for (const { id, distance } of scanned) {
      const stored = features.get(id);
      if (stored) survivors.push({ imageId: id, distance, likeness: cosine(feature, stored) }); // else gone since the scan
    }
    return survivors.sort(byLikeness);
  }

  /** Groups as far as the first page and the quality re-rank look; the rest waits until it is asked for. */
  #rank(survivors: readonly Survivor[], subject: Subject, limit: number): ItemGroups {
    const groups = new ItemGroups(survivors, subject.ownItems);
    this.#group(groups, Math.max(QUALITY_DEPTH, limit + 1));
    const equal = equalRuns(groups.found).flatMap(([start, end]) => groups.found.slice(start, end));
    if (equal.length > 0) groups.reorder((found) => bestSellersFirst(found, salesOf(this.#catalog, equal)));
    return groups;
  }

  /** Goes on grouping until there are `items` items, or no pictures left. */
  #group(groups: ItemGroups, items: number): void {
    while (groups.found.length < items && !groups.complete)
      groups.advance(GROUPED_AT_ONCE, (imageIds) => this.#catalog.ownersOfImages(imageIds));
  }

  /** The items from `offset` on; knows afterwards whether there are more. */
  #page({ groups, modelId, scoreOf }: FrozenList, offset: number, limit: number): SearchHit[] {
    this.#group(groups, offset + limit + 1);
    const part = groups.found.slice(offset, offset + limit);
    return hitsOf(this.#catalog, this.catalogName, modelId, part, scoreOf);
  }

  /** What is to be thought of hits: each one's score by its likeness, whether the first is likely enough, and whether there is no match. */
  #judged(found: ItemGroups["found"]): Pick<FrozenList, "scoreOf" | "noGoodMatch"> & { sure: boolean } {
    const around = this.#around(found);
    const leadOf = leadAmong(found, 1 - (around[0] ?? 0));
    const { score, presence, noGoodMatch } = this.#model.card.calibration; // and not `this`: kept lists outlive a searcher, and must not keep its codes
    const scoreOfHit = (likeness: number) => scoreOf(likeness, score, leadOf(likeness));
    const [best] = found;
    if (!best) return { scoreOf: scoreOfHit, noGoodMatch: true, sure: true }; // nothing is there to be found
    // By likeness, not by the lead: two that are as near as each other are a match twice, not none.
    const present = presenceOf(best.likeness, Math.max(0, ...around), presence ?? { nearest: 0, ...score });
    return { scoreOf: scoreOfHit, noGoodMatch: present < noGoodMatch, sure: scoreOfHit(best.likeness) >= SURE };
  }

  /** Cosines of the first item's picture with those of the next ones. */
  #around(found: ItemGroups["found"]): number[] {
    const ids = found.slice(0, NEAREST_AMONG).map(({ imageId }) => imageId);
    const features = this.#catalog.features(this.#model.id, ids);
    const [first, ...others] = ids.flatMap((id) => features.get(id) ?? []);
    if (!first) return [];
    const restored = restore(first);
    return others.map((other) => cosine(restored, other));
  }

  #nextPage(query: SearchQuery, cursor: string, started: number): SearchResult {
    const { list, offset, cursorAt } = this.#lists.at(cursor);
    const differs =
      (query.itemId !== undefined && query.itemId !== list.itemId) ||
      ((query.image !== undefined || query.imageId !== undefined) && list.itemId !== null) ||
      (query.category !== undefined && query.category !== list.category) ||
      (query.box !== undefined && (list.box === null || query.box.some((value, i) => value !== list.box![i])));
    if (differs)
      throw new LookseeError(
        "SEARCH_BAD_INPUT",
        "the cursor belongs to another search",
        "Search again without the cursor",
      );
    const limit = query.limit ?? list.limit;
    const end = offset + limit;
    const hits = this.#page(list, offset, limit);
    const took = performance.now() - started;
    const timings = { decode: 0, model: 0, vote: 0, coarse: 0, fine: 0, rank: took, total: took };
    return resultOf(list, hits, end < list.groups.found.length ? cursorAt(end) : null, timings);
  }

  async #checkCategory(category: string): Promise<void> {
    await this.#mirror.refresh();
    const names = this.categoryNames();
    if (names.includes(category)) return;
    const near = nearNames(category, names);
    throw new LookseeError(
      "CATEGORY_UNKNOWN",
      `catalog ${this.catalogName} has no category "${category.slice(0, 100)}"`,
      near.length === 0 ? "Search without a category" : `Near it are ${near.map((name) => `"${name}"`).join(", ")}`,
    );
  }

  /** The shop's categories. */
  categoryNames(): string[] {
    return this.#mirror.categories().map(({ name }) => name);
  }

  /** The file of a catalog picture. IMAGE_UNKNOWN. */
  async picture(imageId: number): Promise<Uint8Array> {
    return this.#catalog.picture(imageId).bytes();
  }

  /** First picture of an item; null if the catalog has no such item. */
  pictureOfItem(itemId: string): number | null {
    try {
      return this.#catalog.imagesOfItem(itemId)[0] ?? null;
    } catch (error) {
      if (error instanceof LookseeError && error.code === "ITEM_UNKNOWN") return null;
      throw error;
    }
  }

  async #empty(): Promise<LookseeError> {
    return (
      (await unseen(this.#store, this.#catalog, this.#model.id)) ??
      new LookseeError(
        "CATALOG_EMPTY",
        `catalog ${this.catalogName} has no pictures that model ${this.#model.id} has seen`,
        `Import items with \`looksee import\`, or run \`looksee index\` if they are there`,
      )
    );
  }

  async close(): Promise<void> {
    await this.#guesser.settled();
    await this.#mirror.close();
  }
}

function resultOf(list: FrozenList, hits: SearchHit[], nextCursor: string | null, timings: Timings): SearchResult {
  const { searchId, modelVersion, imageId, objects, categories, noGoodMatch } = list;
  return { searchId, modelVersion, imageId, objects, categories, hits, facets: [], nextCursor, noGoodMatch, timings };
}

/** Milliseconds between laps, by name. */
class Stopwatch {
  readonly laps: Record<"model" | "coarse" | "vote" | "fine" | "rank", number> = {
    model: 0,
    coarse: 0,
    vote: 0,
    fine: 0,
    rank: 0,
  };
  #last = performance.now();

  lap(name: "model" | "coarse" | "vote" | "fine" | "rank"): void {
    const now = performance.now();
    this.laps[name] += now - this.#last;
    this.#last = now;
  }
}
