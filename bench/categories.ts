import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type CatalogStore, openStore, type SightRecord } from "../src/catalog/index.ts";
import { LookseeError } from "../src/errors.ts";
import { importSource } from "../src/indexing/index.ts";
import { calibrationError, clusterInterval } from "../src/search/measures.ts";
import { parseCsv } from "../src/search/queries.ts";
import { defaultModelFolder, openModel } from "../src/vision/index.ts";
import { type Guessed, guessAll } from "./category-guesses.ts";
import { commandOf, type Machine, machine } from "./set-up.ts";

/** A label with fewer held-out photos is counted with the others of its kind. */
const ENOUGH = 100;
const FOLDS = 5;

export type Labelled = { id: string; group: string; label: string; sight: SightRecord };

type Part = "head" | "vote" | "fusion";
const PARTS: readonly Part[] = ["head", "vote", "fusion"];

export type CategoryFigures = {
  model: string;
  /** Photos asked about, and the senders or items they are of; none of these was in the catalog when they were asked. */
  queries: number;
  groups: number;
  categories: number;
  /** By part: the likeliest category is the true one, 95 % interval by group, the true one among the first two, calibration. */
  parts: Record<
    Part,
    { accuracy: number; interval: [lo: number, hi: number]; firstTwo: number; logLoss: number; ece: number }
  >;
  byCategory: ({ category: string; photos: number } & Record<Part, number>)[];
  /** Most that a category of ENOUGH photos, or the others together, loses by fusion against the head, 0..1. */
  mostLost: number;
  fitSeconds: number;
  machine: Machine;
  command: string;
};

/**
 * `npm run -s bench -- categories --photos photos.csv --group sender [--data DIR] [--json]`: a table of photos (file,
 * category and the group column); the catalog is what nine groups in ten show, the tenth (by hash, as training/ holds out)
 * asks. `--catalog NAME --data DIR` instead: the items of a catalog in five parts, each asked of the other four. All three:
 * the photos asked of that catalog, as where it has the very products; `--data` stays as it is.
 * Every setting is learnt from the catalog's own pictures. `--model FOLDER`: another model.
 */
export async function benchCategories(args: readonly string[]): Promise<CategoryFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      photos: { type: "string" },
      group: { type: "string", default: "file" },
      catalog: { type: "string" },
      data: { type: "string" },
      model: { type: "string", default: defaultModelFolder() },
      json: { type: "boolean" },
    },
  });
  if (values.catalog ? !values.data : !values.photos)
    throw new LookseeError("USAGE", "name --photos, or --catalog and --data, or all three", "See bench/categories.ts");
  const model = await openModel(values.model);
  const aside = mkdtempSync(join(tmpdir(), "looksee-bench-"));
  try {
    const items = values.catalog ? itemsOf(values.data!, values.catalog, model.id) : [];
    const photos = values.photos
      ? await photosOf(values.catalog ? aside : (values.data ?? aside), model, values.photos, values.group)
      : [];
    const rounds: [references: Labelled[], queries: Labelled[]][] = !values.catalog
      ? [split(photos, tenth)]
      : values.photos
        ? [[items, photos]]
        : Array.from({ length: FOLDS }, (_, fold) =>
            split(items, ({ group }) => hash(group) % BigInt(FOLDS) === BigInt(fold)),
          );
    const asked: Guessed[] = [];
    const started = performance.now();
    for (const [references, queries] of rounds)
      if (queries.length > 0) asked.push(...(await guessAll(references, queries, model.id)));
    const fitSeconds = (performance.now() - started) / 1000;
    return {
      model: model.id,
      ...figuresOf(asked),
      fitSeconds,
      machine: machine(),
      command: commandOf("categories", args),
    };
  } finally {
    await model.close();
    rmSync(aside, { recursive: true, force: true });
  }
}

const split = (labelled: readonly Labelled[], asks: (own: Labelled) => boolean): [Labelled[], Labelled[]] => [
  labelled.filter((own) => !asks(own)),
  labelled.filter(asks),
];

const hash = (group: string): bigint => BigInt(`0x${createHash("sha256").update(group).digest("hex")}`);
const tenth = ({ group }: Labelled): boolean => hash(group) % 10n === 0n;

