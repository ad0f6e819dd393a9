import { batch, computed, signal } from "@preact/signals";
import { getItem, type Hit, type Item, listCatalogs, nextPage, Refusal, type Result, search } from "./api.ts";
import { type Ask, askOf, linkOf, type Subject, sameSubject } from "./ask.ts";
import type { Box } from "./box-math.ts";
import { heldPhoto, hold } from "./photos.ts";
import { titleFor } from "./words.ts";

/** What the page shows; components read these and call the functions below. */
export const catalogs = signal<{ name: string; items: number }[] | null>(null);
export const catalog = signal("main");
export const ask = signal<Ask | null>(null);
export const found = signal<Result | null>(null);
/** What the photo shows, what is searched for first; a moved box does not change it. */
export const objects = signal<Result["objects"]>([]);
export const item = signal<Item | null>(null);
export const searching = signal(false);
export const extending = signal(false);
export const trouble = signal<Refusal | null>(null);

/** The box to draw: the shopper's, or else the model's own. */
export const box = computed<Box | null>(() => ask.value?.box ?? objects.value[0]?.box ?? null);

/** Where the picture that is searched for can be shown from; null while unknown. */
export const picture = computed<string | null>(() => {
  const { held, photo, item: itemId } = ask.value?.subject ?? {};
  if (itemId !== undefined) return item.value?.imageUrl ? `${item.value.imageUrl}?size=640` : null;
  return heldPhoto(held)?.src.value ?? (photo ? `/v1/photos/${photo}` : null);
});

const BOX_PAUSE_MS = 220;
const KEPT_ANSWERS = 30;
const answers = new Map<string, { result: Result; objects: Result["objects"] }>();
const knownItems = new Map<string, Item>();
const known = Promise.withResolvers<void>();
let running = new AbortController();
let pause: ReturnType<typeof setTimeout> | undefined;

addEventListener("popstate", (event) => arrive(event.state));

export async function start(): Promise<void> {
  trouble.value = null;
  try {
    const list = await listCatalogs();
    const asked = new URLSearchParams(location.search).get("c");
    batch(() => {
      catalogs.value = list;
      catalog.value = (list.find(({ name }) => name === asked) ?? list[0])?.name ?? "main";
    });
    known.resolve();
  } catch (error) {
    catalogs.value = [];
    trouble.value = asRefusal(error);
    return;
  }
  await arrive(history.state);
}

/** Shows what the address and the history entry say: at first, on Back and on Forward. */
async function arrive(state: { held?: string } | null): Promise<void> {
  const next = askOf(location.search, heldPhoto(state?.held) ? state?.held : undefined, catalog.value);
  if (next) catalog.value = next.catalog;
  await show(next);
}

export const askFile = (file: Blob): Promise<void> => go({ held: hold(file) });

export const askUrl = (url: string): Promise<void> => go({ url });

export function askItem(hit: Hit | Item): void {
  knownItems.set(`${catalog.value}/${hit.itemId}`, hit);
  void go({ item: hit.itemId });
}

/** A shopper may be quicker than the list of catalogs: the question waits until it is known where to ask. */
async function go(subject: Subject): Promise<void> {
  await known.promise;
  const next: Ask = { catalog: catalog.value, subject, box: null, category: null };
  history.pushState({ held: subject.held }, "", linkOf(next));
  scrollTo({ top: 0 });
  void show(next);
}

export function chooseCategory(category: string | null): void {
  if (!ask.value || ask.value.category === category) return;
  const next = { ...ask.value, category };
  history.pushState({ held: next.subject.held }, "", linkOf(next));
  void show(next);
}

export function chooseCatalog(name: string): void {
  catalog.value = name;
  const subject = ask.value?.subject.item === undefined ? ask.value?.subject : undefined;
  if (subject) void go(subject);
  else startOver();
}

/** Leaves a catalog that is not there, too. */
export function startOver(): void {
  const there = catalogs.value?.some(({ name }) => name === catalog.value);
  if (!there) catalog.value = catalogs.value?.[0]?.name ?? catalog.value;
  history.pushState(null, "", `?${new URLSearchParams({ c: catalog.value })}`);
  scrollTo({ top: 0 });
  void show(null);
}

