import { label } from "./label.ts";
import { path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const snacks: Record<string, (pen: Pen) => void> = {
  chips(pen) {
    const half = pen.at(0, 24, 31);
    const top = pen.at(1, 7, 13);
    const bottom = pen.at(2, 88, 94);
    pen.body(
      symmetric(
        [half, top],
        [
          [half - 3, top + 8],
          [half + pen.at(3, 1, 5), 50, half - 3, bottom - 8],
          [half, bottom],
          [0, bottom],
        ],
      ),
      "main",
      "cloth",
    );
    for (let k = 0; k < 12; k++)
      pen.line(
        path`M${50 - half + 2 + (k * (half * 2 - 4)) / 11},${top + 0.6} v4 M${50 - half + 2 + (k * (half * 2 - 4)) / 11},${bottom - 4.6} v4`,
        0.5,
        "#000000",
        0.25,
      );
    label(pen, 50 - half + 3, top + 9, half * 2 - 6, bottom - top - 18);
    pen
      .gleam(path`M${50 - half + 5},${top + 10} q4,${26} 1,${60} q-4,-20 -1,-60 Z`, 0.9)
      .fold(path`M${50 + half - 6},${top + 10} q-5,14 1,30`);
  },
  chocolate(pen) {
    const half = pen.at(0, 15, 24);
    const top = pen.at(1, 5, 14);
    pen
      .part(rect(50 - half + 1, top - 3, half * 2 - 2, 12), "metal")
      .body(rect(50 - half, top + pen.at(2, 1, 9), half * 2, 92 - top, 1), "main", "flat");
    label(pen, 50 - half, top + 12, half * 2, 78 - top);
    pen
      .part(rect(50 - half, pen.at(3, 86, 90), half * 2, 4), "third")
      .gleam(path`M${50 - half + 2},20 h3 v60 h-3 Z`, 0.6);
  },
  box(pen) {
    const half = pen.at(0, 20, 30);
    const side = pen.at(1, 4, 12);
    const top = pen.at(2, 10, 20);
    pen
      .body(path`M${50 + half - side},${top} l${side * 1.6},-${4} V${88} l${-side * 1.6},4 Z`, "main", "flat")
      .part(path`M${50 + half - side},${top} l${side * 1.6},-${4} V${88} l${-side * 1.6},4 Z`, "#000000", 0.28);
    pen.body(
      path`M${50 - half - side},${top} l${side * 1.6},-4 H${50 + half + side * 0.6} l${-side * 1.6},4 Z`,
      "first",
      "flat",
    );
    pen.body(rect(50 - half - side, top, half * 2, 92 - top), "main", "flat");
    label(pen, 50 - half - side, top + 2, half * 2, 88 - top);
    if (pen.choice(3, 2)) pen.part(path`M${50 + half - side},${top} v14 l-14,-14 Z`, "third");
  },
  tube(pen) {
    const half = pen.at(0, 13, 19);
    const top = pen.at(1, 8, 22);
    pen.body(path`M${50 - half},${top} V90 Q50,${96} ${50 + half},90 V${top} Z`, "main", "round");
    label(pen, 50 - half + 1, top + 8, half * 2 - 2, 80 - top);
    pen.body(path`M${50 - half},${88} Q50,94 ${50 + half},88 V91 Q50,97 ${50 - half},91 Z`, "metal", "round");
    pen.body(
      path`M${50 - half - 1},${top - pen.at(2, 2, 6)} Q50,${top - 8} ${50 + half + 1},${top - pen.at(2, 2, 6)} V${top + 4} Q50,${top + 9} ${50 - half - 1},${top + 4} Z`,
      pen.choice(3, 2) ? "third" : "second",
      "round",
    );
    pen.gleam(rect(50 - half + 4, top + 8, 2.4, 76 - top, 1), 0.7);
  },
  jar(pen) {
    const half = pen.at(0, 21, 29);
    const top = pen.at(1, 20, 34);
    pen.body(
      symmetric(
        [half - 5, top],
        [
          [half, top + 4, half, top + 12],
          [half, 84],
          [half, 91, half - 7, 91],
          [0, 91],
        ],
      ),
      "main",
      "round",
    );
    pen.body(
      rect(50 - half + 2, top - pen.at(2, 8, 14), half * 2 - 4, pen.at(2, 10, 16), 2),
      pen.choice(3, 2) ? "third" : "metal",
      "round",
    );
    pen.part(rect(50 - half + 0.4, top + 13, half * 2 - 0.8, 74 - top), "#fbf8f0", 0.92);
    label(pen, 50 - half + 1, top + 13, half * 2 - 2, 74 - top);
    pen.gleam(rect(50 - half + 4, top + 8, 3, 74 - top, 1.4), 0.8);
  },
};
