import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { config } from "../config.ts";
import { MALL_VERSION, open, type Shop, type WrittenMall, writeMall } from "../index.ts";
import { Progress } from "./progress.ts";
import { untilInterrupted } from "./serve.ts";
import { settingsOf, whole } from "./settings.ts";
import { printJson, table } from "./table.ts";

/** A seed that no training run has drawn from. */
const DEMO = { catalog: "demo", items: 1000, seed: 2026, photoItems: 5, photosPerItem: 1 };
/** A mall's products come in families of near variants, so the very one need not stand first. */
const AMONG_FIRST = 4;

type Options = { check?: boolean; port: number };
type Answer = { photo: string; asked: string; found: string; score: number; place: number | null; ms: number };

export function addDemo(program: Command): void {
  program
    .command("demo")
    .description("draw a shop, import it, answer five phone photos, open the page; works offline")
    .option("--check", "do not serve; exit 0 only if each photo's product is among the first four found")
    .option("--port <n>", "port to listen on", whole(0, 65535), config.port)
    .action(async (options: Options, command: Command) => {
      const { data, json } = settingsOf(command);
      const progress = new Progress();
      const folder = join(data, "demo-mall");
      if (!isDrawn(folder)) {
        process.stderr.write(`Drawing a shop of ${DEMO.items} items …\n`);
        await writeMall(folder, { ...DEMO, onProgress: progress.update });
        progress.end();
      }
      const shop = await open(data, { create: true });
      try {
        process.stderr.write("Importing it as any shop's table …\n");
        const report = await shop
          .catalog(DEMO.catalog)
          .import(join(folder, "catalog.csv"), { onProgress: progress.update });
        progress.end();
        process.stderr.write(`${report.items} items, ${report.pictures} pictures (${report.seconds.toFixed(1)} s)\n`);
        const answers = await askPhotos(shop, folder);
        if (json) printJson({ items: report.items, answers });
        else print(answers);
        if (options.check) process.exitCode = answers.every(({ place }) => place !== null) ? 0 : 1;
        else await showPage(shop, options.port);
      } finally {
        await shop.close();
      }
    });
}

/** Whether an earlier demo drew this very mall to the end; mall.json is written last. */
function isDrawn(folder: string): boolean {
  try {
    const { version, seed, items, photos } = JSON.parse(readFileSync(join(folder, "mall.json"), "utf8")) as WrittenMall;
    const wanted = DEMO.photoItems * DEMO.photosPerItem;
    return version === MALL_VERSION && seed === DEMO.seed && items === DEMO.items && photos === wanted;
  } catch {
    return false;
  }
}

/** Asks each photo of the mall's photos.csv; its itemId column is the truth. */
async function askPhotos(shop: Shop, folder: string): Promise<Answer[]> {
  const [, ...rows] = readFileSync(join(folder, "photos.csv"), "utf8").trim().split("\n");
  const catalog = shop.catalog(DEMO.catalog);
  const answers: Answer[] = [];
  for (const row of rows) {
    const [file, asked] = row.split(",") as [string, string];
    const { hits, timings } = await catalog.search({ image: readFileSync(join(folder, file)), limit: AMONG_FIRST });
    const found = hits[0];
    const place = hits.findIndex(({ itemId }) => itemId === asked) + 1;
    const ms = Math.round(timings.total);
    answers.push({
      photo: file,
      asked,
      found: found?.itemId ?? "",
      score: found?.score ?? 0,
      place: place || null,
      ms,
    });
  }
  return answers;
}

function print(answers: readonly Answer[]): void {
  const rows = answers.map(({ photo, asked, found, score, place, ms }) => [
    photo,
    asked,
    found,
    `${Math.round(score * 100)} %`,
    place ?? "–",
    ms,
  ]);
  const [first, among] = [answers.filter(({ place }) => place === 1), answers.filter(({ place }) => place !== null)];
  process.stdout.write(
    `\n${table(["photo", "asked", "found first", "sure", "its place", "ms"], rows)}\n\n` +
      `${first.length} of ${answers.length} first, ${among.length} among the first ${AMONG_FIRST}\n`,
  );
}

async function showPage(shop: Shop, port: number): Promise<void> {
  const { serve } = await import("../server/index.ts");
  const server = await serve(shop, { host: config.host, port });
  process.stderr.write(`\nThe shop's page: ${server.url}/?c=${DEMO.catalog}  (Ctrl-C ends it)\n`);
  await untilInterrupted();
  await server.close();
}
