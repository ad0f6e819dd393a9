import { label } from "./label.ts";
import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const beverages: Record<string, (pen: Pen) => void> = {
  can(pen) {
    const half = pen.at(0, 15, 23);
    const top = pen.at(1, 8, 24);
    pen.body(
      symmetric(
        [half - 4, top],
        [
          [half, top + 5],
          [half, 88],
          [half - 3, 93],
          [half * 0.5, 95, 0, 95],
        ],
      ),
      "main",
      "round",
    );
    label(pen, 50 - half + 0.6, top + 9, half * 2 - 1.2, 78 - top);
    pen
      .body(ellipse(50, top, half - 4, 2.6), "metal", "flat")
      .line(ellipse(50, top, half - 4, 2.6), 0.9, "metal")
      .part(ellipse(50, top + 0.4, 4, 1.2), pen.choice(2, 2) ? "third" : "dark", 0.8);
    pen
      .line(path`M${50 - half + 1},${90} Q50,${94} ${50 + half - 1},90`, pen.at(3, 0.6, 2.6), "metal")
      .gleam(rect(50 - half + 5, top + 7, 2.6, 78 - top, 1.2), 0.8);
  },
  bottle(pen) {
    const half = pen.at(0, 12, 17);
    const shoulder = pen.at(1, 26, 44);
    const neck = pen.at(2, 4, 7);
    pen.body(
      symmetric(
        [neck, 10],
        [
          [neck, 18],
          [neck + 1, shoulder - 8, half, shoulder - 4, half, shoulder + 4],
          [half - pen.at(3, 0, 3), 60, half, 78],
          [half, 93],
          [half - 3, 95, half - 5, 95],
          [0, 95],
        ],
      ),
      "main",
      "round",
    );
    pen.body(rect(50 - half - 0.2, shoulder + 6, half * 2 + 0.4, 76 - shoulder, 0.6), "main", "round");
    label(pen, 50 - half, shoulder + 7, half * 2, 74 - shoulder);
    pen
      .body(rect(50 - neck - 1, 4, neck * 2 + 2, pen.at(9, 6, 10), 1.4), pen.choice(8, 2) ? "third" : "second", "round")
      .gleam(path`M${50 - half + 3},${shoulder + 2} h2.6 V90 h-2.6 Z`);
  },
  wine(pen) {
    const half = pen.at(0, 11, 15);
    const shoulder = pen.at(1, 34, 46);
    pen.body(
      symmetric(
        [4, 6],
        [
          [4, shoulder - 12],
          [4.4, shoulder - pen.at(2, -2, 6), half, shoulder, half, shoulder + 8],
          [half, 92],
          [half - 2, 95],
          [0, 95],
        ],
      ),
      pen.choice(3, 2) ? "main" : "#25402f",
      "round",
    );
    pen.body(rect(45.4, 4, 9.2, pen.at(9, 14, 24), 1), "third", "round");
    pen
      .part(rect(50 - half + 0.6, shoulder + 10, half * 2 - 1.2, 80 - shoulder - 6), "#f4eedd")
      .part(rect(50 - half + 0.6, shoulder + 10, half * 2 - 1.2, 80 - shoulder - 6), "main", 0.85);
    label(pen, 50 - half + 0.6, shoulder + 10, half * 2 - 1.2, 74 - shoulder);
    pen.gleam(path`M${50 - half + 2.4},${shoulder + 4} h2 V92 h-2 Z`);
  },
  carton(pen) {
    const half = pen.at(0, 15, 22);
    const side = pen.at(1, 6, 11);
    const top = pen.at(2, 24, 36);
    const x = 50 - half - side / 2;
    pen
      .body(path`M${x + half * 2},${top} l${side},-3 V89 l${-side},4 Z`, "main", "flat")
      .part(path`M${x + half * 2},${top} l${side},-3 V89 l${-side},4 Z`, "#000000", 0.25);
    if (pen.choice(3, 2))
      pen
        .body(path`M${x},${top} L${x + 4},${top - 14} H${x + half * 2 - 2} L${x + half * 2},${top} Z`, "second", "flat")
        .body(path`M${x + half * 2},${top} L${x + half * 2 - 2},${top - 14} l${side},0 l2,11 Z`, "first", "flat")
        .body(rect(x + 3, top - 20, half * 2 - 4 + side, 6.4, 1), "second", "flat");
    else
      pen
        .body(path`M${x},${top} l${side},-4 h${half * 2} l${-side},4 Z`, "second", "flat")
        .body(rect(x + half, top - 11, 9, 8, 1.6), "third", "round");
    pen.body(rect(x, top, half * 2, 93 - top), "main", "flat");
    label(pen, x, top + 2, half * 2, 89 - top);
  },
  pouch(pen) {
    const half = pen.at(0, 21, 28);
    const top = pen.at(1, 18, 28);
    pen.body(rect(45, 5, 10, top - 2, 2), "third", "round").part(rect(43.4, 5, 13.2, pen.at(2, 6, 10), 2), "second");
    pen.body(
      symmetric(
        [half - 5, top],
        [
          [half - 2, top + 6],
          [half + pen.at(3, -2, 3), 60, half + 1, 92],
          [half * 0.4, 94, 0, 92],
        ],
      ),
      "main",
      "cloth",
    );
    label(pen, 50 - half + 4, top + 7, half * 2 - 8, 78 - top);
    pen
      .gleam(path`M${50 - half + 4},${top + 10} q3,24 0,56 q-3,-26 0,-56 Z`)
      .fold(path`M${50 - half + 2},88 Q50,80 ${50 + half - 2},88`);
  },
};
