import { readFile, writeFile } from "node:fs/promises";
import { LookseeError } from "../errors.ts";
import { type Box, thumbnail } from "../vision/index.ts";
import type { AnsweredQuery, Evaluation, Figures } from "./evaluate.ts";
import { recallAt } from "./measures.ts";
import { recallCurve } from "./recall-curve.ts";
import { escapeHtml, percent, reportPage } from "./report-page.ts";

const WORST = 24;
const BEST = 12;
const HITS = 5;
/** Longest side of the pictures inside, pixels. */
const ASKED_SIDE = 320;
const SHOWN_SIDE = 200;
const MOST_CATEGORIES = 20;

/**
 * Writes an evaluation as one self-contained HTML file: the figures, the recall curve, the confusion of categories, and
 * the worst and best queries as pictures. Reads the query photos again. Throws DATA_UNWRITABLE.
 */
export async function writeReport(evaluation: Evaluation, file: string): Promise<void> {
  const { answers, figures, unreadable } = evaluation;
  const pictures = new Pictures(evaluation);
  const worst = answers.filter(isMiss).sort(byBadness).slice(0, WORST);
  const best = answers
    .filter((answer) => answer.rank === 1)
    .sort((a, b) => topScore(b) - topScore(a) || a.row - b.row)
    .slice(0, BEST);
  const known = answers.filter(({ itemId }) => itemId !== null).map(({ rank }) => rank);
  const title = `looksee: ${evaluation.catalog}, ${figures.queries} photos`;
  const body = [
    `<h1>${escapeHtml(evaluation.catalog)}</h1>`,
    `<p>${figures.queries} photos of ${escapeHtml(evaluation.queriesFile)}, model ${escapeHtml(evaluation.modelVersion)}</p>`,
    figuresPart(figures),
    known.length === 0
      ? ""
      : `<h2>How far down is the product?</h2>${recallCurve(Array.from({ length: 20 }, (_, i) => recallAt(known, i + 1)))}`,
    stagesPart(figures),
    confusionPart(answers),
    await queriesPart(
      "Worst queries",
      "Confidently wrong first. Red: the box found; dashed green: the true one.",
      worst,
      pictures,
    ),
    await queriesPart("Best queries", "Right, and the surest of them.", best, pictures),
    unreadable.length === 0
      ? ""
      : `<h2>Photos that could not be searched</h2><ul>${unreadable.map(({ row, reason }) => `<li>row ${row}: ${escapeHtml(reason)}</li>`).join("")}</ul>`,
  ].join("\n");
  try {
    await writeFile(file, reportPage(title, body));
  } catch (cause) {
    throw new LookseeError(
      "DATA_UNWRITABLE",
      `the report cannot be written to ${file}`,
      "Name a file in a folder that exists",
      { cause },
    );
  }
}

const topScore = ({ result }: AnsweredQuery) => result.hits[0]?.score ?? 0;
/** The true product was not first, or a hit was promised where there is none. */
const isMiss = ({ itemId, rank, result }: AnsweredQuery) => (itemId === null ? !result.noGoodMatch : rank !== 1);
const byBadness = (a: AnsweredQuery, b: AnsweredQuery) => topScore(b) - topScore(a) || a.row - b.row;

function figuresPart(figures: Figures): string {
  const { identicalRecall, identicalRecallInterval, categoryAccuracy, boxIou, latencyMs, noGoodMatch, scoreEce } =
    figures;
  const card = (name: string, value: string, note = "") =>
    `<div class="figure"><dt>${name}</dt><dd>${value}</dd>${note && `<small>${note}</small>`}</div>`;
  const cards: string[] = [];
  for (const k of ["1", "4", "20"] as const)
    if (identicalRecall && identicalRecallInterval) {
      const [lo, hi] = identicalRecallInterval[k];
      cards.push(card(`identical recall@${k}`, percent(identicalRecall[k]), `95 %: ${percent(lo)} to ${percent(hi)}`));
    }
  if (categoryAccuracy !== undefined) cards.push(card("category right", percent(categoryAccuracy)));
  if (boxIou) cards.push(card("box IoU ≥ 0.5", percent(boxIou["0.5"]), `≥ 0.7: ${percent(boxIou["0.7"])}`));
  if (noGoodMatch.caught !== null) cards.push(card("“no good match” caught", percent(noGoodMatch.caught)));
  if (noGoodMatch.falseAlarm !== null) cards.push(card("“no good match” false alarm", percent(noGoodMatch.falseAlarm)));
  cards.push(card("score calibration error", scoreEce.toFixed(3)));
  cards.push(card("latency p50", `${latencyMs.p50.toFixed(1)} ms`, `p95: ${latencyMs.p95.toFixed(1)} ms`));
  return `<dl class="figures">${cards.join("")}</dl>`;
}

function stagesPart({ latencyMs }: Figures): string {
  const stages = Object.entries(latencyMs.stages);
  const head = stages.map(([name]) => `<th>${name}</th>`).join("");
  const cells = stages.map(([, ms]) => `<td>${ms.toFixed(1)}</td>`).join("");
  return `<h2>Where the time goes</h2><div class="scroll" tabindex="0"><table><tr><th>stage</th>${head}</tr><tr><td>median ms</td>${cells}</tr></table></div>`;
}

