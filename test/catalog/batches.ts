import { type Attributes, type Batch, hashOf, type ImageRecord, type ItemRecord } from "../../src/catalog/index.ts";

/** A batch of model m1, with defaults for what a test does not speak of. */
export const batch = (sourceId: number, parts: Partial<Batch>): Batch => ({
  sourceId,
  modelId: "m1",
  images: [],
  items: [],
  unchanged: [],
  removed: [],
  origins: [],
  quarantined: [],
  job: { id: 1, run: 1 },
  ...parts,
});

/** The n-th picture of a test; `mark` is the first byte of its code. */
export function picture(n: number, mark = n % 256, bytes: Uint8Array = Buffer.from(`picture ${n}`)): ImageRecord {
  const code = new Uint8Array(64);
  code[0] = mark;
  const values = Int8Array.from({ length: 512 }, (_, i) => ((n * 31 + i * 7) % 255) - 127);
  return {
    sha256: hashOf(bytes),
    width: 20,
    height: 30,
    mime: "image/jpeg",
    bytes: bytes.length,
    sight: {
      code,
      feature: { values, scale: 0.125 },
      category: Float32Array.of(0.25, 0.75),
      box: [0.125, 0.25, 0.5, 1],
      boxScore: 0.5,
    },
  };
}

type Parts = {
  category?: string;
  price?: number;
  attributes?: Attributes;
  variants?: Record<string, { price?: number; attributes?: Attributes }>;
  /** [variantId or null, n of picture(n)] */
  pictures?: [string | null, number][];
};

export const item = (itemId: string, parts: Parts = {}): ItemRecord => ({
  itemId,
  title: `title of ${itemId}`,
  description: null,
  url: null,
  price: parts.price ?? 1,
  currency: "EUR",
  stock: null,
  category: parts.category ?? "shirt",
  attributes: parts.attributes ?? {},
  contentHash: JSON.stringify(parts),
  variants: Object.entries(parts.variants ?? {}).map(([variantId, variant]) => ({
    variantId,
    title: null,
    url: null,
    price: variant.price ?? null,
    currency: null,
    stock: null,
    attributes: variant.attributes ?? {},
    contentHash: JSON.stringify(variant),
  })),
  pictures: (parts.pictures ?? []).map(([variantId, n]) => ({ variantId, sha256: picture(n).sha256 })),
});
