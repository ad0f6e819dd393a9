import { quantize, type SightRecord } from "../catalog/index.ts";
import type { Model, Sight } from "../vision/index.ts";

/** What indexing needs of a model; tests bring a quick one. */
export type Seeing = Pick<Model, "id" | "see">;

/** A sight as the catalog stores it. */
export const recordOf = ({ code, feature, category, box, boxScore }: Sight): SightRecord => ({
  code,
  feature: quantize(feature),
  category,
  box,
  boxScore,
});
