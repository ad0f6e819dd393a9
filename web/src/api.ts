import type { Ask } from "./ask.ts";
import type { Box } from "./box-math.ts";
import { heldPhoto } from "./photos.ts";

export type Hit = {
  itemId: string;
  score: number;
  imageUrl: string;
  title: string | null;
  url: string | null;
  price: number | null;
  currency: string | null;
  category: string | null;
};
export type Result = {
  imageId: string | null;
  objects: { box: Box; score: number; category: string | null }[];
  categories: { name: string; p: number }[];
  hits: Hit[];
  nextCursor: string | null;
  noGoodMatch: boolean;
};
export type Item = { itemId: string; title: string | null; category: string | null; imageUrl: string | null };
export type Catalog = { name: string; items: number };

/** What the server refused, by its stable code; UNREACHABLE when nobody answered. */
export class Refusal extends Error {
  readonly code: string;
  readonly remedy: string;
  constructor(code: string, detail: string, remedy = "") {
    super(detail);
    this.code = code;
    this.remedy = remedy;
  }
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/v1/${path}`, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new Refusal("UNREACHABLE", "");
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw new Refusal(body.code ?? "INTERNAL", body.detail ?? "", body.remedy);
}

const inCatalog = (catalog: string, rest = "") => `catalogs/${encodeURIComponent(catalog)}${rest}`;

export const listCatalogs = async (): Promise<Catalog[]> => (await call<{ catalogs: Catalog[] }>("catalogs")).catalogs;

export const listItems = async (catalog: string, limit: number): Promise<Item[]> =>
  (await call<{ items: Item[] }>(inCatalog(catalog, `/items?limit=${limit}`))).items;

export const getItem = (catalog: string, itemId: string): Promise<Item> =>
  call(inCatalog(catalog, `/items/${encodeURIComponent(itemId)}`));

/** Asks by the shortest way: the id of a kept photo, and the photo itself only where the server no longer has it. */
export async function search(ask: Ask, signal: AbortSignal): Promise<Result> {
  const { photo, held, url, item } = ask.subject;
  if (item !== undefined) return post(ask, { itemId: item }, signal);
  if (photo) {
    try {
      return await post(ask, { imageId: photo }, signal);
    } catch (error) {
      const gone = error instanceof Refusal && error.code === "IMAGE_UNKNOWN";
      if (!gone || (!url && !heldPhoto(held))) throw error;
    }
  }
  if (url) return post(ask, { imageUrl: url }, signal);
  const mine = heldPhoto(held);
  if (mine) return send(ask, await mine.small, signal);
  throw new Refusal("IMAGE_UNKNOWN", "");
}

/** A cursor remembers its question. */
export const nextPage = (catalog: string, cursor: string, signal: AbortSignal): Promise<Result> =>
  call(inCatalog(catalog, "/search"), json({ cursor }, signal));

function post({ catalog, box, category }: Ask, input: object, signal: AbortSignal): Promise<Result> {
  const body = { ...input, ...(box && !("itemId" in input) ? { box } : {}), ...(category ? { category } : {}) };
  return call(inCatalog(catalog, "/search"), json(body, signal));
}

function json(body: object, signal: AbortSignal): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal };
}

function send({ catalog, box, category }: Ask, blob: Blob, signal: AbortSignal): Promise<Result> {
  const body = new FormData();
  if (box) body.append("box", box.join(","));
  if (category) body.append("category", category);
  body.append("image", blob, "photo.jpg");
  return call(inCatalog(catalog, "/search"), { method: "POST", body, signal });
}
