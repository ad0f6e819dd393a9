import type { CatalogStore } from "../src/catalog/index.ts";
import { type Head, HeadSums, headScores, softmax } from "../src/ranking/index.ts";
import { headInput } from "../src/search/learn.ts";
import type { Mirror } from "../src/search/mirror.ts";

/** An attribute with one value tells nothing, one with more is a name or a number. */
const VALUES = { least: 2, most: 64 };
const SHRINK = 0.1;
/** Clean pictures say more of themselves than of photos. */
const TEMPERATURE = 4;
const FLOOR = 1e-3;

type Attribute = { name: string; values: string[]; head: Head; known: ReadonlyMap<string, number> };

/** A head for each attribute of a catalog's items that has a few values, fitted as the head for categories is. */
export class AttributeHeads {
  readonly #attributes: Attribute[];

  private constructor(attributes: Attribute[]) {
    this.#attributes = attributes;
  }

  static of(catalog: CatalogStore, modelId: string, mirror: Mirror): AttributeHeads {
    const pictures = mirror.sample.entries().flatMap(([imageId]) => {
      const sight = catalog.sights(modelId, imageId);
      const item = catalog.itemsOfImages([imageId]).get(imageId)?.[0];
      if (!sight || !item) return [];
      return [{ item, input: headInput(sight.feature.values, sight.feature.scale, sight.category) }];
    });
    const names = new Set(pictures.flatMap(({ item }) => Object.keys(item.attributes)));
    const attributes: Attribute[] = [];
    for (const name of names) {
      const having = pictures.filter(({ item }) => item.attributes[name] !== undefined);
      const values = [...new Set(having.map(({ item }) => String(item.attributes[name])))];
      if (values.length < VALUES.least || values.length > VALUES.most || having.length < pictures.length / 2) continue;
      const sums = new HeadSums(having[0]!.input.length, values.length);
      const known = new Map<string, number>();
      for (const { item, input } of having) {
        const value = values.indexOf(String(item.attributes[name]));
        sums.add(input, value);
        known.set(item.itemId, value);
      }
      attributes.push({ name, values, known, head: { ...sums.head(SHRINK), temperature: TEMPERATURE } });
    }
    return new AttributeHeads(attributes);
  }

  get listed(): { name: string; values: number }[] {
    return this.#attributes.map(({ name, values }) => ({ name, values: values.length }));
  }

  /** The sum of the log probabilities of an item's attributes under what a photo shows. */
  judge(input: Float32Array): (itemId: string) => number {
    const shares = this.#attributes.map(({ head }) => softmax(headScores(head, input)));
    return (itemId) =>
      this.#attributes.reduce((sum, { known }, at) => {
        const value = known.get(itemId);
        return sum + (value === undefined ? 0 : Math.log(Math.max(FLOOR, shares[at]![value]!)));
      }, 0);
  }
}
