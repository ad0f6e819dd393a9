import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const bags: Record<string, (pen: Pen) => void> = {
  tote(pen) {
    const top = pen.at(0, 24, 34);
    const half = pen.at(1, 28, 37);
    const foot = half + pen.at(2, -8, 3);
    const bottom = pen.at(3, 84, 92);
    const grip = pen.at(4, 10, 17);
    const arch = path`M${50 - grip},${top + 6} C${50 - grip},${pen.at(5, -8, 8)} ${50 + grip},${pen.at(5, -8, 8)} ${50 + grip},${top + 6}`;
    pen.tube(arch, pen.at(6, 2.4, 4.4), "second");
    pen.body(
      symmetric(
        [half, top],
        [
          [half + 1, top + 30, foot, bottom - 3],
          [foot - 1, bottom, foot - 5, bottom],
          [0, bottom],
        ],
      ),
      "main",
      "cloth",
    );
    pen.mirrored(() => pen.body(rect(50 + grip - 2.6, top, 5.2, pen.at(7, 8, 26), 1), "second", "flat"));
    pen.stitch(path`M${50 - half + 1.5},${top + 2.5} H${50 + half - 1.5}`);
    if (pen.choice(8, 3) === 0)
      pen
        .body(rect(50 - half * 0.5, 56, half, 24, 2), "main", "flat")
        .stitch(rect(50 - half * 0.5 + 1, 57, half - 2, 22, 2));
    if (pen.choice(8, 3) === 1)
      pen.part(
        path`M${50 - foot - 0.4},${bottom - 12} H${50 + foot + 0.4} L${50 + foot - 1},${bottom} H${50 - foot + 1} Z`,
        "second",
        0.95,
      );
    pen.mark(50, pen.at(9, 52, 64), pen.at(8, 5, 11), pen.choice(9, 2) ? "second" : "third");
  },
  backpack(pen) {
    const half = pen.at(0, 24, 31);
    const top = pen.at(1, 12, 20);
    pen.tube(path`M44,${top + 3} C42,${top - 8} 58,${top - 8} 56,${top + 3}`, 3, "second");
    pen.mirrored(() =>
      pen.tube(
        path`M${50 + half - 4},24 Q${50 + half + pen.at(2, 5, 12)},50 ${50 + half - 2},86`,
        pen.at(3, 3, 5.5),
        "second",
      ),
    );
    pen.body(
      symmetric(
        [0, top],
        [
          [half - 3, top, half, top + 20],
          [half + 2, 70, half, 88],
          [half - 2, 93, half - 7, 93],
          [0, 93],
        ],
      ),
    );
    const pocket = pen.at(4, 54, 66);
    const wide = half - pen.at(5, 3, 8);
    pen.body(
      symmetric(
        [0, pocket],
        [
          [wide, pocket, wide, pocket + 8],
          [wide, 89],
          [0, 90],
        ],
      ),
      pen.choice(6, 2) ? "second" : "main",
      "flat",
    );
    pen
      .line(path`M${50 - wide + 4},${pocket + 6} H${50 + wide - 4}`, 1.2, "dark")
      .line(path`M${50 + wide - 5},${pocket + 6} v5`, 1.1, "metal");
    pen.line(
      path`M${50 - half + 1},${pocket - 14} Q50,${pocket - pen.at(7, 34, 18)} ${50 + half - 1},${pocket - 14}`,
      1.1,
      "dark",
    );
    if (pen.choice(8, 2))
      pen.mirrored(() => pen.body(rect(50 + wide * 0.35, top + 12, 4.6, pocket - top - 4, 1), "third", "flat"));
    pen
      .body(rect(50 - 6, pocket - 14, 12, 10, pen.at(9, 0, 4)), "third", "flat")
      .mark(50, pocket - 9, 3.6, pen.ink("third"), "third");
  },
  handbag(pen) {
    const top = pen.at(0, 38, 48);
    const half = pen.at(1, 26, 33);
    const foot = half + pen.at(2, 2, 11);
    const flap = pen.at(3, 10, 26);
    pen.tube(
      path`M${50 - half * 0.6},${top + 4} C${50 - half * 0.7},${pen.at(4, 2, 20)} ${50 + half * 0.7},${pen.at(4, 2, 20)} ${50 + half * 0.6},${top + 4}`,
      pen.at(5, 2.6, 4.6),
      "second",
    );
    pen.body(
      symmetric(
        [half, top],
        [
          [foot, 84],
          [foot, 90, foot - 6, 90],
          [0, 90],
        ],
      ),
      "main",
      "cloth",
    );
    const d = [
      symmetric(
        [half, top],
        [
          [half + 2, top + flap * 0.6, half * 0.5, top + flap],
          [0, top + flap],
        ],
      ),
      symmetric(
        [half, top],
        [
          [half + 1.5, top + flap * 0.7],
          [0, top + flap + 6],
        ],
      ),
      symmetric(
        [half, top],
        [
          [half + 2, top + flap],
          [0, top + flap],
        ],
      ),
    ][pen.choice(6, 3)] as string;
    pen
      .body(d, pen.choice(7, 2) ? "second" : "main", "flat")
      .gleam(path`M${50 - half + 4},${top + 3} h6 l-4,${flap * 0.6} h-4 Z`, 0.5);
    pen.mirrored(() => pen.part(ellipse(50 + half * 0.6, top + 3, 2.2), "metal"));
    const clasp = pen.choice(8, 3);
    if (clasp === 0) pen.part(rect(46, top + flap - 2, 8, 6, 1.4), "metal");
    else if (clasp === 1) pen.part(ellipse(50, top + flap, 4), "metal").mark(50, top + flap, 2.6, "dark", "metal");
    else pen.mark(50, top + flap + 1, 5, "third", "main");
    if (pen.choice(9, 3) === 1)
      pen
        .line(path`M${50 + half - 4},${top + 4} q4,14 2,22`, 1.6, "third")
        .part(ellipse(50 + half - 2, top + 29, 3.6), "third");
  },
  messenger(pen) {
    const half = pen.at(0, 30, 40);
    const top = pen.at(1, 34, 42);
    const bottom = pen.at(2, 80, 90);
    pen.tube(
      path`M${50 - half + 3},${top + 3} C${50 - half * 0.6},${pen.at(3, 0, 14)} ${50 + half * 0.6},${pen.at(3, 0, 14)} ${50 + half - 3},${top + 3}`,
      pen.at(4, 2.6, 5),
      "second",
    );
    pen.body(rect(50 - half, top, half * 2, bottom - top, 4));
    const flap = top + (bottom - top) * pen.at(5, 0.45, 0.85);
    pen
      .body(rect(50 - half - 0.8, top - 1.2, half * 2 + 1.6, flap - top, pen.at(6, 1, 12)), "main", "flat")
      .stitch(rect(50 - half + 0.6, top, half * 2 - 1.2, flap - top - 2.4, pen.at(6, 1, 11)));
    const straps = 1 + pen.choice(7, 2);
    for (let k = 0; k < straps; k++) {
      const x = straps === 1 ? 50 : 50 + (k ? 1 : -1) * half * 0.5;
      pen
        .body(rect(x - 2.6, flap - 20, 5.2, 24, 1.4), "second", "flat")
        .part(rect(x - 3.4, flap - 4, 6.8, 4.4, 1), "metal")
        .part(rect(x - 1.6, flap - 3, 3.2, 2.4), "dark");
    }
    if (pen.choice(8, 2)) pen.mark(50 + half * 0.72, top + 8, 4, "third");
  },
  suitcase(pen) {
    const half = pen.at(0, 22, 31);
    const top = pen.at(1, 20, 30);
    pen.line(rect(42, 4, 16, top, 2), 2, "metal").part(rect(40.5, 3, 19, 4.4, 2), "dark");
    pen.body(rect(50 - half, top, half * 2, 90 - top, pen.at(2, 3, 10)), "main", "round");
    const ribs = 2 + pen.choice(3, 6);
    for (let k = 1; k <= ribs; k++) {
      const x = 50 - half + (half * 2 * k) / (ribs + 1);
      if (pen.choice(4, 2)) pen.fold(path`M${x},${top + 4} V86`, 1.6);
      else pen.fold(path`M${50 - half + 3},${top + ((90 - top) * k) / (ribs + 1)} H${50 + half - 3}`, 1.6);
    }
    pen.mirrored(() =>
      pen
        .part(rect(50 + half - 10, 89, 6, 5, 2), "dark")
        .part(rect(50 + half - 8, pen.at(5, 0, 1) > 0.5 ? top : 84, 8, 6, 2), "second"),
    );
    if (pen.choice(6, 2)) pen.part(rect(50 - half, pen.at(7, 46, 60), half * 2, pen.at(8, 3, 7)), "second");
    pen.mark(50, top + 11, pen.at(9, 3.5, 6), "third");
  },
};
