const WIDTH = 560;
const HEIGHT = 240;
const LEFT = 44;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 38;

/** Identical recall over k = 1..shares.length as an inline SVG that follows the page's colours. `shares`: 0..1. */
export function recallCurve(shares: readonly number[]): string {
  const lowest = Math.min(0.8, Math.floor(Math.min(...shares) * 5) / 5); // the axis starts at a fifth, named on it
  const x = (k: number) => LEFT + ((k - 1) / Math.max(1, shares.length - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (share: number) => TOP + (1 - (share - lowest) / (1 - lowest)) * (HEIGHT - TOP - BOTTOM);
  const points = shares.map((share, i) => `${x(i + 1).toFixed(1)},${y(share).toFixed(1)}`).join(" ");
  const marks = Array.from({ length: 5 }, (_, i) => lowest + (i * (1 - lowest)) / 4);
  const grid = marks
    .map(
      (mark) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(mark)}" y2="${y(mark)}"/>` +
        `<text x="${LEFT - 6}" y="${y(mark) + 4}" text-anchor="end">${Number((100 * mark).toFixed(1))} %</text>`,
    )
    .join("");
  const ticks = [1, 4, 8, 12, 16, 20]
    .filter((k) => k <= shares.length)
    .map((k) => `<text x="${x(k)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${k}</text>`)
    .join("");
  const dots = shares
    .map((share, i) => {
      const label = `recall@${i + 1} ${(100 * share).toFixed(1)} %`;
      return `<circle cx="${x(i + 1).toFixed(1)}" cy="${y(share).toFixed(1)}" r="3.5"><title>${label}</title></circle>`;
    })
    .join("");
  const axis = `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">first k items</text>`;
  return (
    `<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Identical recall over k">` +
    `${grid}${ticks}${axis}<polyline points="${points}"/>${dots}</svg>`
  );
}