/** True category by row, guessed category by column: the MOST_CATEGORIES with the most photos, the others together. */
function confusionPart(answers: readonly AnsweredQuery[]): string {
  const judged = answers.filter(({ category, result }) => category !== null && result.categories.length > 0);
  if (judged.length === 0) return "";
  const counts = new Map<string, number>();
  for (const { category } of judged) counts.set(category!, (counts.get(category!) ?? 0) + 1);
  const names = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  const shown = names.slice(0, MOST_CATEGORIES);
  const column = (name: string) => (shown.includes(name) ? name : "others");
  const columns = [
    ...shown,
    ...(judged.some(({ result }) => column(result.categories[0]!.name) === "others") ? ["others"] : []),
  ];
  const rows = shown.map((truth) => {
    const mine = judged.filter(({ category }) => category === truth);
    const cells = columns.map((guess) => {
      const count = mine.filter(({ result }) => column(result.categories[0]!.name) === guess).length;
      return `<td class="${count === 0 ? "" : guess === truth ? "right" : "wrong"}">${count || ""}</td>`;
    });
    return `<tr><td>${escapeHtml(truth)}</td>${cells.join("")}</tr>`;
  });
  const head = columns.map((name) => `<th>${escapeHtml(name)}</th>`).join("");
  const note =
    names.length > shown.length
      ? `<p>The ${shown.length} categories with the most photos, of ${names.length}.</p>`
      : "";
  return `<h2>Which category for which?</h2>${note}<div class="scroll" tabindex="0"><table><tr><th>true ↓ guessed →</th>${head}</tr>${rows.join("")}</table></div>`;
}

async function queriesPart(
  title: string,
  note: string,
  answers: readonly AnsweredQuery[],
  pictures: Pictures,
): Promise<string> {
  if (answers.length === 0) return "";
  const parts: string[] = [];
  for (const answer of answers) parts.push(await queryPart(answer, pictures));
  return `<h2>${title}</h2><p>${note}</p>${parts.join("\n")}`;
}

async function queryPart(answer: AnsweredQuery, pictures: Pictures): Promise<string> {
  const { file, itemId, rank, result, box } = answer;
  const place = itemId === null ? "not in the catalog" : rank === null ? "not among the first 20" : `at place ${rank}`;
  const found = `${result.categories[0] ? `seen as ${result.categories[0].name}` : ""}${result.noGoodMatch ? ", no good match" : ""}`;
  const asked = figure("asked", await pictures.photo(answer), "the photo", [
    frame(result.objects[0]!.box, ""),
    ...(box ? [frame(box, "true")] : []),
  ]);
  const truth = itemId === null ? "" : figure("", await pictures.ofItem(itemId), `truth: ${itemId}`);
  const hits: string[] = [];
  for (const [at, hit] of result.hits.slice(0, HITS).entries())
    hits.push(
      figure(
        `hit${hit.itemId === itemId ? " right" : ""}`,
        await pictures.shown(hit.imageId),
        `${at + 1}. ${hit.itemId}, ${percent(hit.score)}`,
      ),
    );
  return `<section class="query"><h3>${escapeHtml(file)} <span>${escapeHtml(`${place}; ${found}`)}</span></h3><div class="row">${asked}${truth}${hits.join("")}</div></section>`;
}

function figure(kind: string, source: string | null, caption: string, frames: readonly string[] = []): string {
  const picture =
    source === null
      ? `<div class="none">no picture</div>`
      : `<span class="picture"><img src="${source}" alt="${escapeHtml(caption)}">${frames.join("")}</span>`;
  return `<figure class="${kind}">${picture}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function frame([x1, y1, x2, y2]: Box, kind: string): string {
  const at = (share: number) => `${(100 * share).toFixed(1)}%`;
  return `<i class="${kind}" style="left:${at(x1)};top:${at(y1)};width:${at(x2 - x1)};height:${at(y2 - y1)}"></i>`;
}

/** Small pictures as data URLs; each catalog picture is made once. Null where one has gone since. */
class Pictures {
  readonly #evaluation: Evaluation;
  readonly #shown = new Map<number, string | null>();

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
  }

  photo({ path }: AnsweredQuery): Promise<string | null> {
    return small(() => readFile(path), ASKED_SIDE);
  }

  async shown(imageId: number): Promise<string | null> {
    if (!this.#shown.has(imageId))
      this.#shown.set(imageId, await small(() => this.#evaluation.picture(imageId), SHOWN_SIDE));
    return this.#shown.get(imageId) ?? null;
  }

  async ofItem(itemId: string): Promise<string | null> {
    const imageId = this.#evaluation.pictureOfItem(itemId);
    return imageId === null ? null : this.shown(imageId);
  }
}

async function small(read: () => Promise<Uint8Array>, side: number): Promise<string | null> {
  try {
    return `data:image/jpeg;base64,${Buffer.from(await thumbnail(await read(), side)).toString("base64")}`;
  } catch {
    return null; // the report says so in its place
  }
}
