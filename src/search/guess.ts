import type { CatalogStore } from "../catalog/index.ts";
import type { Hit } from "../hamming-index/index.ts";
import {
  carry,
  DEFAULT_LAMBDA,
  DEFAULT_MODEL_WEIGHT,
  fitLambda,
  fitModelWeight,
  fitTransfer,
  fuse,
  type JudgedBallot,
  type Labelled,
  poolRare,
  type Testimony,
  type Transfer,
  voters,
  voteShares,
} from "../ranking/index.ts";
import type { Mirror } from "./mirror.ts";
import { CATEGORIES_SHOWN, type Guess } from "./result.ts";
import { CODE_BYTES } from "./sample.ts";

/** What was learnt from the catalog about guessing its own categories. */
export type Fit = {
  /** The shop's categories, by ascending id, when this was fitted. */
  categories: { id: number; name: string }[];
  transfer: Transfer;
  lambda: number;
  modelWeight: number;
  /** Codes in the catalog at the time. */
  codes: number;
};

const BITS = CODE_BYTES * 8;
/** Held-out questions asked of the catalog itself: fewer on large catalogs, where each costs a long scan. */
const BALLOTS = { most: 400, least: 100, scannedCodes: 1e8 };
/** Room for the question's own item among the neighbours, which does not vote. */
const OWN_PICTURES = 16;
const FOLDS = 5;
/** The fit is made anew when the catalog has grown or shrunk by this factor, or has other categories. */
const STALE_FACTOR = 1.25;
/** Counting a large catalog's categories takes tens of ms, so a catalog under import is not counted for every query. */
const COUNT_EVERY_MS = 5000;

/**
 * Guesses the shop's category of a photo: the model's categories carried onto the shop's, fused with the vote of the
 * nearest pictures. What it needs to know it learns from the catalog's own pictures, when first asked and whenever the
 * catalog has changed much; between the two the last fit serves, so no query waits for a fit but the first.
 * The guess orders the tabs; no hit depends on it.
 */
export class Guesser {
  readonly #catalog: CatalogStore;
  readonly #modelId: string;
  readonly #modelCategories: number;
  readonly #mirror: Mirror;
  #fit: Fit | null = null;
  #fitting: Promise<Fit> | null = null;
  #checkedVersion = -1;
  #counted = Number.NEGATIVE_INFINITY;

  constructor(catalog: CatalogStore, modelId: string, modelCategories: number, mirror: Mirror) {
    this.#catalog = catalog;
    this.#modelId = modelId;
    this.#modelCategories = modelCategories;
    this.#mirror = mirror;
  }

