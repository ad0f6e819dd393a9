import { label } from "./label.ts";
import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const cosmetics: Record<string, (pen: Pen) => void> = {
  lipstick(pen) {
    const half = pen.at(0, 9, 13);
    const split = pen.at(1, 54, 64);
    pen.body(
      path`M${50 - half * 0.62},${split} V${pen.at(2, 16, 26)} Q${50 - half * 0.5},${pen.at(3, 6, 14)} ${50 + half * 0.62},${pen.at(4, 8, 22)} V${split} Z`,
      "third",
      "round",
    );
    pen.body(
      rect(50 - half * 0.78, split - pen.at(5, 8, 18), half * 1.56, 22, 0.6),
      pen.choice(6, 2) ? "metal" : "#d9b45a",
      "round",
    );
    pen
      .body(rect(50 - half, split, half * 2, 94 - split, pen.at(7, 0.6, 3)), "main", "round")
      .mark(50, split + 18, half * 0.55, "second")
      .line(path`M${50 - half},${split + 5} h${half * 2}`, pen.at(8, 0.6, 2.6), "second")
      .gleam(rect(50 - half + 3, split + 1, 2, 92 - split, 1));
  },
  tube(pen) {
    const half = pen.at(0, 15, 21);
    const cap = pen.at(1, 74, 82);
    pen.body(
      symmetric(
        [half, 6],
        [
          [half, 11],
          [half - 1, 50, half * pen.at(2, 0.6, 0.9), cap],
          [0, cap],
        ],
      ),
      "main",
      "round",
    );
    pen.part(rect(50 - half, 5, half * 2, 5.5, 0.6), "trim", 0.6);
    pen.body(
      rect(50 - half * pen.at(3, 0.55, 0.85), cap, half * 2 * pen.at(3, 0.55, 0.85), 95 - cap, 2),
      "second",
      "round",
    );
    label(pen, 50 - half * 0.85, 15, half * 1.7, 54);
    pen.gleam(path`M${50 - half + 4},14 l3,0 l1,${cap - 20} h-2 Z`);
  },
  pump(pen) {
    const half = pen.at(0, 15, 22);
    const top = pen.at(1, 30, 40);
    pen
      .line(path`M50,${top} V14`, 3, "second")
      .body(path`M${44},${9} H${pen.at(2, 60, 72)} q3,1 3,6 h-3 q0,-2 -4,-2 H44 Z`, "second", "flat")
      .body(rect(42, top - 9, 16, 9, 1.4), "second", "round");
    pen.body(
      symmetric(
        [6, top],
        [
          [half, top, half, top + pen.at(3, 5, 16)],
          [half, 90],
          [half, 95, half - 5, 95],
          [0, 95],
        ],
      ),
      "main",
      "round",
    );
    label(pen, 50 - half + 2, top + 14, half * 2 - 4, 74 - top);
    pen.gleam(rect(50 - half + 4, top + 10, 2.6, 80 - top, 1.3));
  },
  cream(pen) {
    const half = pen.at(0, 26, 36);
    const top = pen.at(1, 44, 54);
    const lid = pen.at(2, 10, 19);
    pen.body(
      symmetric(
        [half, top],
        [
          [half + pen.at(3, -3, 2), 84],
          [half - 2, 91, half - 9, 91],
          [0, 91],
        ],
      ),
      "main",
      "round",
    );
    pen.body(
      rect(50 - half - 1, top - lid, half * 2 + 2, lid, pen.at(9, 1, 4)),
      pen.choice(8, 3) === 0 ? "metal" : pen.choice(8, 3) === 1 ? "second" : "#d9b45a",
      "round",
    );
    label(pen, 50 - half * 0.7, top + 3, half * 1.4, 84 - top);
    pen.gleam(rect(50 - half + 6, top + 2, 3.4, 82 - top, 1.6)).mark(50, top - lid / 2, lid * 0.3, "dark");
  },
  perfume(pen) {
    const half = pen.at(0, 19, 29);
    const top = pen.at(1, 40, 50);
    const cap = pen.at(2, 8, 14);
    const body = [
      rect(50 - half, top, half * 2, 93 - top, 3),
      rect(50 - half, top, half * 2, 93 - top, 16),
      ellipse(50, (93 + top) / 2, half, (93 - top) / 2),
      symmetric(
        [8, top],
        [
          [half, top + 14],
          [half - 5, 93],
          [0, 93],
        ],
      ),
      symmetric(
        [half - 6, top],
        [
          [half, 93],
          [0, 93],
        ],
      ),
    ][pen.choice(3, 5)] as string;
    pen
      .part(rect(46, top - 8, 8, 10), "metal")
      .body(
        rect(50 - cap, top - 8 - pen.at(4, 12, 24), cap * 2, pen.at(4, 12, 24), pen.at(5, 0.6, 8)),
        "second",
        "round",
      );
    pen.body(body, "main", "round").line(body, 1.4, "#ffffff", 0.5);
    pen
      .part(rect(50 - half * 0.5, 62, half, pen.at(6, 12, 20), pen.at(7, 0, 5)), "second", 0.95)
      .mark(50, 62 + pen.at(6, 6, 10), pen.at(8, 3.4, 5.4), "third", "second");
    pen.gleam(path`M${50 - half + 5},${top + 8} h3.6 V84 h-3.6 Z`);
  },
  polish(pen) {
    const half = pen.at(0, 15, 22);
    const top = pen.at(1, 50, 60);
    pen.body(
      symmetric(
        [pen.at(2, 5, 7), top],
        [
          [pen.at(3, 5, 8), 10],
          [pen.at(4, 3.6, 7), 5],
          [0, 5],
        ],
      ),
      pen.choice(5, 2) ? "second" : "dark",
      "round",
    );
    const d =
      pen.choice(6, 3) === 0
        ? ellipse(50, (top + 94) / 2, half, (94 - top) / 2)
        : symmetric(
            [7, top],
            [
              [half, top + 2, half, top + pen.at(7, 6, 16)],
              [half, 88],
              [half, 94, half - 6, 94],
              [0, 94],
            ],
          );
    pen
      .body(d, "main", "round")
      .gleam(path`M${50 - half + 4},${top + 12} q1,-6 5,-8 l1,3 q-3,2 -3,6 V86 h-3 Z`)
      .mark(50, 77, pen.at(8, 4, 8), "second");
    pen
      .bars(50, 86, half, 1, 4, "second")
      .line(path`M${50 - half + 2},70 h${half * 2 - 4}`, pen.at(9, 0.4, 2), "third");
  },
};
