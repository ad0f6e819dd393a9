import type { CatalogStore } from "../catalog/index.ts";
import type { Hit } from "../hamming-index/index.ts";
import { fuse, headScores, sharesOfKind, softmax, voters } from "../ranking/index.ts";
import { decodeFit, encodeFit, FIT_FILE } from "./fit-file.ts";
import { type Fit, headInput, learn } from "./learn.ts";
import type { Mirror } from "./mirror.ts";
import { CATEGORIES_SHOWN, type Guess } from "./result.ts";
import { CODE_BYTES } from "./sample.ts";

const BITS = CODE_BYTES * 8;
/** The fit is made anew when the catalog has grown or shrunk by this factor, or has other categories. */
const STALE_FACTOR = 1.25;
/** Counting a large catalog's categories takes tens of ms, so a catalog under import is not counted for every query. */
const COUNT_EVERY_MS = 5000;

/**
 * Guesses the shop's category of a photo: a softmax head over the shop's own categories, fused with the vote of the nearest
 * pictures. What it needs to know it learns from the catalog's own pictures, when first asked and whenever the
 * catalog has changed much; between the two the last fit serves, so no query waits for a fit but the first. A fit is kept
 * beside the segments for the next start.
 * The guess orders the tabs; no hit depends on it.
 */
export class Guesser {
  readonly #catalog: CatalogStore;
  readonly #modelId: string;
  readonly #mirror: Mirror;
  #fit: Fit | null = null;
  #looked = false;
  #fitting: Promise<Fit> | null = null;
  #checkedVersion = -1;
  #counted = Number.NEGATIVE_INFINITY;

  constructor(catalog: CatalogStore, modelId: string, mirror: Mirror) {
    this.#catalog = catalog;
    this.#modelId = modelId;
    this.#mirror = mirror;
  }

  /** The fit to use now; starts a better one behind the scenes if the catalog has moved on. */
  async current(): Promise<Fit> {
    this.#fit ??= this.#kept();
    if (this.#isStale()) this.#refit();
    return this.#fit ?? (await this.#fitting!);
  }

  /** What was learnt for an earlier start, if the catalog is still like that. */
  #kept(): Fit | null {
    if (this.#looked) return null;
    this.#looked = true;
    const text = this.#mirror.kept(FIT_FILE);
    const fit = text === undefined ? undefined : decodeFit(text);
    return fit && !this.#differs(fit) ? fit : null;
  }

  #refit(): void {
    if (this.#fitting) return;
    this.#fitting = learn(this.#catalog, this.#modelId, this.#mirror)
      .then((fit) => {
        this.#fit = fit;
        this.#mirror.keep(FIT_FILE, encodeFit(fit));
        return fit;
      })
      .finally(() => {
        this.#fitting = null;
      });
    this.#fitting.catch(() => {}); // whoever has no fit yet waits for it above and hears; the others keep the old one
  }

  /** Waits for a fit under way. */
  async settled(): Promise<void> {
    await this.#fitting?.catch(() => {});
  }

  #isStale(): boolean {
    if (!this.#fit) return true;
    if (this.#grown(this.#fit)) return true;
    if (this.#checkedVersion === this.#mirror.version || performance.now() < this.#counted + COUNT_EVERY_MS)
      return false;
    this.#checkedVersion = this.#mirror.version;
    const differs = this.#differs(this.#fit);
    this.#counted = performance.now();
    return differs;
  }

  #grown({ codes }: Fit): boolean {
    const ratio = (this.#mirror.index.size + 1) / (codes + 1);
    return ratio > STALE_FACTOR || ratio < 1 / STALE_FACTOR;
  }

  #differs(fit: Fit): boolean {
    const now = new Set(this.#mirror.categories().map(({ name }) => name));
    return this.#grown(fit) || now.size !== fit.categories.length || !fit.categories.every(({ name }) => now.has(name));
  }

  /**
   * Likeliest first, ties by id; the probabilities of all the shop's categories sum to 1.
   * `neighbours` nearest first, more than enough; pictures in `without` do not vote.
   */
  async guess(
    { feature, category }: { feature: Float32Array; category: Float32Array },
    neighbours: readonly Hit[],
    without: ReadonlySet<number>,
  ): Promise<Guess[]> {
    const { categories, head, fusion } = await this.current();
    if (categories.length === 0) return [];
    const voting = neighbours.filter(({ id }) => !without.has(id)).slice(0, voters(this.#mirror.index.size));
    const names = this.#catalog.categoryOfImages(voting.map(({ id }) => id));
    const indexOf = new Map(categories.map(({ name }, index) => [name, index]));
    for (const name of names.values()) if (name !== null && !indexOf.has(name)) this.#refit(); // a new category
    const ballot = {
      distances: Float64Array.from(voting, ({ distance }) => distance / BITS),
      labels: Int32Array.from(voting, ({ id }) => indexOf.get(names.get(id) ?? "") ?? -1),
    };
    const fused = fuse(softmax(headScores(head, headInput(feature, 1, category))), ballot, fusion);
    return likeliestFirst(categories, fused);
  }

  /** The same of what nobody looked at closely: `category` are the model's shares. The sum may be less than 1. */
  async guessByKind(category: Float32Array): Promise<Guess[]> {
    const { categories, kinds } = await this.current();
    return likeliestFirst(categories, sharesOfKind(kinds, category));
  }
}

function likeliestFirst(categories: Fit["categories"], p: Float64Array): Guess[] {
  return categories
    .map(({ id, name }, index) => ({ id, name, p: p[index]! }))
    .sort((a, b) => b.p - a.p || a.id - b.id)
    .slice(0, CATEGORIES_SHOWN);
}
