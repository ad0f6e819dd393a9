import { polygon } from "../pattern.ts";
import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const others: Record<string, (pen: Pen) => void> = {
  mug(pen) {
    const half = pen.at(0, 21, 28);
    const top = pen.at(1, 18, 34);
    const foot = half - pen.at(2, 0, 9);
    pen.line(
      path`M${46 + half - 3},${top + 14} C${46 + half + pen.at(3, 14, 24)},${top + 10} ${46 + half + pen.at(3, 14, 24)},${pen.at(4, 68, 80)} ${46 + foot - 1},${pen.at(4, 68, 78)}`,
      pen.at(5, 4, 7.4),
      pen.choice(6, 2) ? "second" : "first",
    );
    pen
      .body(
        symmetric(
          [half, top],
          [
            [half, 60, foot + 2, 84],
            [foot, 91, foot - 7, 91],
            [0, 91],
          ],
          46,
        ),
        "main",
        "round",
      )
      .body(ellipse(46, top, half, pen.at(7, 3, 6)), "trim", "flat")
      .part(ellipse(46, top + 0.8, half - 2, pen.at(7, 2, 4.6)), "#000000", 0.4);
    if (pen.choice(8, 2)) pen.mark(44, 56, pen.at(9, 8, 14), "second");
    else
      pen.part(
        path`M${46 - half + 0.8},70 Q46,${76} ${46 + half - 0.8},70 L${46 + foot + 1.2},84 Q46,90 ${46 - foot - 1.2},84 Z`,
        "second",
        0.95,
      );
    pen.gleam(path`M${46 - half + 5},${top + 10} h3 l1,50 h-2.6 Z`);
  },
  plant(pen) {
    const half = pen.at(0, 15, 22);
    const top = pen.at(1, 54, 64);
    const leaves = 5 + pen.choice(2, 6);
    const long = pen.at(3, 32, 50);
    const slim = pen.at(4, 4, 13);
    for (let k = 0; k < leaves; k++) {
      const turn = ((k / (leaves - 1)) * 2 - 1) * pen.at(5, 45, 80);
      pen.turned(turn, 50, top, () =>
        pen
          .body(
            path`M50,${top} Q${50 + slim},${top - long * 0.55} 50,${top - long} Q${50 - slim},${top - long * 0.55} 50,${top} Z`,
            k % 2 ? "#3f8a4a" : "#2f6e3d",
            "round",
          )
          .line(path`M50,${top} V${top - long * 0.85}`, 0.5, "#bfe0b0", 0.7),
      );
    }
    if (pen.choice(6, 2)) for (let k = 0; k < 3; k++) pen.mark(38 + k * 12, top - long * 0.75, 4.6, "third");
    pen
      .body(
        symmetric(
          [half, top],
          [
            [half - pen.at(7, 1, 8), 93],
            [0, 94],
          ],
        ),
        "main",
        "round",
      )
      .body(
        rect(50 - half - 1.5, top - 2, half * 2 + 3, pen.at(8, 4, 9), 1),
        pen.choice(9, 2) ? "second" : "main",
        "round",
      );
  },
  umbrella(pen) {
    const half = pen.at(0, 36, 44);
    const top = pen.at(1, 8, 18);
    const rim = pen.at(2, 50, 58);
    const ribs = 4 + pen.choice(3, 4);
    pen
      .tube(path`M50,${rim - 6} V86`, 1.8, "metal")
      .tube(path`M50,80 V${pen.at(4, 86, 90)} q0,6 ${pen.at(5, 4, 8)},6 q4,0 4,-6`, pen.at(6, 2.6, 4.4), "second");
    let scallop = "";
    for (let k = 0; k < ribs; k++) scallop += path`q${-half / ribs},${-pen.at(7, 3, 8)} ${(-half * 2) / ribs},0`;
    pen.body(
      `${path`M${50 - half},${rim} Q${50 - half + 4},${top} 50,${top} Q${50 + half - 4},${top} ${50 + half},${rim}`}${scallop}Z`,
      "main",
      "ball",
    );
    for (let k = 1; k < ribs; k++)
      pen.fold(
        path`M50,${top} Q${50 + ((2 * k) / ribs - 1) * half * 0.9},${(top + rim) / 2 - 8} ${50 + ((2 * k) / ribs - 1) * half},${rim - 1}`,
        1,
      );
    pen.tube(path`M50,${top} v-5`, 1.8, "second").mark(50 + half * 0.3, rim - 16, pen.at(8, 3.5, 8), "third");
    pen.line(
      path`M${50 - half + 3},${rim - 8} Q50,${rim - 12} ${50 + half - 3},${rim - 8}`,
      pen.at(9, 0.2, 3),
      "third",
    );
  },
  cushion(pen) {
    const half = pen.at(0, 33, 41);
    const puff = pen.at(1, -6, 7);
    const high = half * pen.at(2, 0.7, 1);
    const d = symmetric(
      [half, 50 - high],
      [
        [half + puff, 50, half, 50 + high],
        [half * 0.5, 50 + high + puff, 0, 50 + high + puff],
      ],
    );
    if (pen.choice(3, 3) === 0)
      for (let k = 0; k < 12; k++)
        pen.line(
          path`M${50 - half + (k * half * 2) / 11},${49 - high} v-4 M${50 - half + (k * half * 2) / 11},${50 + high} v6`,
          1.3,
          "second",
        );
    if (pen.choice(3, 3) === 1)
      pen.mirrored(() =>
        pen
          .body(ellipse(50 + half, 50 - high, 4.4), "third", "ball")
          .body(ellipse(50 + half, 50 + high, 4.4), "third", "ball"),
      );
    pen
      .body(d, "main", "ball")
      .line(d, pen.at(4, 0.8, 2.6), "second")
      .fold(path`M${50 - half + 3},${53 - high} Q40,${60 - high} 38,${66 - high}`)
      .fold(path`M${50 + half - 3},${47 + high} Q60,${42 + high} 62,${36 + high}`);
    const motif = pen.choice(5, 4);
    if (motif === 1) pen.mark(50, 50, pen.at(6, 12, 20), "second");
    if (motif === 2)
      pen
        .body(ellipse(50, 50, pen.at(7, 3, 5)), "second", "ball")
        .fold(path`M50,50 L30,36 M50,50 L70,38 M50,50 L34,66`);
    if (motif === 3)
      pen.part(rect(50 - half + pen.at(8, 3, 12), 50 - high + 2, pen.at(9, 5, 14), high * 2 - 2), "third", 0.92);
  },
  clock(pen) {
    const r = pen.at(0, 32, 41);
    const form = pen.choice(1, 4);
    const d = (q: number) =>
      form === 0
        ? rect(50 - q, 50 - q, q * 2, q * 2, q * 0.16)
        : form === 1
          ? polygon(50, 50, q * 1.06, 8, 1, 22.5)
          : ellipse(50, 50, q);
    if (form === 3)
      pen.mirrored(() => pen.body(ellipse(66, 12, 8, 6), "main", "ball").tube(path`M66,80 L74,93`, 3.4, "metal"));
    pen.body(d(r), "main", "flat").body(d(r * pen.at(2, 0.72, 0.88)), pen.choice(3, 2) ? "#f6f3ea" : "second", "flat");
    const dial = pen.choice(3, 2) ? "dark" : pen.ink("second");
    const ticks = [4, 12, 60][pen.choice(4, 3)] ?? 12;
    for (let k = 0; k < ticks; k++)
      pen.turned((k * 360) / ticks, 50, 50, () =>
        pen.part(rect(49.3, 50 - r * 0.7, 1.4, r * (k % 5 ? 0.06 : 0.14)), dial),
      );
    pen.turned(pen.at(5, 0, 360), 50, 50, () => pen.line(path`M50,54 V${50 - r * 0.36}`, pen.at(6, 1.8, 3.4), dial));
    pen.turned(pen.at(7, 0, 360), 50, 50, () => pen.line(path`M50,56 V${50 - r * 0.58}`, pen.at(8, 1.2, 2.4), dial));
    pen.part(ellipse(50, 50, 2.2), "third").mark(50, 50 + r * 0.32, pen.at(9, 2.5, 5), "third");
  },
  kettle(pen) {
    const half = pen.at(0, 23, 30);
    const top = pen.at(1, 34, 42);
    pen.line(
      path`M${46 - half * 0.6},${top} C${46 - half * 0.8},${pen.at(2, 2, 16)} ${46 + half * 0.8},${pen.at(2, 2, 16)} ${46 + half * 0.6},${top}`,
      pen.at(3, 3, 5.6),
      "second",
    );
    pen.body(
      path`M${46 + half - 4},62 Q${46 + half + 8},58 ${46 + half + 12},${pen.at(4, 36, 46)} l6,1 Q${46 + half + 14},74 ${46 + half - 4},80 Z`,
      "first",
      "round",
    );
    pen
      .body(
        symmetric(
          [half * 0.6, top],
          [
            [half, top + 8, half + pen.at(5, -2, 5), 66, half - pen.at(6, 0, 6), 90],
            [0, 91],
          ],
          46,
        ),
        "main",
        "round",
      )
      .body(ellipse(46, top, half * 0.62, 4), "first", "flat")
      .body(ellipse(46, top - 4, pen.at(7, 3, 5)), "second", "ball");
    if (pen.choice(8, 2)) pen.part(rect(46 - half, 76, half * 2, 5), "third", 0.9);
    pen
      .mark(46, 62, pen.at(9, 4, 8), "third")
      .gleam(path`M${46 - half + 6},${top + 14} q-3,16 0,34 l3,0 q-3,-16 0,-34 Z`);
  },
};