/** Imports each photo of a table as an item of its own into the catalog `photos` of `dir`; answers them with their groups. */
async function photosOf(
  dir: string,
  model: Awaited<ReturnType<typeof openModel>>,
  csv: string,
  column: string,
): Promise<Labelled[]> {
  const [header = [], ...rows] = parseCsv(readFileSync(csv, "utf8"));
  const [file, category, group] = ["file", "category", column].map((name) => header.indexOf(name));
  if (file! < 0 || category! < 0 || group! < 0)
    throw new LookseeError("USAGE", `${csv} lacks file, category or ${column}`, "See bench/categories.ts");
  const items = rows.map((row) => ({
    itemId: row[file!]!,
    title: row[file!]!,
    category: row[category!]!,
    images: [join(dirname(csv), row[file!]!)],
  }));
  const store = openStore(dir, { create: true });
  try {
    const { quarantined } = await importSource(store, "photos", model, items, {
      onProgress: ({ done, total }) =>
        done % 500 === 0 && console.error(`${done}${total === null ? "" : ` of ${total}`} photos`),
    });
    if (quarantined.length > 0) console.error(`${quarantined.length} photos cannot be read and are not asked`);
    return labelledOf(store.catalog("photos"), model.id, new Map(rows.map((row) => [row[file!]!, row[group!]!])));
  } finally {
    store.close();
  }
}

function itemsOf(dir: string, name: string, modelId: string): Labelled[] {
  const store = openStore(dir);
  try {
    return labelledOf(store.catalog(name), modelId);
  } finally {
    store.close();
  }
}

/** The pictures of a catalog that have a category; groups are items if not given. */
function labelledOf(catalog: CatalogStore, modelId: string, groupOf?: ReadonlyMap<string, string>): Labelled[] {
  const labelled: Labelled[] = [];
  for (const { imageId } of catalog.changes(modelId, 0)) {
    const label = catalog.categoryOfImages([imageId]).get(imageId);
    const item = catalog.ownersOfImages([imageId]).get(imageId)?.[0]?.itemId;
    const sight = catalog.sights(modelId, imageId);
    if (!label || item === undefined || !sight) continue;
    labelled.push({ id: item, group: groupOf?.get(item) ?? item, label, sight });
  }
  return labelled;
}

function figuresOf(asked: readonly Guessed[]) {
  const groups = asked.map(({ group }) => group);
  const right = (part: Part) => asked.map((one) => one[part][0]?.name === one.label);
  const share = (list: readonly boolean[]) => list.filter(Boolean).length / list.length;
  const partOf = (part: Part) => ({
    accuracy: share(right(part)),
    interval: clusterInterval(right(part).map(Number), groups, 1),
    firstTwo: share(asked.map((one) => one[part].slice(0, 2).some(({ name }) => name === one.label))),
    logLoss:
      asked.reduce(
        (sum, one) => sum - Math.log(Math.max(1e-6, one[part].find(({ name }) => name === one.label)?.p ?? 0)),
        0,
      ) / asked.length,
    ece: calibrationError(
      asked.map((one) => one[part][0]?.p ?? 0),
      right(part),
    ),
  });
  const counts = new Map<string, number>();
  for (const { label } of asked) counts.set(label, (counts.get(label) ?? 0) + 1);
  const rowOf = (category: string, holds: (label: string) => boolean) => {
    const own = asked.flatMap(({ label }, at) => (holds(label) ? [at] : []));
    const of = (part: Part) => share(own.map((at) => right(part)[at]!));
    return { category, photos: own.length, head: of("head"), vote: of("vote"), fusion: of("fusion") };
  };
  const names = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
  const others = rowOf("(all rarer)", (label) => counts.get(label)! < ENOUGH);
  const judged = [
    ...names.filter((name) => counts.get(name)! >= ENOUGH).map((name) => rowOf(name, (l) => l === name)),
    others,
  ];
  return {
    queries: asked.length,
    groups: new Set(groups).size,
    categories: counts.size,
    parts: Object.fromEntries(PARTS.map((part) => [part, partOf(part)])) as CategoryFigures["parts"],
    byCategory: [...names.map((name) => rowOf(name, (label) => label === name)), others],
    mostLost: Math.max(...judged.filter(({ photos }) => photos > 0).map(({ head, fusion }) => head - fusion)),
  };
}

export function table(figures: object): string {
  const { parts, byCategory, queries, groups, model, mostLost } = figures as CategoryFigures;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8);
  const lines = PARTS.map((part) => {
    const { accuracy, interval, firstTwo, logLoss, ece } = parts[part];
    const between = interval.map((share) => (100 * share).toFixed(1)).join(" to ");
    return `${part.padEnd(8)} ${percent(accuracy)} (${between})  first two ${percent(firstTwo)}  log loss ${logLoss.toFixed(3)}  calibration error ${ece.toFixed(3)}`;
  });
  const rows = byCategory.map(
    ({ category, photos, head, vote, fusion }) =>
      `${category.slice(0, 32).padEnd(32)} ${String(photos).padStart(5)} ${percent(head)} ${percent(vote)} ${percent(fusion)}`,
  );
  return [
    `${model}: ${queries} photos of ${groups} groups, the likeliest category`,
    ...lines,
    `${"category".padEnd(32)} photos     head     vote   fusion`,
    ...rows,
    `most lost by fusion: ${(100 * mostLost).toFixed(1)} pp`,
  ].join("\n");
}
