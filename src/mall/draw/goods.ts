import { ellipse, type Pen, path, rect, symmetric } from "./pen.ts";

/** What a pack shows: a panel, the brand's mark, a picture of what is inside, bars for words. Values 4 .. 9 decide. */
function label(pen: Pen, x: number, y: number, width: number, height: number): void {
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
