import { polygon } from "../pattern.ts";
import { ellipse, type Pen, path, rect, symmetric } from "./pen.ts";

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

export const toys: Record<string, (pen: Pen) => void> = {
  teddy(pen) {
    const head = pen.at(0, 17, 22);
    const ear = pen.at(1, 5, 9);
    const belly = pen.at(2, 17, 23);
    pen.mirrored(() => {
      pen
        .body(ellipse(50 + head * 0.8, 30 - head * 0.75, ear), "main", "ball")
        .part(ellipse(50 + head * 0.8, 30 - head * 0.75, ear * 0.55), "second");
      pen.turned(pen.at(3, -35, 5), 50 + belly, 54, () =>
        pen.body(ellipse(50 + belly + 4, 60, 7, pen.at(4, 10, 14)), "main", "ball"),
      );
      pen
        .body(ellipse(50 + belly * 0.75, 86, pen.at(5, 8, 11), 9), "main", "ball")
        .part(ellipse(50 + belly * 0.75, 87, 4.6, 5), "second");
    });
    pen
      .body(ellipse(50, 68, belly, 21), "main", "ball")
      .part(ellipse(50, 70, belly * 0.6, 13), "second", 0.92)
      .body(ellipse(50, 30, head, head * 0.92), "main", "ball");
    pen
      .body(ellipse(50, 36, head * 0.46, head * 0.36), "second", "ball")
      .part(ellipse(50, 33, 2.6, 1.9), "dark")
      .line(path`M50,35 v3 q-3,3 -5,1 M50,38 q3,3 5,1`, 0.8, "dark");
    pen.mirrored(() =>
      pen
        .part(ellipse(50 + head * pen.at(6, 0.3, 0.5), 26, 1.9), "dark")
        .part(ellipse(50 + head * pen.at(6, 0.3, 0.5) - 0.5, 25.4, 0.6), "#ffffff"),
    );
    const extra = pen.choice(7, 3);
    if (extra === 0) pen.body(path`M50,50 l-11,-5 v10 Z M50,50 l11,-5 v10 Z`, "third", "flat");
    if (extra === 1)
      pen.body(
        path`M${50 - head * 0.7},48 Q50,56 ${50 + head * 0.7},48 V52 Q50,60 ${50 - head * 0.7},52 Z M54,54 l7,16 l-8,-3 Z`,
        "third",
        "flat",
      );
    if (extra === 2) pen.mark(50, 68, pen.at(8, 5, 8), "third");
  },
  car(pen) {
    const hood = pen.at(0, 44, 56);
    const roof = pen.at(1, 24, 36);
    const a = pen.at(2, 26, 36);
    const b = pen.at(3, 60, 76);
    const r = pen.at(4, 8, 12);
    pen.body(
      path`M6,72 V${hood + 4} Q8,${hood} 16,${hood} L${a},${roof + 2} Q${a + 2},${roof} ${a + 6},${roof} H${b} Q${b + 3},${roof} ${b + 5},${roof + 3} L${b + 12},${hood} Q94,${hood} 95,${hood + 8} V72 Z`,
      "main",
      "flat",
    );
    pen.body(
      path`M${a + 2},${hood} L${a + 7},${roof + 5} H${(a + b) / 2 - 1} V${hood} Z M${(a + b) / 2 + 2},${hood} V${roof + 5} H${b} L${b + 6},${hood} Z`,
      "#a9cbe0",
      "flat",
    );
    pen
      .part(rect(6, pen.at(5, 60, 66), 89, pen.at(6, 2, 5)), "second")
      .part(ellipse(92, hood + 8, 2.6, 3.4), "#ffe9a0")
      .part(rect(6, hood + 6, 3, 5), "#d8322f")
      .mark(50, hood + 9, 4, "third");
    for (const x of [26, 76])
      pen
        .body(ellipse(x, 75, r), "dark", "ball")
        .body(ellipse(x, 75, r * pen.at(7, 0.4, 0.66)), pen.choice(8, 2) ? "third" : "metal", "ball");
    if (pen.choice(9, 3) === 0) pen.body(rect(a + 8, roof - 5, b - a - 12, 4, 1), "third", "flat");
    if (pen.choice(9, 3) === 1) pen.body(rect((a + b) / 2 - 4, roof - 6, 8, 6, 2), "third", "ball");
  },
  robot(pen) {
    const head = pen.at(0, 13, 19);
    const body = pen.at(1, 17, 23);
    pen.mirrored(() => {
      pen
        .tube(
          path`M${50 + body - 1},48 Q${50 + body + pen.at(2, 6, 14)},52 ${50 + body + 8},${pen.at(3, 36, 76)}`,
          5,
          "second",
        )
        .body(ellipse(50 + body + 8, pen.at(3, 36, 76), 5), "third", "ball");
      pen
        .body(rect(50 + body * 0.25, 74, body * 0.55, 17, 2), "second", "round")
        .body(rect(50 + body * 0.2, 88, body * 0.75, 6.5, 2), "third", "flat");
    });
    if (pen.choice(4, 2)) pen.line(path`M50,16 V7`, 1.6, "metal").body(ellipse(50, 6, 3), "third", "ball");
    pen
      .body(rect(50 - body, 41, body * 2, 35, pen.at(5, 2, 12)), "main", "round")
      .body(rect(50 - head, 14, head * 2, 25, pen.at(6, 2, 12)), "main", "round");
    const eye = pen.at(7, 3, 5.4);
    pen.mirrored(() =>
      pen
        .body(
          pen.choice(8, 2)
            ? ellipse(50 + head * 0.45, 24, eye)
            : rect(50 + head * 0.45 - eye, 24 - eye, eye * 2, eye * 2, 1),
          "#eef4f6",
          "flat",
        )
        .part(ellipse(50 + head * 0.45, 24, eye * 0.45), "dark"),
    );
    pen
      .part(rect(50 - head * 0.45, 33, head * 0.9, 2.6, 1), "dark")
      .body(rect(50 - body * 0.6, 48, body * 1.2, 17, 2), "second", "flat")
      .mark(50, 56.5, pen.at(9, 4, 7.5), "third", "second");
  },
  rings(pen) {
    const count = 3 + pen.choice(0, 4);
    const wide = pen.at(1, 26, 36);
    const top = pen.at(2, 16, 26);
    const h = (88 - top) / count;
    pen
      .tube(path`M50,88 V${top - 4}`, 5, "#d9bd8c")
      .body(ellipse(50, top - 6, pen.at(3, 5, 9)), pen.choice(4, 2) ? "second" : "third", "ball");
    const order = (["main", "second", "third"] as const).slice(0, 2 + pen.choice(5, 2));
    for (let k = 0; k < count; k++)
      pen.body(
        rect(
          50 - wide * (0.42 + (0.58 * (k + 1)) / count),
          top + k * h,
          2 * wide * (0.42 + (0.58 * (k + 1)) / count),
          h - 0.6,
          h * pen.at(6, 0.2, 0.5),
        ),
        order[(k + pen.choice(7, 3)) % order.length] ?? "main",
        "round",
      );
    pen.body(rect(50 - wide - pen.at(8, 1, 6), 88, wide * 2 + pen.at(8, 2, 12), pen.at(9, 4, 8), 2), "#d9bd8c", "flat");
  },
  duck(pen) {
    const head = pen.at(0, 14, 19);
    const body = pen.at(1, 28, 35);
    const hx = pen.at(2, 58, 68);
    pen.body(
      path`M${50 - body},62 Q${42 - body},${pen.at(3, 40, 54)} ${50 - body + 2},44 Q${50 - body + 12},56 48,50 H74 Q${52 + body},66 ${44 + body},82 Q50,${pen.at(4, 92, 98)} ${56 - body},84 Q${48 - body},74 ${50 - body},62 Z`,
      "main",
      "ball",
    );
    pen
      .body(
        path`M36,62 Q50,${pen.at(5, 54, 62)} 62,64 Q${pen.at(6, 56, 66)},80 44,78 Q34,74 36,62 Z`,
        pen.choice(7, 2) ? "second" : "main",
        "ball",
      )
      .body(ellipse(hx, 34, head), "main", "ball");
    pen
      .body(
        path`M${hx + head - 4},32 Q${hx + head + 12},32 ${hx + head + 11},37 Q${hx + head + 4},44 ${hx + head - 5},41 Z`,
        "third",
        "flat",
      )
      .part(ellipse(hx + head * 0.3, 29, 2.4), "dark")
      .part(ellipse(hx + head * 0.3 + 0.6, 28.3, 0.8), "#ffffff");
    const hat = pen.choice(8, 4);
    if (hat === 1) pen.body(path`M${hx - 9},22 L${hx},${pen.at(9, 4, 12)} L${hx + 8},21 Z`, "second", "round");
    if (hat === 2)
      pen.body(path`M${hx - 12},21 H${hx + 12} V19 H${hx + 8} V9 H${hx - 8} V19 H${hx - 12} Z`, "second", "flat");
    if (hat === 3)
      pen.body(
        path`M${hx - head * 0.8},44 Q${hx},56 ${hx + head * 0.8},44 V49 Q${hx},61 ${hx - head * 0.8},49 Z`,
        "second",
        "flat",
      );
  },
  ball(pen) {
    const r = pen.at(0, 34, 43);
    pen.body(ellipse(50, 50, r), "main", "none");
    const kind = pen.choice(1, 4);
    if (kind === 0)
      for (let k = 0; k < 3; k++)
        pen.turned(k * 60 + pen.at(2, 0, 60), 50, 50, () =>
          pen.part(
            path`M50,${50 - r} Q${50 + r * 0.75},50 50,${50 + r} Q${50 + r * 0.3},50 50,${50 - r} Z`,
            k % 2 ? "third" : "second",
          ),
        );
    if (kind === 1)
      pen.line(
        path`M${50 - r},50 Q50,${pen.at(2, 40, 62)} ${50 + r},50 M50,${50 - r} Q${pen.at(3, 40, 60)},50 50,${50 + r} M${50 - r * 0.7},${50 - r * 0.7} Q48,50 ${50 - r * 0.7},${50 + r * 0.7} M${50 + r * 0.7},${50 - r * 0.7} Q52,50 ${50 + r * 0.7},${50 + r * 0.7}`,
        pen.at(4, 1, 2.4),
        "second",
      );
    if (kind === 2) {
      pen.part(polygon(50, 48, r * 0.34, 5, 1, pen.at(2, 0, 72)), "second");
      for (let k = 0; k < 5; k++)
        pen.turned(k * 72 + pen.at(2, 0, 72), 50, 50, () =>
          pen
            .part(polygon(50, 50 - r * 0.8, r * 0.2, 5), k % 2 ? "second" : "third")
            .line(path`M50,${50 - r * 0.34} V${50 - r * 0.6}`, 1, "second"),
        );
    }
    if (kind === 3)
      pen
        .part(
          path`M${50 - r * 0.97},${pen.at(5, 40, 46)} Q50,${pen.at(6, 46, 60)} ${50 + r * 0.97},${pen.at(5, 40, 46)} V${pen.at(5, 54, 60)} Q50,${pen.at(6, 62, 76)} ${50 - r * 0.97},${pen.at(5, 54, 60)} Z`,
          "second",
        )
        .mark(50, pen.at(7, 26, 34), pen.at(8, 7, 11), "third");
    pen.mark(50 + r * 0.3, 50 + r * 0.5, pen.at(9, 4, 8), "third");
    pen.light(ellipse(50, 50, r), "ball");
  },
};

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
