import type { Store } from "../catalog/index.ts";
import { config } from "../config.ts";
import { type Model, openModel } from "../vision/index.ts";
import { FrozenLists } from "./frozen.ts";
import { modelFolder } from "./model-folder.ts";
import { Searcher } from "./searcher.ts";

/** A promoted model that could not be opened here is tried again after this. */
const TRY_AGAIN_MS = 10_000;

/** A model with the searchers that were asked for; closed when nobody uses it any more. */
type Engine = {
  /** As Models.promoted() names it, or named it as this was opened. */
  key: string | null;
  model: Promise<Model>;
  searchers: Map<string, Promise<Searcher>>;
  users: number;
  retired: boolean;
  closed: Promise<void> | undefined;
};

/**
 * The model in use and the catalogs searched with it. When another model is promoted, by any process, it is opened beside
 * the old one, which answers until the new one can; then questions go to the new one, and the old one is closed, threads
 * and all, after its last. A catalog that has changed since the promotion is answered by the new one alone, since only
 * that one has seen what came in.
 */
export class Answering {
  readonly #store: Store;
  /** The one model folder to be used whatever is promoted; undefined: what is promoted. */
  readonly #fixed: string | undefined;
  /** By catalog, so that later pages outlive the model that gave the first. */
  readonly #lists = new Map<string, FrozenLists>();
  readonly #closing = new Set<Promise<void>>();
  #engine: Engine | undefined;
  #next: { engine: Engine; ready: Promise<void> } | undefined;
  #failed: { key: string | null; until: number } | undefined;

  constructor(store: Store, fixed?: string) {
    this.#store = store;
    this.#fixed = fixed;
  }

  /** Whether a program named the one model to be used. */
  get fixed(): boolean {
    return this.#fixed !== undefined;
  }

  /** `inUse` says whether the model is still the one to be used. Throws what openModel throws. */
  async withModel<T>(work: (model: Model, inUse: () => boolean) => Promise<T> | T): Promise<T> {
    const engine = await this.#take(null);
    try {
      return await work(await engine.model, () => engine.key === this.#wanted());
    } finally {
      this.#give(engine);
    }
  }

  /** Throws what openModel and Searcher.open throw. */
  async withSearcher<T>(catalog: string, work: (searcher: Searcher) => Promise<T>): Promise<T> {
    const engine = await this.#take(catalog);
    try {
      return await work(await this.#searcher(engine, catalog));
    } finally {
      this.#give(engine);
    }
  }

  async close(): Promise<void> {
    const engines = [this.#engine, this.#next?.engine];
    this.#engine = this.#next = undefined;
    await Promise.all(engines.map((engine) => engine && shut(engine)));
    await Promise.all(this.#closing);
  }

  #wanted(): string | null {
    return this.#fixed === undefined ? this.#store.models.promoted() : null;
  }

  /** The engine for a question to this catalog, or for work that needs the newest model; give it back. */
  async #take(catalog: string | null): Promise<Engine> {
    const key = this.#wanted();
    if (catalog !== null && this.#engine?.key !== key) this.#store.catalog(catalog); // CATALOG_UNKNOWN before a model is opened
    const old = this.#engine;
    // Written down meanwhile as the one in use, by whoever kept a copy of it: nothing is opened anew.
    if (old?.key === null && key !== null && (await old.model.catch(() => null))?.id === key) old.key = key;
    this.#engine ??= this.#open(key);
    if (this.#engine.key !== key && !(this.#failed?.key === key && Date.now() < this.#failed.until)) {
      if (this.#next?.engine.key !== key) this.#next = this.#exchange(this.#open(key));
      if (catalog === null || this.#changed(catalog)) await this.#next.ready;
    }
    this.#engine ??= this.#open(key); // what was there may have failed to open meanwhile
    this.#engine.users++;
    return this.#engine;
  }

  #changed(catalog: string): boolean {
    const stored = this.#store.catalog(catalog);
    return stored.version() !== stored.promotedAt();
  }

  #give(engine: Engine): void {
    engine.users--;
    if (engine.retired && engine.users === 0) this.#shut(engine);
  }

  #open(key: string | null): Engine {
    const folder = this.#fixed === undefined ? modelFolder(this.#store, key) : Promise.resolve(this.#fixed);
    const model = folder.then((folder) => openModel(folder, { workers: config.modelWorkers }));
    const engine: Engine = { key, model, searchers: new Map(), users: 0, retired: false, closed: undefined };
    model.catch(() => {
      if (this.#engine === engine) this.#engine = undefined; // the next question tries again
    });
    return engine;
  }

  /** Opens the catalogs that the old engine answers for, then lets the new one take its place. */
  #exchange(engine: Engine): { engine: Engine; ready: Promise<void> } {
    const open = async () => {
      const names = [...(this.#engine?.searchers.keys() ?? [])];
      await engine.model;
      await Promise.all(names.map((name) => this.#searcher(engine, name)));
    };
    const ready = open().then(
      () => {
        if (this.#next?.engine !== engine) return this.#shut(engine); // another was promoted meanwhile
        const old = this.#engine;
        this.#engine = engine;
        this.#next = undefined;
        if (old) {
          old.retired = true;
          if (old.users === 0) this.#shut(old);
        }
      },
      (error: Error) => {
        this.#shut(engine);
        if (this.#next?.engine !== engine) return;
        this.#next = undefined;
        this.#failed = { key: engine.key, until: Date.now() + TRY_AGAIN_MS };
        process.emitWarning(`the model before answers on: ${error.message}`, { type: "LookseeWarning" });
      },
    );
    return { engine, ready };
  }

  #searcher(engine: Engine, name: string): Promise<Searcher> {
    const known = engine.searchers.get(name);
    if (known) return known;
    const lists = this.#lists.get(name) ?? new FrozenLists();
    this.#lists.set(name, lists);
    const opening = engine.model.then((model) => Searcher.open(this.#store, name, model, { lists }));
    engine.searchers.set(name, opening);
    opening.catch(() => engine.searchers.delete(name)); // the next call tries again
    return opening;
  }

  #shut(engine: Engine): void {
    const shutting: Promise<void> = shut(engine)
      .catch((error: Error) => process.emitWarning(error.message, { type: "LookseeWarning" }))
      .finally(() => this.#closing.delete(shutting));
    this.#closing.add(shutting);
  }
}

function shut(engine: Engine): Promise<void> {
  const close = async () => {
    for (const searcher of await Promise.allSettled(engine.searchers.values()))
      if (searcher.status === "fulfilled") await searcher.value.close();
    await (await engine.model.catch(() => undefined))?.close();
  };
  engine.closed ??= close();
  return engine.closed;
}
