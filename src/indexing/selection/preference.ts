import type { SelectionRow } from "../../catalog/index.ts";

/** What buyers want of an item, 0..1 each, from what its row says; null: the row, or the whole catalog, says nothing. */
export type Preference = { sales: number | null; clicks: number | null; recency: number | null; value: number };

/** What a row that says nothing gets: neither wanted nor unwanted. */
const NEUTRAL = 0.5;
/** An item half as fresh counts half as much (days before the newest of the catalog). */
const HALF_LIFE = 180;

/**
 * Sales and clicks count by their place among the catalog's items (so that one best seller does not make all others
 * nothing), recency by half-lives behind the newest item. Their mean is the preference. The paper names "shopping
 * preference" without a formula; this one is ours.
 */
export function preferenceIn(rows: readonly SelectionRow[]): (row: SelectionRow) => Preference {
  const [sales, clicks] = [placeAmong(rows.map((row) => row.sales)), placeAmong(rows.map((row) => row.clicks))];
  const newest = rows.reduce((latest, { date }) => Math.max(latest, dateOf(date) ?? latest), Number.NEGATIVE_INFINITY);
  return (row) => {
    const date = dateOf(row.date);
    const recency = date === null ? null : 0.5 ** ((newest - date) / 86_400_000 / HALF_LIFE);
    const parts = { sales: sales(row.sales), clicks: clicks(row.clicks), recency };
    const known = Object.values(parts).filter((part) => part !== null);
    return { ...parts, value: known.length === 0 ? NEUTRAL : known.reduce((a, b) => a + b) / known.length };
  };
}

/** The share of the other figures that a figure is above, equal ones counting half. */
function placeAmong(figures: readonly (number | null)[]): (figure: number | null) => number | null {
  const sorted = Float64Array.from(figures.filter((figure) => figure !== null)).sort();
  const below = (figure: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < figure || (orEqual && sorted[middle] === figure)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (figure) => {
    if (figure === null || sorted.length === 0) return null;
    return (below(figure, false) + below(figure, true)) / 2 / sorted.length;
  };
}

/** Milliseconds; a number is seconds or milliseconds since 1970. */
function dateOf(text: string | null): number | null {
  if (text === null) return null;
  const value = Number(text);
  const time = Number.isFinite(value) && value > 1e8 ? (value < 1e11 ? value * 1000 : value) : Date.parse(text);
  return Number.isFinite(time) ? time : null;
}
