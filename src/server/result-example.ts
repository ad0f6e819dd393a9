import type { SearchResult } from "./result-schema.ts";

/** Stands in the OpenAPI document; a test holds it to the schema. */
export const resultExample: SearchResult = {
  searchId: "s_01k3v7",
  modelVersion: "default-1",
  imageId: "9f2c41d07be8463aa1c05d7e6b38f214",
  objects: [
    { box: [0.12, 0.2, 0.78, 0.94], score: 0.97, category: "bags" },
    { box: [0.71, 0.05, 0.98, 0.31], score: 0.64, category: null },
  ],
  categories: [
    { id: 3, name: "bags", p: 0.93 },
    { id: 5, name: "accessories", p: 0.04 },
  ],
  hits: [
    {
      itemId: "sku-1042",
      variantId: null,
      score: 0.94,
      distance: 61,
      imageId: 17,
      imageUrl: "/v1/catalogs/main/images/17",
      box: [0.08, 0.1, 0.92, 0.95],
      title: "Weekender bag, olive",
      url: "https://shop.example/weekender",
      price: 89.5,
      currency: "EUR",
      category: "bags",
      attributes: { color: "olive" },
    },
  ],
  facets: [],
  nextCursor: null,
  noGoodMatch: false,
  timings: { decode: 4.1, model: 11.8, vote: 0.2, coarse: 1.9, fine: 0.7, rank: 0.3, total: 19.4 },
};
