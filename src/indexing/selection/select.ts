import type { CatalogStore, SelectionRow, StoredQuality } from "../../catalog/index.ts";
import { LookseeError } from "../../errors.ts";
import { overallQuality, type PictureQuality, pictureQuality } from "../../vision/index.ts";
import { inOrder } from "../gate.ts";
import type { JobRun } from "../job-run.ts";
import { type Preference, preferenceIn } from "./preference.ts";
import { hasRules, needsQuality, rulesOf, type SelectionRules } from "./rules.ts";

const IN_FLIGHT = 4;
const BATCH = 256;

/** Why an item is found, or not. */
export type Why = {
  chosen: boolean;
  /** One sentence for a person. */
  because: string;
  rules: SelectionRules;
  inStock: boolean;
  category: string | null;
  preference: Preference;
  /** Of its first picture; null: it cannot be read. */
  quality: (PictureQuality & { overall: number }) | null;
  /** preference x quality, what `least` and `most` look at. */
  score: number;
};

/** Applies the catalog's rules to all its items; returns how many are not chosen. Without rules every item is. */
export async function selectItems(catalog: CatalogStore, job: Pick<JobRun, "signal" | "at">): Promise<number> {
  const rules = rulesOf(catalog);
  if (!hasRules(rules)) {
    const back = catalog.selection.unchosen();
    catalog.selection.choose(back.map((item) => ({ item, why: null })));
    return 0;
  }
  if (needsQuality(rules)) await measure(catalog, job);
  const rows = catalog.selection.rows();
  const judged = judge(rows, rules);
  const changes = rows.flatMap((row, i) => {
    const { chosen, because } = judged[i]!;
    const why = chosen ? null : because;
    return row.chosen === chosen && row.why === why ? [] : [{ item: row.item, why }];
  });
  catalog.selection.choose(changes);
  return judged.filter(({ chosen }) => !chosen).length;
}

/** Why one item is found, or not. Throws ITEM_UNKNOWN. */
export async function whyChosen(catalog: CatalogStore, itemId: string): Promise<Why> {
  catalog.item(itemId);
  const rows = catalog.selection.rows();
  const at = rows.findIndex((row) => row.itemId === itemId);
  const row = rows[at]!;
  if (row.quality === null && row.imageId !== null)
    rows[at] = { ...row, quality: await qualityOf(catalog, row.imageId) };
  return judge(rows, rulesOf(catalog))[at]!;
}

function judge(rows: readonly SelectionRow[], rules: SelectionRules): Why[] {
  const preferenceOf = preferenceIn(rows);
  const judged = rows.map((row): Why => {
    const preference = preferenceOf(row);
    const quality = row.quality && withOverall(row.quality, row.side);
    const score = preference.value * (quality?.overall ?? 0);
    const fault = faultOf(row, score, rules);
    const { inStock, category } = row;
    return {
      chosen: fault === null,
      because: fault ?? "every rule lets it pass",
      rules,
      inStock,
      category,
      preference,
      quality,
      score,
    };
  });
  if (rules.most !== undefined) {
    const ranked = judged.filter(({ chosen }) => chosen).sort((a, b) => b.score - a.score); // stable: ties by age
    for (const why of ranked.slice(rules.most)) {
      why.chosen = false;
      why.because = `${rules.most} items have a higher preference x quality (its own is ${why.score.toFixed(3)})`;
    }
  }
  return judged;
}

function faultOf(row: SelectionRow, score: number, { inStock, except, least }: SelectionRules): string | null {
  if (row.imageId === null) return "it has no picture";
  if (inStock && !row.inStock) return "it is out of stock";
  if (row.category !== null && except?.includes(row.category)) return `its category ${row.category} is left out`;
  if (least !== undefined && score < least)
    return `its preference x quality is ${score.toFixed(3)}, under ${least}${row.quality ? "" : " (its picture cannot be read)"}`;
  return null;
}

const withOverall = (stored: StoredQuality, side: number) => {
  const quality: PictureQuality = { ...stored, size: Math.min(1, Math.max(0, (side - 64) / (400 - 64))) };
  return { ...quality, overall: overallQuality(quality) };
};

/** Measures the first pictures of items that were not measured yet. */
async function measure(catalog: CatalogStore, job: Pick<JobRun, "signal" | "at">): Promise<void> {
  const missing = catalog.selection.unmeasured();
  let batch = new Map<number, StoredQuality>();
  const look = async (imageId: number): Promise<[number, StoredQuality | null]> => {
    job.signal.throwIfAborted();
    return [imageId, await qualityOf(catalog, imageId)];
  };
  async function* ids() {
    yield* missing;
  }
  let done = 0;
  for await (const [imageId, quality] of inOrder(ids(), IN_FLIGHT, look)) {
    if (quality) batch.set(imageId, quality);
    job.at("selecting", ++done, missing.length);
    if (batch.size < BATCH) continue;
    catalog.selection.saveQualities(batch);
    batch = new Map();
  }
  if (batch.size > 0) catalog.selection.saveQualities(batch);
}

async function qualityOf(catalog: CatalogStore, imageId: number): Promise<StoredQuality | null> {
  try {
    const { size: _, ...quality } = await pictureQuality(catalog.picture(imageId).bytes());
    return quality;
  } catch (error) {
    if (error instanceof LookseeError && /^(?:PICTURE|IMAGE)_/.test(error.code)) return null;
    throw error;
  }
}