  /** The fit to use now; starts a better one behind the scenes if the catalog has moved on. */
  async current(): Promise<Fit> {
    if (this.#isStale()) this.#refit();
    return this.#fit ?? (await this.#fitting!);
  }

  #refit(): void {
    if (this.#fitting) return;
    this.#fitting = this.#learn().finally(() => {
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
    const ratio = (this.#mirror.index.size + 1) / (this.#fit.codes + 1);
    if (ratio > STALE_FACTOR || ratio < 1 / STALE_FACTOR) return true;
    if (this.#checkedVersion === this.#mirror.version || performance.now() < this.#counted + COUNT_EVERY_MS)
      return false;
    this.#checkedVersion = this.#mirror.version;
    const now = new Set(this.#mirror.categories().map(({ name }) => name));
    this.#counted = performance.now();
    return now.size !== this.#fit.categories.length || !this.#fit.categories.every(({ name }) => now.has(name));
  }

  /**
   * Likeliest first, ties by id; the probabilities of all the shop's categories sum to 1.
   * `neighbours` nearest first, more than enough; pictures in `without` do not vote.
   */
  async guess(model: Float32Array, neighbours: readonly Hit[], without: ReadonlySet<number>): Promise<Guess[]> {
    const fit = await this.current();
    const voting = neighbours.filter(({ id }) => !without.has(id)).slice(0, voters(this.#mirror.index.size));
    const names = this.#catalog.categoryOfImages(voting.map(({ id }) => id));
    const indexOf = new Map(fit.categories.map(({ name }, index) => [name, index]));
    for (const name of names.values()) if (name !== null && !indexOf.has(name)) this.#refit(); // a new category
    const ballot = {
      distances: Float64Array.from(voting, ({ distance }) => distance / BITS),
      labels: Int32Array.from(voting, ({ id }) => indexOf.get(names.get(id) ?? "") ?? -1),
    };
    const vote = voteShares(ballot, fit.lambda, fit.categories.length);
    const fused = model.length === 0 ? vote : fuse(carry(model, fit.transfer), vote, fit.modelWeight);
    const sum = fused.reduce((total, p) => total + p, 0); // float32 probabilities sum to 1 only nearly
    return fit.categories
      .map(({ id, name }, index) => ({ id, name, p: fused[index]! / sum }))
      .sort((a, b) => b.p - a.p || a.id - b.id)
      .slice(0, CATEGORIES_SHOWN);
  }

  async #learn(): Promise<Fit> {
    const codes = this.#mirror.index.size;
    const listed = [...this.#mirror.categories()].sort((a, b) => a.id - b.id);
    const categories = listed.map(({ id, name }) => ({ id, name }));
    const indexOf = new Map(categories.map(({ name }, index) => [name, index]));
    const sample = this.#mirror.sample.entries();
    const names = this.#catalog.categoryOfImages(sample.map(([id]) => id));

    const labelled: (Labelled & { imageId: number; code: Uint8Array })[] = [];
    for (const [imageId, code] of sample) {
      const truth = indexOf.get(names.get(imageId) ?? "");
      if (truth === undefined) continue;
      const sight = this.#catalog.sights(this.#modelId, imageId);
      if (sight) labelled.push({ imageId, code, truth, model: sight.category });
    }
    const transfer = fitTransfer(labelled, this.#modelCategories, categories.length);

    // lambda and the weight are fitted with rare categories pooled; a single picture of a kind cannot be held out.
    const pooling = poolRare(listed.map(({ items }) => items));
    const pooled = labelled.map((picture) => ({ ...picture, truth: pooling.of[picture.truth]! }));
    const ballots = await this.#ballots(pooled, (name) => {
      const index = indexOf.get(name);
      return index === undefined ? -1 : pooling.of[index]!;
    });
    const lambda = pooling.classes < 2 ? DEFAULT_LAMBDA : fitLambda(ballots, pooling.classes);
    const modelWeight =
      pooling.classes < 2 || this.#modelCategories === 0
        ? DEFAULT_MODEL_WEIGHT
        : fitModelWeight(this.#testimonies(pooled, ballots, lambda, pooling.classes));
    this.#fit = { categories, transfer, lambda, modelWeight, codes };
    return this.#fit;
  }

  /** Asks the catalog for each of the first pictures of the sample, its own item left out. */
  async #ballots(pictures: readonly (Labelled & Sampled)[], labelOf: (name: string) => number): Promise<Asked[]> {
    const { size } = this.#mirror.index;
    const count = Math.max(BALLOTS.least, Math.min(BALLOTS.most, Math.floor(BALLOTS.scannedCodes / Math.max(1, size))));
    const asked = pictures.slice(0, count);
    const owners = this.#catalog.ownersOfImages(asked.map(({ imageId }) => imageId));
    const ballots: Asked[] = [];
    for (const { imageId, code, truth } of asked) {
      const items = new Set((owners.get(imageId) ?? []).map(({ itemId }) => itemId));
      if (items.size === 0) continue; // gone since it was sampled
      const own = new Set([...items].flatMap((itemId) => this.#catalog.imagesOfItem(itemId)));
      const hits = await this.#mirror.index.search(code, voters(size) + OWN_PICTURES);
      const voting = hits.filter(({ id }) => id !== imageId && !own.has(id)).slice(0, voters(size));
      const names = this.#catalog.categoryOfImages(voting.map(({ id }) => id));
      ballots.push({
        imageId,
        distances: Float64Array.from(voting, ({ distance }) => distance / BITS),
        labels: Int32Array.from(voting, ({ id }) => labelOf(names.get(id) ?? "")),
        truth,
      });
    }
    return ballots;
  }

  /** What each branch gave the truth of a held-out picture; the transfer is fitted on the other folds. */
  #testimonies(pictures: readonly (Labelled & Sampled)[], ballots: readonly Asked[], lambda: number, classes: number) {
    const at = new Map(pictures.map(({ imageId }, index) => [imageId, index]));
    const folds = Array.from({ length: FOLDS }, (_, fold) =>
      fitTransfer(
        pictures.filter((_, index) => index % FOLDS !== fold),
        this.#modelCategories,
        classes,
      ),
    );
    return ballots.map((ballot): Testimony => {
      const index = at.get(ballot.imageId)!;
      return {
        model: carry(pictures[index]!.model, folds[index % FOLDS]!)[ballot.truth]!,
        vote: voteShares(ballot, lambda, classes)[ballot.truth]!,
      };
    });
  }
}

type Sampled = { imageId: number; code: Uint8Array };
type Asked = JudgedBallot & { imageId: number };
