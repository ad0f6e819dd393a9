/** The whole public surface of looksee as a library; doors use nothing else. */
import {
  type CatalogStore,
  type DuplicateGroup,
  type ExportLine,
  type ItemLine,
  type Job,
  type JobRequest,
  openStore,
  type ShelfItem,
  type Store,
} from "./catalog/index.ts";
import { config } from "./config.ts";
import { LookseeError } from "./errors.ts";
import {
  type AddedModel,
  type AddModelOptions,
  addModel,
  applyRules,
  bringUpToDate,
  cardOf,
  createSnapshot,
  type DoctorOptions,
  type DoctorReport,
  decide,
  examine,
  faultsOfModels,
  type ImportOptions,
  type ImportReport,
  type IndexReport,
  importSource,
  keepForImport,
  keepIfIdle,
  keepModel,
  keepModelInUse,
  listModels,
  listSnapshots,
  type ModelInfo,
  promoteModel,
  restoreSnapshot,
  rollBackModel,
  type SelectionReport,
  type SelectionRules,
  type SnapshotOptions,
  type SnapshotReport,
  type Source,
  sourceOfJob,
  verifySnapshot,
  type Why,
  whyChosen,
} from "./indexing/index.ts";
import {
  Answering,
  type Comparison,
  compare,
  type Evaluation,
  type EvaluationOptions,
  evaluate,
  modelFolder,
  Searcher,
  type SearchQuery,
  type SearchResult,
} from "./search/index.ts";
import { type Card, type Model, openModel, reencode, thumbnail } from "./vision/index.ts";

export type { DuplicateGroup, ExportLine, Job, Quarantined, ShelfItem, Snapshot } from "./catalog/index.ts";
export { type ErrorCode, LookseeError } from "./errors.ts";
export {
  type AddedModel,
  type AddModelOptions,
  type DoctorOptions,
  type DoctorReport,
  type Finding,
  fetchPicture,
  type ImportOptions,
  type ImportReport,
  type IndexReport,
  type Item,
  type Mapping,
  type MappingChoice,
  type ModelInfo,
  type ReadTable,
  type Removed,
  type SelectionReport,
  type SelectionRules,
  type SnapshotCheck,
  type SnapshotOptions,
  type SnapshotReport,
  type Source,
  type Variant,
  type Why,
} from "./indexing/index.ts";
export { MALL_VERSION, type MallOptions, type WrittenMall, writeMall } from "./mall/index.ts";
export {
  type Comparison,
  type Evaluation,
  type EvaluationOptions,
  type Figures,
  type SearchHit,
  type SearchQuery,
  type SearchResult,
  writeReport,
} from "./search/index.ts";
export type { Box, Card } from "./vision/index.ts";

export type OpenOptions = {
  /** Make the data folder if it is not there; otherwise CATALOG_UNKNOWN is raised. Default true. */
  create?: boolean;
  /** Folder of the one model to be used (model.onnx, card.json, golden.json). Default: the model in use in the data folder, which for a new one is that which comes with looksee. */
  model?: string;
};

/**
 * Opens a data folder. Any number of processes may have it open at once.
 * Throws CATALOG_UNKNOWN, DATA_UNWRITABLE, DATA_FORMAT.
 */
export async function open(dir: string, options: OpenOptions = {}): Promise<Shop> {
  const store = openStore(dir, { create: options.create ?? true });
  return new Shop(store, options.model);
}

/** Looks at the machine, the model and a data folder, which may be damaged; see examine. */
export function doctor(dir: string, options: DoctorOptions & Pick<OpenOptions, "model"> = {}): Promise<DoctorReport> {
  return examine(dir, options.model, options);
}

/** The snapshots of a folder. They need no data folder, which may be the thing that is lost. */
export const snapshots = { list: listSnapshots, verify: verifySnapshot, restore: restoreSnapshot } as const;

/** One data folder: its catalogs, and the shoppers' photos of the last hours. Close it when done. */
export class Shop {
  readonly #store: Store;
  readonly #answering: Answering;
  readonly models: Models;

