import { polygon } from "../pattern.ts";
import { ellipse, path, rect } from "./outline.ts";
import type { Pen } from "./pen.ts";

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
