import { join } from "node:path";
import { expect, test } from "vitest";
import { benchCategories, table } from "../../bench/categories.ts";
import { shared, sharedIsThere, whyNot } from "./shared.ts";

test.skipIf(!sharedIsThere)(
  `clothing: the label of a stranger's photo, and no label loses by fusion${whyNot}`,
  async () => {
    const figures = await benchCategories(["--photos", join(shared, "clothing/photos.csv"), "--group", "sender"]);
    console.log(table(figures));
    const { head, vote, fusion } = figures.parts;
    expect(figures.queries).toBe(595);
    expect(fusion.accuracy).toBeGreaterThanOrEqual(0.81);
    expect(fusion.accuracy).toBeGreaterThanOrEqual(Math.max(head.accuracy - 0.005, vote.accuracy));
    expect(fusion.ece).toBeLessThanOrEqual(0.06);
    expect(figures.mostLost).toBeLessThanOrEqual(0.01);
  },
);
