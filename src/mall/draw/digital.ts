import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const digital: Record<string, (pen: Pen) => void> = {
  phone(pen) {
    const half = pen.at(0, 19, 24);
    const r = pen.at(1, 2, 8);
    if (pen.choice(2, 2)) {
      pen
        .body(rect(50 - half, 5, half * 2, 90, r), "dark", "flat")
        .part(rect(50 - half + 1.6, 5 + pen.at(3, 1.6, 8), half * 2 - 3.2, 90 - pen.at(3, 3.2, 16), r * 0.8), "main");
      for (let k = 0; k < 8 + pen.choice(4, 9); k++)
        pen.part(
          rect(50 - half + 4 + (k % 4) * (half * 0.48), 48 + Math.floor(k / 4) * 10, 6.4, 6.4, pen.at(5, 0.6, 3.2)),
          k % 3 ? "second" : "third",
        );
      pen
        .bars(50, pen.at(6, 16, 26), 18, 2, 5, pen.ink("first"))
        .gleam(path`M${50 + half - 2},8 L${50 - half * 0.1},8 L${50 - half + 4},60 Z`, 0.3);
    } else {
      pen
        .body(rect(50 - half, 5, half * 2, 90, r), "main", "flat")
        .line(rect(50 - half, 5, half * 2, 90, r), 1, "metal");
      const lenses = 1 + pen.choice(3, 4);
      const across = pen.choice(4, 2);
      pen.body(
        rect(50 - half + 3, 8, across ? 7 + lenses * 6.4 : 11, across ? 11 : 5 + lenses * 8, pen.at(5, 2, 5)),
        "second",
        "flat",
      );
      for (let k = 0; k < lenses; k++)
        pen
          .body(ellipse(50 - half + 8.5 + (across ? k * 6.6 : 0), 13.5 + (across ? 0 : k * 8), 3), "dark", "ball")
          .part(ellipse(50 - half + 7.6 + (across ? k * 6.6 : 0), 12.6 + (across ? 0 : k * 8), 0.8), "#b8d4ff");
      pen
        .mark(50, pen.at(6, 46, 62), pen.at(7, 4, 8), "third")
        .gleam(path`M${50 + half - 3},10 l-10,0 l-18,70 Z`, 0.35);
    }
    pen.part(rect(50 + half, pen.at(8, 22, 34), 1, pen.at(9, 6, 14)), "third");
  },
  laptop(pen) {
    const half = pen.at(0, 32, 39);
    const top = pen.at(1, 16, 28);
    const bezel = pen.at(2, 1.6, 5);
    pen
      .body(rect(50 - half, top, half * 2, 72 - top, pen.at(3, 1, 5)), pen.choice(4, 2) ? "dark" : "first", "flat")
      .part(rect(50 - half + bezel, top + bezel, half * 2 - bezel * 2, 72 - top - bezel * 2 - 2), "main");
    const w = half * pen.at(5, 0.6, 1.1);
    pen
      .part(rect(50 - half + bezel + 5, top + bezel + 5, w, 26, 1), "#f7f7f5", 0.95)
      .part(rect(50 - half + bezel + 5, top + bezel + 5, w, 4, 1), "second")
      .bars(50 - half + bezel + 5 + w / 2, top + bezel + 13, w * 0.8, 3, 5, "third")
      .mark(50 + half - bezel - 10, top + bezel + 12, pen.at(6, 4, 8), "third");
    pen.gleam(path`M${50 + half - 3},${top + 2} h-22 l-20,${68 - top} h10 Z`, 0.25);
    pen.body(
      path`M${50 - half},72 H${50 + half} L${50 + half + pen.at(7, 5, 9)},${pen.at(8, 82, 87)} H${50 - half - pen.at(7, 5, 9)} Z`,
      "first",
      "flat",
    );
    for (let k = 0; k < 3; k++)
      pen.line(path`M${50 - half + 4 - k},${74.5 + k * 2.4} H${50 + half - 4 + k}`, 1.2, "dark", 0.7);
    pen.part(rect(50 - half - 6, pen.at(8, 82, 87), half * 2 + 12, pen.at(9, 1.6, 3.4), 1.4), "trim");
  },
  headphones(pen) {
    const r = pen.at(0, 28, 35);
    const cup = pen.at(1, 10, 15);
    const y = pen.at(2, 58, 68);
    pen
      .line(
        path`M${50 - r},${y} C${50 - r - 3},${pen.at(3, -2, 10)} ${50 + r + 3},${pen.at(3, -2, 10)} ${50 + r},${y}`,
        pen.at(4, 4, 8),
        "first",
      )
      .line(
        path`M${50 - r + 6},30 C${50 - r * 0.6},${pen.at(3, 6, 16)} ${50 + r * 0.6},${pen.at(3, 6, 16)} ${50 + r - 6},30`,
        pen.at(5, 2, 5),
        "second",
      );
    pen.mirrored(() =>
      pen
        .body(rect(50 + r - 9, y - cup - 2, 8, cup * 2 + 6, 4), "dark", "round")
        .body(
          pen.choice(6, 2)
            ? ellipse(50 + r + 1, y, cup * pen.at(7, 0.6, 0.9), cup + 3)
            : rect(50 + r - 6, y - cup - 2, cup * 1.3, cup * 2 + 4, 5),
          "main",
          "ball",
        )
        .mark(50 + r + 1, y, pen.at(8, 3, 6), "third"),
    );
    if (pen.choice(9, 2)) pen.tube(path`M${50 - r},${y + cup + 3} Q${50 - r},92 50,90 T70,95`, 1.4, "second");
  },
  camera(pen) {
    const half = pen.at(0, 34, 42);
    const top = pen.at(1, 32, 40);
    const r = pen.at(2, 17, 23);
    const cx = pen.at(3, 46, 58);
    pen
      .body(path`M${cx - 13},${top} l4,-${pen.at(4, 5, 12)} h18 l4,${pen.at(4, 5, 12)} Z`, "first", "flat")
      .body(rect(50 - half + 4, top - 4, 9, 5, 1), "metal", "round")
      .body(rect(50 + half - 16, top - 5, 10, 6, 2), pen.choice(5, 2) ? "third" : "metal", "round");
    pen
      .body(rect(50 - half, top, half * 2, 82 - top, pen.at(6, 3, 9)), "main", "flat")
      .part(rect(50 - half, top, half * 2, pen.at(7, 5, 11), 3), pen.choice(8, 2) ? "metal" : "second");
    pen
      .body(ellipse(cx, 59, r), "dark", "ball")
      .line(ellipse(cx, 59, r * 0.86), pen.at(9, 1, 3), "third")
      .body(ellipse(cx, 59, r * 0.7), "#17171c", "ball")
      .body(ellipse(cx, 59, r * 0.4), "#2c3d66", "ball")
      .part(ellipse(cx - r * 0.22, 59 - r * 0.26, r * 0.15), "#dfe9ff", 0.9);
    pen.mark(50 - half + 9, top + 14, 4, "third").part(rect(50 + half - 13, top + 2, 8, 4.4, 1), "#fff6d8");
  },
  speaker(pen) {
    const half = pen.at(0, 18, 30);
    const top = pen.at(1, 8, 26);
    const r = Math.min(half - 3, pen.at(2, 13, 20));
    pen.body(rect(50 - half, top, half * 2, 94 - top, pen.at(3, 2, 14)), "main", "round");
    const cone = (y: number, q: number) =>
      pen
        .body(ellipse(50, y, q), pen.choice(4, 2) ? "dark" : "second", "ball")
        .line(ellipse(50, y, q), pen.at(5, 0.8, 2.6), "third")
        .body(ellipse(50, y, q * 0.42), pen.choice(6, 2) ? "third" : "dark", "ball");
    cone(92 - r - 5, r);
    const small = Math.min(r * pen.at(7, 0.35, 0.7), (92 - r * 2 - 8 - top) / 2 - 2);
    if (small > 3) cone(top + small + 4, small);
    pen.mark(50 + half - 6, 88, pen.at(8, 2, 4), "third");
    if (pen.choice(9, 2))
      pen.tube(
        path`M${50 - half * 0.6},${top + 1} C${50 - half * 0.6},${top - 12} ${50 + half * 0.6},${top - 12} ${50 + half * 0.6},${top + 1}`,
        3,
        "second",
      );
  },
  gamepad(pen) {
    const half = pen.at(0, 34, 41);
    const drop = pen.at(1, 74, 88);
    pen.body(
      symmetric(
        [0, 34],
        [
          [half - 10, 34],
          [half + 4, pen.at(2, 34, 44), half + 4, drop],
          [half - 3, drop + 8, half - 12, drop - 4],
          [half - 18, 66, half - 22, 66],
          [0, 66],
        ],
      ),
      "main",
      "ball",
    );
    const s = pen.at(3, 4.4, 6.4);
    pen
      .body(ellipse(50 - half * 0.62, 48, s), "dark", "ball")
      .body(ellipse(50 + pen.at(4, 8, 14), 60, s), "dark", "ball")
      .body(ellipse(50 - pen.at(4, 8, 14), 60, s), pen.choice(5, 2) ? "dark" : "second", "ball");
    for (let k = 0; k < 4; k++)
      pen.turned(k * 90, 50 + half * 0.62, 48, () =>
        pen.body(
          ellipse(50 + half * 0.62, 48 - pen.at(6, 4, 6), pen.at(7, 1.8, 2.8)),
          k % 2 ? "third" : "second",
          "ball",
        ),
      );
    pen
      .mark(50, 44, pen.at(8, 3, 6), "third")
      .part(rect(43, 51, 3.6, 2, 1), "dark")
      .part(rect(53.4, 51, 3.6, 2, 1), "dark");
    pen.mirrored(() => pen.body(rect(50 + half * 0.4, 30, half * 0.42, pen.at(9, 4, 7), 2.4), "second", "round"));
  },
};
