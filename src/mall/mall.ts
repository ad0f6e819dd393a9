import { drawItem, type MallItem } from "./item.ts";
import { drawPhoto, type Photo } from "./photo.ts";
import { drawPicture } from "./picture.ts";

/** A procedural shop. Item i's looks and pictures depend on the seed and i alone, not on how many items are asked for. */
export class Mall {
  readonly items: number;
  readonly seed: number;

  constructor(items: number, seed: number) {
    this.items = items;
    this.seed = seed;
  }

  /** Item `index`, 0 .. items-1. Throws RangeError outside. */
  item(index: number): MallItem {
    if (!Number.isInteger(index) || index < 0 || index >= this.items)
      throw new RangeError(`item ${index} of a mall of ${this.items}`);
    return drawItem(this.seed, index);
  }

  /** The clean catalogue picture, JPEG. The same bytes each time on one platform and lockfile. */
  picture(index: number): Promise<Uint8Array> {
    return drawPicture(this.seed, this.item(index).latents);
  }

  /** The `take`-th cluttered phone photo (0, 1, 2, ...; there is no last one) with the product's true box. */
  photo(index: number, take: number): Promise<Photo> {
    return drawPhoto(this.seed, this.item(index).latents, take);
  }
}

/** `items` >= 1 and `seed` 0 .. 2^32-1, whole numbers. Throws RangeError otherwise. */
export function openMall(options: { items: number; seed: number }): Mall {
  const { items, seed } = options;
  if (!Number.isInteger(items) || items < 1) throw new RangeError(`a mall of ${items} items: at least one is needed`);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new RangeError(`seed ${seed}: a whole number 0 .. 4294967295 is needed`);
  return new Mall(items, seed);
}
