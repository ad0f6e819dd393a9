import { buttons } from "./buttons.ts";
import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const dress: Record<string, (pen: Pen) => void> = {
  aline: (pen) =>
    gown(pen, {
      flare: pen.at(5, 24, 38),
      length: pen.at(6, 76, 92),
      waistAt: pen.at(4, 38, 46),
      sleeve: pen.choice(7, 3),
    }),
  sheath: (pen) =>
    gown(pen, {
      flare: pen.at(5, 13, 18),
      length: pen.at(6, 74, 90),
      waistAt: pen.at(4, 42, 48),
      sleeve: pen.choice(7, 3),
    }),
  maxi: (pen) =>
    gown(pen, { flare: pen.at(5, 20, 32), length: 95, waistAt: pen.at(4, 32, 40), sleeve: pen.choice(7, 4) }),
  slip: (pen) =>
    gown(pen, { flare: pen.at(5, 17, 25), length: pen.at(6, 78, 93), waistAt: pen.at(4, 38, 46), sleeve: 3 }),
  pinafore(pen) {
    gown(pen, { flare: pen.at(5, 22, 30), length: pen.at(6, 76, 88), waistAt: 44, sleeve: 3 });
    pen.mirrored(() =>
      pen
        .line(rect(56, 54, pen.at(8, 7, 11), pen.at(9, 8, 13), 1.4), 0.6, "trim")
        .part(ellipse(58.5, 24, 1.6), "metal"),
    );
  },
};

function gown(pen: Pen, cut: { flare: number; length: number; waistAt: number; sleeve: number }): void {
  const bust = pen.at(0, 13.5, 17);
  const waist = pen.at(1, 10.5, 14);
  const top = cut.sleeve === 3 ? 21 : 10;
  const neck = pen.at(2, 6, 10.5);
  const depth = top + pen.at(3, 4, 14);
  const { flare, length, waistAt } = cut;
  if (cut.sleeve === 3)
    pen.mirrored(() =>
      pen.tube(
        path`M${50 + bust - 5},22 L${50 + neck},8 Q${50 + neck - 1.5},6 ${50 + neck - 2},9`,
        pen.at(8, 1, 2.6),
        "first",
      ),
    );
  else if (cut.sleeve > 0) {
    const reach = cut.sleeve === 1 ? pen.at(8, 24, 34) : pen.at(8, 46, 62);
    pen.mirrored(() =>
      pen.body(
        path`M${50 + bust - 2},11 Q${50 + bust + 5},13 ${50 + bust + 6},20 L${50 + bust + 9},${reach} L${50 + bust + 3},${reach + 1} L${50 + bust - 2},27 Z`,
      ),
    );
  }
  if (cut.sleeve !== 3) pen.part(ellipse(50, top + 1, neck, 2.6), "trim");
  pen.body(
    symmetric(
      [0, depth],
      [
        cut.sleeve === 3 ? [bust * 0.5, top - 1, bust - 2, top] : [neck * 0.9, depth, neck, top],
        ...(cut.sleeve === 3 ? [] : [[bust, top + 2]]),
        [bust - 2, 20, bust, 28],
        [bust - 0.5, waistAt - 5, waist, waistAt],
        [waist + (flare - waist) * 0.35, waistAt + 12, flare - 2, length - 12, flare, length],
        [flare * 0.5, length + pen.at(9, 0, 3.5), 0, length + pen.at(9, 0, 3.5)],
      ],
    ),
  );
  for (let k = -2; k <= 2; k++)
    if (flare > 18)
      pen.fold(
        path`M${50 + k * waist * 0.36},${waistAt + 4} Q${50 + k * flare * 0.28},${waistAt + 20} ${50 + k * flare * 0.38},${length - 3}`,
        1.1,
      );
  const belt = pen.choice(9, 4);
  if (belt > 0)
    pen.body(
      rect(50 - waist - 0.6, waistAt - 1.6, waist * 2 + 1.2, belt + 1.4, 0.8),
      belt === 2 ? "third" : "second",
      "round",
    );
  if (belt === 3) pen.body(path`M50,${waistAt + 1} l-5,-3 v6 Z M50,${waistAt + 1} l5,-3 v6 Z`, "second", "flat");
  const front = pen.choice(8, 4);
  if (front === 1) buttons(pen, depth + 3, length - 5, 9);
  if (front === 2)
    pen.fold(path`M${50 - neck},${top + 2} L${50 + waist * 0.7},${waistAt} L${50 + flare * 0.35},${length}`);
  if (front === 3)
    pen.part(
      path`M${50 - flare + 1},${length - 6} Q50,${length - 2} ${50 + flare - 1},${length - 6} L${50 + flare - 0.4},${length - 2} Q50,${length + 1.4} ${50 - flare + 0.4},${length - 2} Z`,
      "second",
    );
}
