/**
 * How hard the mall is: identical recall@1, photo -> clean catalogue pictures, of colour histograms (whole picture, and
 * inside the true box) and of an untouched ImageNet trunk (pooled features, cosine, whole picture at 224 px).
 *   node bench/mall-hardness.ts [--items 1000] [--photos 500] [--seed 7] [--trunk trunk.onnx] [--processes 2]
 * The trunk takes `image` (n,3,224,224), pixel / 127.5 - 1, and gives one feature row a picture. One JSON document.
 */
import { fork } from "node:child_process";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { MALL_VERSION, openMall } from "../src/mall/index.ts";

const { values } = parseArgs({
  options: {
    items: { type: "string", default: "1000" },
    photos: { type: "string", default: "500" },
    seed: { type: "string", default: "7" },
    trunk: { type: "string" },
    processes: { type: "string", default: "2" },
  },
});
const items = Number(values.items);
const photos = Math.min(items, Number(values.photos));
const seed = Number(values.seed);
const mall = openMall({ items, seed });
const SIDE = 224;
const BINS = 12 * 3 * 3 + 4;
type Box = readonly [number, number, number, number];
const WHOLE: Box = [0, 0, 1, 1];

/** HSV 12 x 3 x 3 over coloured pixels and 4 greys, sum 1, of the part of an RGB picture inside the box. */
function histogram(rgb: Uint8Array, width: number, height: number, box: Box): number[] {
  const bins = new Float64Array(BINS);
  for (let y = Math.floor(box[1] * height); y < box[3] * height; y++)
    for (let x = Math.floor(box[0] * width); x < box[2] * width; x++) {
      const i = (y * width + x) * 3;
      const [r = 0, g = 0, b = 0] = [rgb[i], rgb[i + 1], rgb[i + 2]];
      const max = Math.max(r, g, b);
      const spread = max - Math.min(r, g, b);
      if (max === 0 || spread / max < 0.12) {
        bins[108 + Math.min(3, max >> 6)]! += 1;
        continue;
      }
      const hue = max === r ? (g - b) / spread + 6 : max === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
      const h = Math.floor((hue % 6) * 2);
      const s = Math.min(2, Math.floor((spread / max) * 3));
      bins[(h * 3 + s) * 3 + Math.min(2, Math.floor((max / 256) * 3))]! += 1;
    }
  const sum = bins.reduce((a, b) => a + b, 0);
  return Array.from(bins, (n) => n / sum);
}

/** The box of what is not near-white in a clean picture: what a shop could crop its catalogue to. */
function inked(rgb: Uint8Array, width: number, height: number): Box {
  let [x1, y1, x2, y2] = [width, height, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (Math.min(rgb[(y * width + x) * 3]!, rgb[(y * width + x) * 3 + 1]!, rgb[(y * width + x) * 3 + 2]!) < 200) {
        [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
      }
  return x2 > x1 ? [x1 / width, y1 / height, x2 / width, y2 / height] : WHOLE;
}

const session = values.trunk ? await InferenceSession.create(values.trunk, { intraOpNumThreads: 1 }) : undefined;

type Seen = { whole: number[]; boxed: number[]; feature: number[] };

async function look(jpeg: Uint8Array, box: Box | "inked"): Promise<Seen> {
  const small = await sharp(jpeg).resize(SIDE, SIDE, { fit: "fill" }).removeAlpha().raw().toBuffer();
  const boxed = histogram(small, SIDE, SIDE, box === "inked" ? inked(small, SIDE, SIDE) : box);
  let feature: number[] = [];
  if (session) {
    const input = new Float32Array(3 * SIDE * SIDE);
    for (let i = 0; i < SIDE * SIDE; i++)
      for (let c = 0; c < 3; c++) input[c * SIDE * SIDE + i] = small[i * 3 + c]! / 127.5 - 1;
    const out = await session.run({ [session.inputNames[0]!]: new Tensor("float32", input, [1, 3, SIDE, SIDE]) });
    const row = out[session.outputNames[0]!]!.data as Float32Array;
    const length = Math.hypot(...row);
    feature = Array.from(row, (v) => v / length);
  }
  return { whole: histogram(small, SIDE, SIDE, WHOLE), boxed, feature };
}

// The queries: photo 0 of items spread evenly over the mall.
const asked = Array.from({ length: photos }, (_, k) => Math.floor((k * items) / photos));

if (process.send) {
  process.on("message", async ({ what, from, step }: { what: "pictures" | "photos"; from: number; step: number }) => {
    const count = what === "pictures" ? items : photos;
    for (let k = from; k < count; k += step) {
      if (what === "pictures") process.send!({ what, k, seen: await look(await mall.picture(k), "inked") });
      else {
        const { jpeg, box } = await mall.photo(asked[k]!, 0);
        process.send!({ what, k, seen: await look(jpeg, box) });
      }
    }
    process.send!({ end: true });
  });
} else {
  const processes = Number(values.processes);
  const columns = { whole: BINS, boxed: BINS, feature: session ? 1280 : 0 } as const;
  const table = (rows: number) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, width]) => [name, new Float32Array(rows * width)]),
    ) as Record<keyof Seen, Float32Array>;
  const seen = { pictures: table(items), photos: table(photos) };
  await Promise.all(
    Array.from({ length: processes }, async (_, from) => {
      const child = fork(process.argv[1]!, process.argv.slice(2));
      for (const what of ["pictures", "photos"] as const)
        await new Promise<void>((resolve, reject) => {
          child.once("exit", () => reject(new Error("a process ended early")));
          child.removeAllListeners("message");
          child.on("message", (message: { k: number; seen: Seen; end?: true }) => {
            if (message.end) resolve();
            else
              for (const name of Object.keys(columns) as (keyof Seen)[])
                seen[what][name].set(message.seen[name], message.k * columns[name]);
          });
          child.send({ what, from, step: processes });
        });
      child.removeAllListeners("exit");
      child.kill();
    }),
  );

  type Likeness = (a: Float32Array, b: Float32Array) => number;
  const overlap: Likeness = (a, b) => {
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum += Math.min(a[k]!, b[k]!);
    return sum;
  };
  const dot: Likeness = (a, b) => {
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
    return sum;
  };
  /** Share of photos whose own item is nearest, ties by lower index. */
  const recall = (name: keyof Seen, likeness: Likeness): number => {
    const row = (table: Float32Array, k: number) => table.subarray(k * columns[name], (k + 1) * columns[name]);
    const pictures = Array.from({ length: items }, (_, k) => row(seen.pictures[name], k));
    let right = 0;
    for (let q = 0; q < photos; q++) {
      const photo = row(seen.photos[name], q);
      let best = -Infinity;
      let found = -1;
      for (let i = 0; i < items; i++) {
        const like = likeness(photo, pictures[i]!);
        if (like > best) [best, found] = [like, i];
      }
      if (found === asked[q]) right++;
    }
    return right / photos;
  };
  const identicalRecallAt1: Record<string, number> = {
    histogramWhole: recall("whole", overlap),
    histogramBox: recall("boxed", overlap),
  };
  if (session) identicalRecallAt1.trunk = recall("feature", dot);
  const command = ["node", "bench/mall-hardness.ts", ...process.argv.slice(2)].join(" ");
  console.log(
    JSON.stringify({
      mallVersion: MALL_VERSION,
      items,
      photos,
      seed,
      identicalRecallAt1,
      machine: `${cpus()[0]?.model ?? "?"} x ${cpus().length}`,
      command,
    }),
  );
}
