import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Axis = { label: string; log?: boolean };
export type Series = {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  dashed?: boolean;
  dots?: boolean;
};

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [760, 420, 64, 44, 250, 48];
/** Okabe and Ito's colours, told apart by colour-blind readers too. */
const COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#000000",
  "#999933",
  "#882255",
  "#44aa99",
  "#666666",
  "#332288",
];

/** A line chart as SVG: small, readable on white and on black, and the same text for the same figures. */
export function plot({ title, x, y, series }: { title: string; x: Axis; y: Axis; series: readonly Series[] }): string {
  const points = series.flatMap((one) => one.points);
  const across = scale(
    x,
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scale(
    y,
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const text = (at: [number, number], content: string, rest = ""): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${rest}>${content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
  const lines = series.map(({ name, points: own, dashed, dots }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const path = own.map(([a, b]) => `${across.at(a).toFixed(1)},${up.at(b).toFixed(1)}`);
    const legend = TOP + 8 + i * 18;
    return [
      dots
        ? ""
        : `<polyline points="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="5 4"' : ""}/>`,
      ...path.map(
        (place) =>
          `<circle cx="${place.split(",")[0]}" cy="${place.split(",")[1]}" r="${dots ? 4 : 2.5}" fill="${colour}"/>`,
      ),
      `<rect x="${WIDTH - RIGHT + 14}" y="${legend - 5}" width="10" height="10" fill="${colour}"/>`,
      text([WIDTH - RIGHT + 30, legend + 4], name),
    ].join("");
  });
  const grid = [
    ...across.ticks.map((tick) => {
      const at = across.at(tick);
      return `<path d="M${at.toFixed(1)} ${TOP}V${HEIGHT - BOTTOM}" class="g"/>${text([at, HEIGHT - BOTTOM + 16], short(tick), 'text-anchor="middle"')}`;
    }),
    ...up.ticks.map((tick) => {
      const at = up.at(tick);
      return `<path d="M${LEFT} ${at.toFixed(1)}H${WIDTH - RIGHT}" class="g"/>${text([LEFT - 8, at + 4], short(tick), 'text-anchor="end"')}`;
    }),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    "<style>.g{stroke:#ccc;stroke-width:.6}text{fill:#222}</style>",
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text([16, 22], title, 'font-size="13" font-weight="600"'),
    ...grid,
    ...lines,
    text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10], x.label, 'text-anchor="middle"'),
    text([-(TOP + HEIGHT - BOTTOM) / 2, 16], y.label, 'text-anchor="middle" transform="rotate(-90)"'),
    "</svg>\n",
  ].join("\n");
}

export function savePlot(folder: string, name: string, svg: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.svg`), svg);
}

function scale({ log }: Axis, values: readonly number[], from: number, to: number) {
  const put = (value: number): number => (log ? Math.log10(value) : value);
  let [low, high] = [Math.min(...values.map(put)), Math.max(...values.map(put))];
  if (low === high) [low, high] = [low - 1, high + 1];
  const room = (high - low) * 0.04;
  [low, high] = [low - room, high + room];
  const at = (value: number): number => from + ((put(value) - low) / (high - low)) * (to - from);
  return { at, ticks: log ? powers(low, high) : rounds(low, high) };
}

function powers(low: number, high: number): number[] {
  const wide = high - low > 2.5;
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++)
    for (const digit of wide ? [1] : [1, 2, 5]) {
      const value = digit * 10 ** power;
      if (Math.log10(value) >= low && Math.log10(value) <= high) ticks.push(value);
    }
  return ticks;
}

function rounds(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((value) => value >= rough)!;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
  return ticks;
}

function short(value: number): string {
  if (value >= 1e6) return `${+(value / 1e6).toPrecision(3)} M`;
  if (value >= 1e4) return `${+(value / 1e3).toPrecision(3)} k`;
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(0) : String(+value.toPrecision(4));
}
