import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

/** What a pack shows: a panel, the brand's mark, a picture of what is inside, bars for words. Values 4 .. 9 decide. */
export function label(pen: Pen, x: number, y: number, width: number, height: number): void {
  const cx = x + width / 2;
  const layout = pen.choice(4, 6);
  const panel = [
    rect(x, y + height * 0.2, width, height * 0.5),
    ellipse(cx, y + height * 0.42, width * 0.42, height * 0.34),
    rect(x + width * 0.12, y + height * 0.08, width * 0.76, height * 0.62, width * 0.08),
    path`M${x},${y + height * 0.15} L${x + width},${y + height * 0.42} V${y + height * 0.8} L${x},${y + height * 0.62} Z`,
    path`M${x},${y + height * 0.5} Q${cx},${y + height * 0.3} ${x + width},${y + height * 0.5} V${y + height} H${x} Z`,
    symmetric(
      [0, y + height * 0.04],
      [
        [width * 0.42, y + height * 0.3],
        [0, y + height * 0.74],
      ],
      cx,
    ),
  ][layout] as string;
  pen.part(panel, "second").line(panel, pen.at(9, 0.2, 1.4), "third");
  const ink = pen.ink("second");
  const low = layout === 4;
  const markAt = y + height * (low ? 0.24 : 0.36);
  pen.mark(
    cx,
    markAt,
    width * pen.at(5, 0.14, 0.24),
    low ? pen.ink("first") : pen.choice(6, 2) ? "third" : ink,
    low ? "first" : "second",
  );
  pen.bars(cx, y + height * (low ? 0.46 : 0.55), width * 0.5, 1 + pen.choice(7, 3), height * 0.055, ink);
  filling(pen, cx + width * (pen.choice(8, 3) - 1) * 0.2, y + height * 0.82, Math.min(width * 0.24, height * 0.15));
}

/** A small still life of rounds, leaves or drops: the picture on a pack. */
function filling(pen: Pen, x: number, y: number, r: number): void {
  const kind = pen.choice(8, 5);
  const count = 1 + pen.choice(7, 4);
  for (let k = 0; k < count; k++) {
    const dx = x + (k - (count - 1) / 2) * r * 0.95;
    const dy = y + (k % 2) * r * 0.3;
    if (kind === 0)
      pen
        .body(ellipse(dx, dy, r * 0.7), "third", "ball")
        .line(path`M${dx},${dy - r * 0.7} q${r * 0.2},${-r * 0.4} ${r * 0.5},${-r * 0.4}`, r * 0.12, "#3f7a3a");
    if (kind === 1)
      pen.body(
        path`M${dx},${dy - r} Q${dx + r},${dy} ${dx},${dy + r * 0.8} Q${dx - r},${dy} ${dx},${dy - r} Z`,
        "third",
        "ball",
      );
    if (kind === 2)
      pen
        .body(rect(dx - r * 0.6, dy - r * 0.5, r * 1.2, r, r * 0.2), "third", "flat")
        .line(path`M${dx},${dy - r * 0.5}v${r}`, r * 0.1, "trim");
    if (kind === 3)
      pen
        .body(ellipse(dx, dy, r * 0.8, r * 0.6), "#c98b45", "ball")
        .part(ellipse(dx - r * 0.2, dy - r * 0.1, r * 0.12), "dark")
        .part(ellipse(dx + r * 0.3, dy + r * 0.1, r * 0.14), "dark");
    if (kind === 4)
      pen
        .body(
          path`M${dx - r * 0.7},${dy + r * 0.5} Q${dx},${dy - r * 1.3} ${dx + r * 0.7},${dy + r * 0.5} Z`,
          "third",
          "flat",
        )
        .part(ellipse(dx, dy - r * 0.1, r * 0.18), "#fff7e0");
  }
}
