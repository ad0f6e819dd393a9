import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

const WOODS = ["#8a5a33", "#b98b58", "#5a3a22", "#d2b184"] as const;
const wood = (pen: Pen, k: number) => WOODS[pen.choice(k, WOODS.length)] ?? "#8a5a33";

export const furniture: Record<string, (pen: Pen) => void> = {
  chair(pen) {
    const back = pen.at(0, 6, 20);
    const half = pen.at(1, 19, 26);
    const seat = pen.at(2, 52, 60);
    const w = wood(pen, 3);
    pen
      .tube(
        path`M${50 - half + 3},${seat} L${50 - half},94 M${50 + half - 3},${seat} L${50 + half},94`,
        pen.at(4, 2.4, 4.4),
        w,
      )
      .tube(path`M${50 - half + 9},${seat} V88 M${50 + half - 9},${seat} V88`, 2.4, w);
    const style = pen.choice(5, 4);
    if (style === 0)
      for (let k = 0; k < 4 + pen.choice(6, 3); k++)
        pen.tube(path`M${50 - half + 3 + (k * (half * 2 - 6)) / (3 + pen.choice(6, 3))},${seat} V${back + 3}`, 2, w);
    else
      pen.body(
        style === 1
          ? rect(50 - half + 1, back, half * 2 - 2, seat - back - 8, pen.at(6, 2, 14))
          : style === 2
            ? ellipse(50, back + 19, half - 1, 19)
            : symmetric(
                [half - 6, back],
                [
                  [half + 2, seat - 18],
                  [half - 4, seat - 6],
                  [0, seat - 6],
                ],
              ),
        "main",
        "ball",
      );
    if (style === 0) pen.body(rect(50 - half, back, half * 2, 6, 3), w, "flat");
    pen.body(
      symmetric(
        [half - 2, seat - 6],
        [
          [half + 4, seat + 2],
          [half + 3, seat + pen.at(7, 4, 9)],
          [0, seat + pen.at(8, 5, 10)],
        ],
      ),
      "main",
      "flat",
    );
    if (pen.choice(9, 2))
      pen.mirrored(() => pen.tube(path`M${50 + half},${seat} V${seat - 16} H${50 + half - 8}`, 3, w));
  },
  sofa(pen) {
    const half = pen.at(0, 36, 45);
    const back = pen.at(1, 24, 38);
    const arm = pen.at(2, 7, 13);
    const w = wood(pen, 3);
    pen.mirrored(() =>
      pen.body(path`M${50 + half - 9},80 l3,${pen.at(4, 6, 12)} h3 l1,${-pen.at(4, 6, 12)} Z`, w, "flat"),
    );
    pen.body(rect(50 - half + 4, back, half * 2 - 8, 50, pen.at(5, 2, 11)), "main", "flat");
    const seats = 1 + pen.choice(6, 3);
    const inner = half - arm;
    for (let k = 0; k < seats; k++) {
      const x = 50 - inner + (k * inner * 2) / seats;
      pen
        .body(rect(x + 0.4, back + 6, (inner * 2) / seats - 0.8, 26, 4), "main", "ball")
        .body(rect(x + 0.2, 60, (inner * 2) / seats - 0.4, 11, 3), "main", "flat");
    }
    pen.body(rect(50 - half, 70, half * 2, 12, 2), "main", "flat");
    pen.mirrored(() =>
      pen.body(
        rect(50 + half - arm, pen.at(7, 44, 56), arm + 1.5, 82 - pen.at(7, 44, 56), pen.at(8, 2, 7)),
        "main",
        "round",
      ),
    );
    const cushions = pen.choice(9, 3);
    if (cushions > 0)
      pen.turned(-10, 50 - inner + 8, 54, () => pen.body(rect(50 - inner + 1, 46, 15, 15, 3), "second", "ball"));
    if (cushions > 1)
      pen.turned(12, 50 + inner - 8, 54, () => pen.body(rect(50 + inner - 16, 46, 15, 15, 3), "third", "ball"));
  },
  table(pen) {
    const half = pen.at(0, 34, 45);
    const top = pen.at(1, 32, 46);
    const thick = pen.at(2, 3, 7);
    const leg = pen.at(3, 2.6, 6);
    const style = pen.choice(4, 4);
    const paint = pen.choice(5, 2) ? "second" : wood(pen, 6);
    if (style === 0)
      pen.mirrored(() =>
        pen
          .tube(path`M${50 + half - 7},${top} L${50 + half - 2},94`, leg, paint)
          .tube(path`M${50 + half - 15},${top} L${50 + half - 13},86`, leg * 0.8, paint),
      );
    if (style === 1) pen.mirrored(() => pen.body(rect(50 + half - 6 - leg, top, leg * 1.6, 94 - top), paint, "round"));
    if (style === 2)
      pen.body(
        symmetric(
          [5, top],
          [
            [4, 78, 20, 93],
            [0, 94],
          ],
        ),
        paint,
        "round",
      );
    if (style === 3) pen.mirrored(() => pen.tube(path`M${50 + half - 8},${top} L${50 - half * 0.4},94`, leg, paint));
    if (pen.choice(7, 2))
      pen
        .body(rect(50 - half + 5, top + thick + 5, half * 2 - 10, pen.at(8, 6, 13), 0.6), "main", "flat")
        .part(ellipse(50, top + thick + 5 + pen.at(8, 3, 6), 1.6), "metal");
    pen
      .body(
        path`M${50 - half + 6},${top - pen.at(9, 3, 9)} H${50 + half - 6} L${50 + half},${top} H${50 - half} Z`,
        "main",
        "flat",
      )
      .body(rect(50 - half, top, half * 2, thick, 1), "main", "flat");
  },
  lamp(pen) {
    const base = pen.at(0, 10, 18);
    const high = pen.at(1, 24, 34);
    const wide = pen.at(2, 20, 34);
    const narrow = wide * pen.at(3, 0.4, 0.95);
    const top = pen.at(4, 6, 14);
    const foot = pen.choice(5, 4);
    if (foot === 0)
      pen
        .tube(path`M50,${top + high} V90`, pen.at(6, 2, 5), "second")
        .body(ellipse(50, 91, base, 3.6), "second", "flat");
    if (foot === 1)
      pen.body(
        symmetric(
          [2.6, top + high],
          [
            [base * 1.3, 62, base * 1.2, 80, base * 0.6, 93],
            [0, 94],
          ],
        ),
        "second",
        "ball",
      );
    if (foot === 2)
      pen.tube(
        path`M50,${top + high} L${50 - base},94 M50,${top + high} L${50 + base},94 M50,${top + high} V90`,
        2.8,
        wood(pen, 6),
      );
    if (foot === 3)
      for (let k = 0; k < 3; k++)
        pen.body(ellipse(50, 58 + k * 13 + 4, base * (0.55 + k * 0.16), 7.4), k === 1 ? "third" : "second", "ball");
    pen.body(
      symmetric(
        [narrow, top],
        [
          [wide, top + high],
          [0, top + high + pen.at(7, 0, 3)],
        ],
      ),
      "main",
      "cloth",
    );
    pen
      .line(path`M${50 - wide + 0.5},${top + high - 1} H${50 + wide - 0.5}`, pen.at(8, 0.8, 3), "third")
      .line(path`M${50 - narrow},${top + 0.8} H${50 + narrow}`, pen.at(9, 0.6, 2), "third");
  },
  cabinet(pen) {
    const half = pen.at(0, 24, 40);
    const top = pen.at(1, 14, 40);
    const legs = pen.at(2, 3, 13);
    const w = pen.choice(3, 2) ? wood(pen, 4) : "second";
    pen.mirrored(() => pen.body(path`M${50 + half - 7},${94 - legs} h5 l-1,${legs} h-3 Z`, "dark", "flat"));
    pen
      .body(rect(50 - half, top, half * 2, 94 - legs - top, 1.4), w, "flat")
      .body(rect(50 - half - 1.5, top - 2.5, half * 2 + 3, 3.6, 1), w, "flat");
    const rows = 1 + pen.choice(5, 4);
    const columns = 1 + pen.choice(6, 3);
    const h = (92 - legs - top) / rows;
    const width = (half * 2 - 2) / columns;
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const x = 50 - half + 1 + c * width;
        const y = top + 1.5 + r * h;
        if ((r + c) % 3 === 2 && pen.choice(7, 2))
          pen
            .part(rect(x + 0.8, y + 0.6, width - 1.6, h - 1.2), "#000000", 0.45)
            .body(rect(x + 2, y + h * 0.5, width * 0.3, h * 0.44, 0.5), "third", "flat");
        else {
          pen.body(rect(x + 0.8, y + 0.6, width - 1.6, h - 1.2, 0.8), "main", "flat");
          if (pen.choice(8, 2)) pen.part(ellipse(x + width / 2, y + h / 2, 1.3), "metal");
          else pen.part(rect(x + width / 2 - 3, y + h * pen.at(9, 0.15, 0.5), 6, 1.3, 0.6), "metal");
        }
      }
  },
};