  constructor(store: Store, modelFolder?: string) {
    this.#store = store;
    this.#answering = new Answering(store, modelFolder);
    this.models = new Models(store);
  }

  /** Names, sorted. */
  catalogs(): string[] {
    return this.#store.catalogs();
  }

  /** The catalog of that name. It need not exist yet: `import` makes it, all else then throws CATALOG_UNKNOWN. */
  catalog(name: string): Catalog {
    return new Catalog(name, this.#store, this.#answering);
  }

  /**
   * Keeps a shopper's photo, re-encoded without metadata, for config.photoHours; returns its id.
   * `id`: 32 hex digits drawn by the caller, 128 random bits. Throws what the picture is refused for.
   */
  async savePhoto(photo: Uint8Array, id?: string): Promise<string> {
    if (config.photoHours === 0) return "";
    this.#store.sweepPhotos(config.photoHours * 3_600_000);
    return this.#store.savePhoto(await reencode(photo, config.photoSide), id);
  }

  /** A kept photo as JPEG; IMAGE_UNKNOWN once its time is over. */
  photo(id: string): Uint8Array {
    return this.#store.photo(id);
  }

  /** Takes a snapshot of the whole data folder; see createSnapshot. */
  async createSnapshot(folder: string, options: SnapshotOptions = {}): Promise<SnapshotReport> {
    if (!this.#answering.fixed) await keepIfIdle(this.#store);
    return createSnapshot(this.#store.dir, folder, options);
  }

  async close(): Promise<void> {
    await this.#answering.close();
    this.#store.close();
  }
}

/** The models of a data folder. */
export class Models {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The one that comes with looksee first. */
  list(): Promise<ModelInfo[]> {
    return listModels(this.#store);
  }

  /** Its folder and card. MODEL_UNKNOWN. */
  show(modelId: string): Promise<{ folder: string; card: Card }> {
    return cardOf(this.#store, modelId);
  }

  /** Takes in a folder, or `hf:owner/name`; see addModel. */
  add(from: string, options: AddModelOptions = {}): Promise<AddedModel> {
    return addModel(this.#store, from, options);
  }

  /** Lets it answer from now on; see promoteModel. */
  promote(modelId: string): Promise<ModelInfo> {
    return promoteModel(this.#store, modelId);
  }

  /** Takes the last promotion back; see rollBackModel. */
  rollback(): Promise<ModelInfo> {
    return rollBackModel(this.#store);
  }

  /** Lets a data folder of old have a copy of its model, before it is served; see keepIfIdle. */
  keep(): Promise<void> {
    return keepIfIdle(this.#store);
  }

  /** What keeps catalogs from answering: MODEL_MISSING, CATALOG_UNSEEN. */
  faults(): Promise<LookseeError[]> {
    return faultsOfModels(this.#store);
  }
}

type ImportHooks = Pick<ImportOptions, "signal" | "onProgress" | "onMapping">;

/** `model`: id of a model that need not be the one in use. */
type OfModel = { model?: string | undefined };

/** Picture bytes as a door sends them; `etag` changes with the bytes. */
export type ServedPicture = { bytes: Uint8Array; mime: string; etag: string };

/** One catalog. Every method but `import` throws CATALOG_UNKNOWN if there is none of that name. */
export class Catalog {
  readonly name: string;
  readonly #store: Store;
  readonly #answering: Answering;

  constructor(name: string, store: Store, answering: Answering) {
    this.name = name;
    this.#store = store;
    this.#answering = answering;
  }

  /** Brings rows in from a table, a folder or an iterable of items; see importSource. Makes the catalog. */
  async import(source: Source, options: ImportOptions = {}): Promise<ImportReport> {
    if (!this.#answering.fixed) await keepForImport(this.#store, this.name);
    return this.#answering.withModel((model, inUse) =>
      importSource(this.#store, this.name, model, source, options, inUse),
    );
  }

  /** Makes the codes that are missing for the model in use, or for another beside them; see bringUpToDate. MODEL_UNKNOWN. */
  async index(options: Pick<ImportOptions, "onProgress" | "signal"> & OfModel = {}): Promise<IndexReport> {
    this.#stored();
    if (options.model !== undefined) await keepModel(this.#store, options.model);
    else if (!this.#answering.fixed) await keepModelInUse(this.#store);
    return this.#with(options.model, (model) => bringUpToDate(this.#store, this.name, model, options));
  }

  /** Photo, stored photo or item in, a page of hits out; see Searcher.search. */
  async search(query: SearchQuery): Promise<SearchResult> {
    return this.#answering.withSearcher(this.name, (searcher) => searcher.search(query));
  }

  /** What looks like an item of the catalog; the item itself is left out. ITEM_UNKNOWN. */
  similar(itemId: string, options: { limit?: number } = {}): Promise<SearchResult> {
    return this.search({ itemId, ...options });
  }

  /** Asks every photo of a labelled file and counts; see evaluate. MODEL_UNKNOWN. */
  async evaluate(queriesCsv: string, options: EvaluationOptions & OfModel = {}): Promise<Evaluation> {
    if (options.model === undefined)
      return this.#answering.withSearcher(this.name, (searcher) => evaluate(searcher, queriesCsv, options));
    this.#stored();
    return this.#with(options.model, async (model) => {
      const searcher = await Searcher.open(this.#store, this.name, model);
      try {
        return await evaluate(searcher, queriesCsv, options);
      } finally {
        await searcher.close();
      }
    });
  }

  /** The same with the model in use and with another; see compare. MODEL_UNKNOWN. */
  async compare(
    queriesCsv: string,
    model: string,
    options: EvaluationOptions = {},
  ): Promise<{ evaluation: Evaluation; other: Comparison }> {
    const evaluation = await this.evaluate(queriesCsv, options);
    return {
      evaluation,
      other: compare(evaluation, await this.evaluate(queriesCsv, { ...options, model }), options.seed),
    };
  }

  async info(): Promise<CatalogInfo> {
    const stored = this.#stored();
    const id = await this.#answering.withModel((model) => model.id);
    return { name: this.name, ...stored.counts(), categories: stored.categories(), model: id };
  }

  /** Items in the order in which they came in. `cursor`: nextCursor of the page before; SEARCH_BAD_INPUT. */
  items({ limit, cursor }: { limit: number; cursor?: string }): { items: ShelfItem[]; nextCursor: string | null } {
    const after = cursor === undefined ? 0 : Number(cursor);
    if (!Number.isSafeInteger(after) || after < 0)
      throw new LookseeError("SEARCH_BAD_INPUT", `${cursor} is no cursor`, "Give the nextCursor of the page before");
    const { items, next } = this.#stored().shelf(after, limit);
    return { items, nextCursor: next === null ? null : String(next) };
  }

  /** ITEM_UNKNOWN. */
  item(itemId: string): ShelfItem {
    return this.#stored().item(itemId);
  }

  /** The picture as the shop gave it. IMAGE_UNKNOWN. */
  async picture(imageId: number): Promise<ServedPicture> {
    const picture = this.#stored().picture(imageId);
    return { bytes: picture.bytes(), mime: picture.mime, etag: picture.hash };
  }

  /** The picture as a JPEG that fits a square of `side` pixels; those that the page asks for are kept. IMAGE_UNKNOWN. */
  async thumbnail(imageId: number, side: number): Promise<ServedPicture> {
    const { thumbnails } = this.#stored();
    const picture = this.#stored().picture(imageId);
    let bytes = thumbnails.read(picture.hash, side);
    if (!bytes) {
      bytes = await thumbnail(picture.bytes(), side);
      thumbnails.save(picture.hash, side, bytes);
    }
    return { bytes, mime: "image/jpeg", etag: `${picture.hash}-${side}` };
  }

  /** Everything that the catalog holds, line by line, in canonical order. */
  export(): Iterable<ExportLine> {
    return this.#stored().export();
  }

  /** All that the catalog holds of one item, as its line of the export says it. ITEM_UNKNOWN. */
  exportItem(itemId: string): Omit<ItemLine, "kind"> {
    const { kind: _, ...line } = this.#stored().exportItem(itemId);
    return line;
  }

  /** Why an item is found, or not: rules, preference, picture quality. ITEM_UNKNOWN. */
  why(itemId: string): Promise<Why> {
    return whyChosen(this.#stored(), itemId);
  }

  /** Saves the rules by which items are chosen, if given, and applies them. */
  select(rules?: SelectionRules, options: Pick<ImportOptions, "onProgress" | "signal"> = {}): Promise<SelectionReport> {
    return applyRules(this.#store, this.name, rules, options);
  }

  /** Items whose pictures are the same; search shows each group once. */
  duplicates(): DuplicateGroup[] {
    return this.#stored().duplicates.groups();
  }

  /** A person's say: these items are different products, or one; see decide. ITEM_UNKNOWN, SEARCH_BAD_INPUT. */
  decideDuplicates(verdict: "keep" | "merge", itemIds: readonly string[]): void {
    decide(this.#stored(), verdict, itemIds);
  }

  /** What was set aside, newest first, with reasons. */
  quarantine(): ReturnType<CatalogStore["quarantine"]> {
    return this.#stored().quarantine();
  }

  /** Long work on this catalog, newest first. */
  jobs(): ReturnType<CatalogStore["jobs"]["list"]> {
    return this.#stored().jobs.list();
  }

  /** JOB_UNKNOWN. */
  job(jobId: string): Job {
    return this.#stored().jobs.get(jobId);
  }

  /** Asks a job to stop, whichever process runs it; it does within seconds. JOB_UNKNOWN, JOB_STATE. */
  stopJob(jobId: string, how: JobRequest): Job {
    return this.#stored().jobs.ask(jobId, how);
  }

  /** Goes on with an import that was paused or interrupted. JOB_UNKNOWN, JOB_STATE, and what `import` throws. */
  async resumeJob(jobId: string, options: ImportHooks = {}): Promise<ImportReport> {
    const { state } = this.job(jobId);
    if (state !== "paused" && state !== "interrupted")
      throw new LookseeError("JOB_STATE", `${jobId} is ${state}`, "Only a paused or interrupted job can be resumed");
    const { source, options: begun } = sourceOfJob(this.#stored(), jobId);
    return this.import(source, { ...begun, ...options });
  }

  /**
   * Looks again at what an import set aside; at everything if its source changed meanwhile, or the job never finished.
   * JOB_UNKNOWN, JOB_STATE, and what `import` throws.
   */
  async retryJob(jobId: string, options: ImportHooks = {}): Promise<ImportReport> {
    const { source, options: begun } = sourceOfJob(this.#stored(), jobId);
    return this.import(source, { ...begun, ...options, retry: true });
  }

  /** The last import of each source that has something in quarantine. */
  jobsToRetry(): string[] {
    const sources = new Set(this.quarantine().map(({ source }) => source));
    const jobs = this.jobs().filter(({ kind }) => kind === "import");
    return [...sources].flatMap((name) => jobs.find(({ source }) => source === name)?.jobId ?? []);
  }

  #stored(): CatalogStore {
    return this.#store.catalog(this.name);
  }

  /** With the model in use, or with another that is opened for this alone. */
  async #with<T>(modelId: string | undefined, work: (model: Model) => Promise<T>): Promise<T> {
    if (modelId === undefined) return this.#answering.withModel(work);
    const model = await openModel(await modelFolder(this.#store, modelId), { workers: config.modelWorkers });
    try {
      return await work(model);
    } finally {
      await model.close();
    }
  }
}

export type CatalogInfo = {
  name: string;
  items: number;
  variants: number;
  pictures: number;
  categories: { id: number; name: string; items: number }[];
  /** Id of the model that answers. */
  model: string;
};