/** The box follows the hand at once, the answer a moment after it rests. */
export function moveBox(next: Box | null): void {
  if (!ask.value) return;
  running.abort(); // what is on its way answers a question of before
  ask.value = { ...ask.value, box: next };
  searching.value = true;
  clearTimeout(pause);
  pause = setTimeout(() => {
    const rested = ask.value;
    if (!rested) return;
    replaceLink(rested);
    void run(rested);
  }, BOX_PAUSE_MS);
}

export const tryAgain = (): void => void (ask.value ? run(ask.value) : start());

export async function showMore(): Promise<void> {
  const before = found.value;
  if (!before?.nextCursor || !ask.value || extending.value) return;
  const { signal } = running;
  extending.value = true;
  try {
    const next = await nextPage(ask.value.catalog, before.nextCursor, signal);
    if (!signal.aborted)
      keep(ask.value, { ...before, hits: [...before.hits, ...next.hits], nextCursor: next.nextCursor });
  } catch (error) {
    if (!signal.aborted) trouble.value = asRefusal(error);
  } finally {
    extending.value = false;
  }
}

async function show(next: Ask | null): Promise<void> {
  clearTimeout(pause);
  running.abort();
  const kept = next && answers.get(keyOf(next));
  const fresh =
    !next || !ask.value || !sameSubject(next.subject, ask.value.subject) || next.catalog !== ask.value.catalog;
  batch(() => {
    ask.value = next;
    trouble.value = null;
    searching.value = false;
    if (fresh) item.value = null;
    if (fresh || kept) {
      objects.value = kept?.objects ?? []; // the main one of then: a category may have made it another
      found.value = kept?.result ?? null;
    }
  });
  document.title = titleFor(next);
  if (!next) return;
  await Promise.all([next.subject.item === undefined ? undefined : showItem(next), kept ? undefined : run(next)]);
}

async function run(next: Ask): Promise<void> {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  batch(() => {
    searching.value = true;
    trouble.value = null;
  });
  try {
    const result = await search(next, signal);
    if (signal.aborted) return;
    batch(() => {
      if (!next.box || objects.value.length === 0) objects.value = result.objects;
      keep(withPhoto(next, result.imageId), result);
      searching.value = false;
    });
  } catch (error) {
    if (signal.aborted) return;
    batch(() => {
      trouble.value = asRefusal(error);
      found.value = null;
      searching.value = false;
    });
  }
}

/** From the first answer on, the photo has a name on the server, and with it the search a link. */
function withPhoto(next: Ask, photo: string | null): Ask {
  if (!photo || next.subject.item !== undefined || next.subject.photo === photo) return next;
  const named = (one: Ask): Ask => ({ ...one, subject: { ...one.subject, photo } });
  // The shopper may have moved the box meanwhile: the photo's name is news, the box is not.
  ask.value = named(ask.value ?? next);
  replaceLink(ask.value);
  return named(next);
}

function replaceLink(next: Ask): void {
  history.replaceState({ held: next.subject.held }, "", linkOf(next));
}

function keep(next: Ask, result: Result): void {
  found.value = result;
  answers.set(keyOf(next), { result, objects: objects.value });
  for (const oldest of answers.keys()) if (answers.size > KEPT_ANSWERS) answers.delete(oldest);
}

async function showItem({ catalog: name, subject }: Ask): Promise<void> {
  const key = `${name}/${subject.item}`;
  try {
    const shown = knownItems.get(key) ?? (await getItem(name, subject.item!));
    knownItems.set(key, shown);
    if (ask.value?.subject.item === subject.item) item.value = shown;
  } catch {
    // The search itself says what is wrong with the item.
  }
}

const keyOf = (one: Ask): string => linkOf(one) + (one.subject.held ?? "");
const asRefusal = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal("INTERNAL", String((error as Error)?.message ?? error));
