import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

/** An ellipse drawn the other way round, so that it cuts a hole into the outline before it. */
function hole(cx: number, cy: number, rx: number, ry: number): string {
  return path`M${cx - rx},${cy}a${rx},${ry} 0 1 1 ${2 * rx},0a${rx},${ry} 0 1 1 ${-2 * rx},0Z`;
}

export const accessories: Record<string, (pen: Pen) => void> = {
  watch(pen) {
    const r = pen.at(0, 18, 24);
    const strap = pen.at(1, 9, 14);
    pen.body(
      path`M${50 - strap},34 L${50 - strap + 3},4 H${50 + strap - 3} L${50 + strap},34 Z M${50 - strap},66 L${50 - strap + 3},96 H${50 + strap - 3} L${50 + strap},66 Z`,
      "main",
      "round",
    );
    if (pen.choice(2, 2))
      for (let k = 0; k < 5; k++)
        pen.fold(
          path`M${50 - strap + 2},${9 + k * 4.5} h${strap * 2 - 4} M${50 - strap + 2},${74 + k * 4.5} h${strap * 2 - 4}`,
        );
    const square = pen.choice(3, 3) === 0;
    const face = (q: number) => (square ? rect(50 - q, 50 - q, q * 2, q * 2, q * 0.3) : ellipse(50, 50, q));
    pen.part(rect(50 + r - 1, 47, 4.4, 6, 1.4), "metal").body(face(r), pen.choice(4, 2) ? "metal" : "second", "flat");
    pen.body(face(r * 0.82), pen.choice(5, 2) ? "third" : "#f3f1ea", "flat");
    const dial = pen.choice(5, 2) ? pen.ink("third") : "dark";
    const ticks = [4, 8, 12][pen.choice(6, 3)] ?? 12;
    for (let k = 0; k < ticks; k++)
      pen.turned((k * 360) / ticks, 50, 50, () => pen.part(rect(49.4, 50 - r * 0.76, 1.2, r * 0.16), dial));
    pen.turned(pen.at(7, 0, 360), 50, 50, () => pen.line(path`M50,52 V${50 - r * 0.45}`, 1.8, dial));
    pen.turned(pen.at(8, 0, 360), 50, 50, () => pen.line(path`M50,53 V${50 - r * 0.66}`, 1.1, dial));
    if (pen.choice(9, 2)) pen.line(ellipse(50, 50 + r * 0.4, r * 0.2), 0.7, dial);
    pen
      .mark(50, 50 - r * 0.4, 2.2, dial)
      .gleam(
        path`M${50 - r * 0.6},${50 - r * 0.3} L${50 + r * 0.2},${50 - r * 0.72} L${50 + r * 0.35},${50 - r * 0.62} L${50 - r * 0.55},${50 - r * 0.05} Z`,
        0.5,
      );
  },
  cap(pen) {
    const crown = pen.at(0, 22, 34);
    const half = pen.at(1, 27, 33);
    pen.body(
      path`M${46 - half},64 C${46 - half},${crown - 8} ${46 + half},${crown - 8} ${46 + half},64 Q46,${pen.at(2, 66, 72)} ${46 - half},64 Z`,
      "main",
      "ball",
    );
    pen
      .fold(path`M46,${crown - 1} Q${44},48 45,66`)
      .fold(path`M46,${crown - 1} Q${46 + half * 0.6},40 ${46 + half * 0.62},66`)
      .stitch(path`M46,${crown - 1} Q${46 - half * 0.6},40 ${46 - half * 0.62},66`);
    pen.body(
      path`M${46 - half * pen.at(3, 0.1, 0.9)},65 Q62,60 ${46 + half},62 Q${94 + pen.at(4, -4, 4)},68 95,${pen.at(5, 74, 82)} Q70,70 ${46 - half * 0.2},72 Z`,
      pen.choice(6, 2) ? "second" : "main",
      "flat",
    );
    pen.part(ellipse(46, crown - 1.6, 2.6, 1.8), "second").mark(56, 49, pen.at(7, 5, 9.5), "third");
    if (pen.choice(8, 2)) pen.line(path`M${46 - half + 1},61 Q46,68 ${46 + half - 1},61`, pen.at(9, 1, 3), "second");
  },
  sunglasses(pen) {
    const w = pen.at(0, 17, 22);
    const h = pen.at(1, 11, 19);
    const gap = pen.at(2, 3, 6);
    const y = 50;
    pen.mirrored(() => {
      pen.tube(
        path`M${50 + gap + w * 2 - 3},${y - h * 0.6} Q96,${y - h - 6} 93,${y - 22} L86,${pen.at(3, 20, 28)}`,
        pen.at(4, 1.8, 4),
        "main",
      );
      const lens = [
        path`M${50 + gap},${y - h} H${50 + gap + w * 2} Q${50 + gap + w * 2 + 1},${y + h} ${50 + gap + w},${y + h} Q${50 + gap},${y + h} ${50 + gap},${y - h} Z`,
        ellipse(50 + gap + w, y, w, h),
        rect(50 + gap, y - h, w * 2, h * 1.8, 4),
        path`M${50 + gap},${y - h * 0.6} L${50 + gap + w * 2 + 3},${y - h - 4} Q${50 + gap + w * 2},${y + h} ${50 + gap + w},${y + h} Q${50 + gap},${y + h} ${50 + gap},${y - h * 0.6} Z`,
      ][pen.choice(5, 4)] as string;
      pen
        .line(lens, pen.at(6, 3, 6), "main")
        .part(lens, pen.choice(7, 2) ? "third" : "dark", 0.82)
        .gleam(
          path`M${50 + gap + 5},${y + h * 0.4} L${50 + gap + w + 2},${y - h * 0.8} h4 L${50 + gap + 9},${y + h * 0.6} Z`,
          0.8,
        );
    });
    pen.line(
      path`M${50 - gap},${y - h * 0.4} Q50,${y - h * pen.at(8, 0.5, 1)} ${50 + gap},${y - h * 0.4}`,
      pen.at(9, 1.8, 4),
      "second",
    );
  },
  scarf(pen) {
    const wide = pen.at(0, 9, 14);
    const a = pen.at(1, 76, 92);
    const b = pen.at(2, 62, 88);
    const tail = (x: number, end: number, lean: number) => {
      pen.body(path`M${x - wide},36 L${x + wide},36 L${x + wide + lean},${end} H${x - wide + lean} Z`);
      const fringe = 5 + pen.choice(3, 4);
      for (let k = 0; k <= fringe; k++)
        pen.line(path`M${x - wide + lean + (wide * 2 * k) / fringe},${end} v${pen.at(4, 1.6, 6)}`, 1, "second");
      pen
        .part(path`M${x - wide + lean * 0.9},${end - pen.at(5, 6, 16)} h${wide * 2} v3 h${-wide * 2} Z`, "third", 0.9)
        .fold(path`M${x},44 L${x + lean * 0.7},${end - 6}`);
    };
    tail(41 + pen.at(6, -4, 3), b, -pen.at(7, 2, 9));
    tail(58 + pen.at(6, -3, 4), a, pen.at(8, 0, 8));
    pen.body(
      path`M22,30 Q24,12 50,11 Q76,12 78,30 Q76,${pen.at(9, 44, 52)} 50,${pen.at(9, 46, 54)} Q24,${pen.at(9, 44, 52)} 22,30 Z M34,28 Q50,20 66,28 Q50,36 34,28 Z`,
      "main",
      "ball",
    );
    pen
      .part(ellipse(50, 27, 16.5, 5), "#000000", 0.42)
      .fold(path`M26,34 Q50,46 75,33`)
      .fold(path`M30,40 Q50,52 70,40`);
  },
  necklace(pen) {
    const low = pen.at(0, 56, 72);
    const wide = pen.at(1, 22, 34);
    const chain = path`M${50 - wide},12 C${50 - wide - 4},${low - 16} 38,${low} 50,${low} C62,${low} ${50 + wide + 4},${low - 16} ${50 + wide},12`;
    if (pen.choice(2, 2)) pen.tube(chain, 1.6, "#d9b45a");
    else
      for (let k = 0; k <= 28; k++) {
        const t = k / 28;
        const x = 50 + (t - 0.5) * 2 * wide * (1 + 0.16 * Math.sin(t * Math.PI));
        pen.body(
          ellipse(x, 12 + (low - 12) * (1 - (2 * t - 1) ** 4), pen.at(3, 1.4, 2.8)),
          k % 3 ? "second" : "main",
          "ball",
        );
      }
    const r = pen.at(4, 8, 15);
    const y = low + r;
    const pendant = [
      ellipse(50, y, r),
      rect(50 - r * 0.8, y - r, r * 1.6, r * 2, 2),
      symmetric(
        [0, y - r],
        [
          [r * 0.9, y - r * 0.2],
          [0, y + r],
        ],
      ),
      symmetric([0, y - r * 0.6], [[r, y - r * 1.6, r * 1.4, y, 0, y + r]]),
    ][pen.choice(5, 4)] as string;
    pen
      .line(ellipse(50, low, 1.6), 0.8, "metal")
      .body(pendant, "main", "ball")
      .line(pendant, pen.at(6, 0.8, 2.2), pen.choice(7, 2) ? "#d9b45a" : "metal");
    if (pen.choice(8, 2)) pen.mark(50, y, r * 0.5, "third");
    else pen.body(ellipse(50, y, r * 0.4), "third", "ball");
    pen.gleam(ellipse(50 - r * 0.35, y - r * 0.35, r * 0.2, r * 0.12));
  },
  belt(pen) {
    const wide = pen.at(0, 8, 13);
    const r = pen.at(1, 27, 33);
    pen.body(
      `${ellipse(50, 46, r + wide / 2, r * 0.86 + wide / 2)}${hole(50, 46, r - wide / 2, r * 0.86 - wide / 2)}`,
      "main",
      "cloth",
    );
    const y = 46 + r * 0.86;
    pen.body(path`M56,${y - wide / 2} H86 Q${88 + pen.at(2, 0, 6)},${y} 86,${y + wide / 2} H56 Z`, "main", "cloth");
    for (let k = 0; k < 3 + pen.choice(3, 3); k++) pen.part(ellipse(64 + k * 4.4, y, 0.9), "dark");
    const buckle =
      pen.choice(4, 3) === 0
        ? ellipse(50, y, 9, wide * 0.8)
        : rect(50 - pen.at(5, 6, 10), y - wide * 0.75, pen.at(5, 12, 20), wide * 1.5, pen.at(6, 0.6, 4));
    pen.body(buckle, pen.choice(7, 2) ? "#d9b45a" : "metal", "flat").mark(50, y, pen.at(8, 2.6, 4), "dark", "metal");
    if (pen.choice(9, 2)) pen.line(ellipse(50, 46, r, r * 0.86), 1, "second", 0.9);
  },
};
