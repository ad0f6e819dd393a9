import { parseArgs } from "node:util";
import { config } from "../src/config.ts";
import { MALL_VERSION, openMall } from "../src/mall/index.ts";
import { defaultModelFolder, openModel, readCard } from "../src/vision/index.ts";
import { openNetwork } from "../src/vision/model.ts";
import { quantile } from "./looksee.ts";
import { enlarged } from "./photo.ts";
import { commandOf, type Machine, machine, whole } from "./set-up.ts";

/** Photos drawn; each is looked at several times over. */
const PHOTOS = 24;
const SEED = 1;
/** Pictures on their way at a time where many are wanted, as an import has. */
const IN_FLIGHT = 16;

export type SeeFigures = Machine & {
  model: string;
  side: number;
  /** Looks at a picture that the model takes, one network pass each. */
  views: number;
  workers: number;
  /** 800-px JPEGs to all outputs, one after another, ms. */
  latency: { p50: number; p95: number; decode: number; model: number };
  /** A second, many at a time: network passes alone, and 800-px JPEGs to all outputs. */
  perSecond: { passes: number; pictures: number };
  pictures: number;
  mallVersion: number;
  seed: number;
  command: string;
};

/** How quickly a model (`--model FOLDER`) sees a picture, one at a time and many at a time. `taskset -c 0` in front shows one core. */
export async function benchSee(args: readonly string[]): Promise<SeeFigures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pictures: { type: "string", default: "400" },
      model: { type: "string", default: defaultModelFolder() },
      json: { type: "boolean" },
    },
  });
  const pictures = whole("--pictures", values.pictures);
  const folder = values.model;
  const card = await readCard(folder);
  const workers = config.modelWorkers;
  const mall = openMall({ items: PHOTOS, seed: SEED });
  const photos: Uint8Array[] = [];
  for (let n = 0; n < PHOTOS; n++) photos.push(await enlarged((await mall.photo(n, 0)).jpeg));

  const network = await openNetwork(folder, card, 1, workers);
  const { side } = card.input;
  const tensors = photos.map((_, n) => new Uint8Array(side * side * 3).fill(n * 9));
  const passes = await perSecond(4 * pictures, 8 * workers, (n) => network.run(tensors[n % PHOTOS]!));
  await network.close();

  const model = await openModel(folder, { workers });
  const taken: { decode: number; model: number; total: number }[] = [];
  for (let n = -20; n < pictures; n++) {
    const started = performance.now();
    const { timings } = await model.see(photos[(n + 20) % PHOTOS]!);
    if (n >= 0) taken.push({ ...timings, total: performance.now() - started });
  }
  const seen = await perSecond(4 * pictures, IN_FLIGHT, (n) => model.see(photos[n % PHOTOS]!));
  await model.close();
  const of = (name: "decode" | "model" | "total", q: number) =>
    quantile(
      taken.map((one) => one[name]),
      q,
    );
  return {
    ...machine(),
    model: `${card.id}@${card.version}`,
    side,
    views: card.views.sum.length,
    workers,
    latency: { p50: of("total", 0.5), p95: of("total", 0.95), decode: of("decode", 0.5), model: of("model", 0.5) },
    perSecond: { passes, pictures: seen },
    pictures,
    mallVersion: MALL_VERSION,
    seed: SEED,
    command: commandOf("see", args),
  };
}

async function perSecond(count: number, inFlight: number, work: (n: number) => Promise<unknown>): Promise<number> {
  for (let n = 0; n < inFlight; n++) await work(n);
  let next = 0;
  const started = performance.now();
  const run = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, run));
  return (1000 * count) / (performance.now() - started);
}

export function table(figures: object): string {
  const { model, side, views, workers, latency, perSecond, cpu, cores, load } = figures as SeeFigures;
  return [
    `${model}, ${views} looks of ${side} px, ${workers} networks side by side; ${cores} cores of ${cpu}, load ${load.toFixed(1)}`,
    `an 800-px JPEG to all outputs: p50 ${latency.p50.toFixed(1)} ms, p95 ${latency.p95.toFixed(1)} ms (decode ${latency.decode.toFixed(1)}, model ${latency.model.toFixed(1)})`,
    `many at a time: ${perSecond.pictures.toFixed(0)} pictures/s, ${perSecond.passes.toFixed(0)} passes/s of the network alone`,
  ].join("\n");
}
