import type { Catalog, Item } from "./catalog-schema.ts";
import type { Model } from "./model-schema.ts";
import type { Box, SearchResult } from "./result-schema.ts";

/**
 * What the door needs of a shop. `open()` of index.ts returns one; tests bring their own.
 * Everything else about shops, pictures and models is none of the door's business.
 */
export interface DoorShop {
  catalogs(): string[];
  /** CATALOG_UNKNOWN, now or from every method of what it returns. */
  catalog(name: string): DoorCatalog;
  /** Keeps a query photo, re-encoded, under `id` (or one of its own); an empty string when photos are not kept. */
  savePhoto(bytes: Uint8Array, id?: string): Promise<string>;
  /** A JPEG, or IMAGE_UNKNOWN. */
  photo(id: string): Uint8Array | Promise<Uint8Array>;
  readonly models: DoorModels;
}

export interface DoorModels {
  list(): Promise<Model[]>;
  /** MODEL_UNKNOWN, MODEL_INCOMPLETE, DATA_BUSY. */
  promote(modelId: string): Promise<Model>;
  /** What keeps catalogs from answering; see faultsOfModels. */
  faults(): Promise<Error[]>;
}

export interface DoorCatalog {
  search(query: DoorQuery): Promise<SearchResult>;
  similar(itemId: string, options: { limit?: number }): Promise<SearchResult>;
  picture(imageId: number): Promise<ServedPicture>;
  thumbnail(imageId: number, side: number): Promise<ServedPicture>;
  info(): Promise<Catalog> | Catalog;
  items(page: { limit: number; cursor?: string }): Promise<ItemPage> | ItemPage;
  /** ITEM_UNKNOWN. */
  item(itemId: string): Promise<ShopItem> | ShopItem;
}

export type DoorQuery = {
  image?: Uint8Array;
  imageId?: string;
  itemId?: string;
  box?: Box;
  category?: string;
  limit?: number;
  cursor?: string;
};

export type ServedPicture = { bytes: Uint8Array; mime: string; etag: string };
export type ShopItem = Omit<Item, "imageUrl">;
export type ItemPage = { items: ShopItem[]; nextCursor: string | null };
