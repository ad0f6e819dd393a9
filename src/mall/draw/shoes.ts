import { ellipse, path, rect } from "./outline.ts";
import type { Pen } from "./pen.ts";

export const shoes: Record<string, (pen: Pen) => void> = {
  sneaker: (pen) => trainer(pen, pen.at(0, 40, 48)),
  highTop: (pen) => trainer(pen, pen.at(0, 22, 32)),
  boot(pen) {
    const top = pen.at(0, 10, 34);
    const shaft = pen.at(1, 13, 17);
    const heel = pen.at(2, 3, 12);
    const toe = pen.at(3, 88, 95);
    pen.body(
      path`M${28 - shaft * 0.6},${top} H${28 + shaft + 8} L${28 + shaft + 7},56 Q${toe - 14},60 ${toe},76 Q${toe + 2},84 ${toe},85 H16 Q14,64 ${28 - shaft * 0.6},${top} Z`,
    );
    pen.body(
      path`M15,84 H${toe + 1} Q${toe + 2},90 ${toe - 4},90 H40 L36,${88 + heel * 0.4} L35,${86 + heel} H16 Z`,
      pen.choice(4, 2) ? "dark" : "second",
      "flat",
    );
    pen.body(rect(27 - shaft * 0.6, top - 1, shaft * 1.6 + 10, pen.at(5, 3, 10), 1.4), "second", "round");
    if (pen.choice(6, 2)) {
      for (let k = 0; k < 5; k++)
        pen
          .line(path`M${28 + shaft - 1},${top + 14 + k * 7} l9,-2.4`, 1.1, "third")
          .part(ellipse(28 + shaft - 1, top + 14 + k * 7, 1), "metal");
    } else
      pen
        .line(path`M30,${top + 6} V80`, 1, "trim")
        .body(rect(18, pen.at(7, 58, 68), 28, 4.6, 1), "third", "round")
        .part(rect(30, pen.at(7, 57, 67), 6, 6.4, 1), "metal");
    pen
      .fold(path`M${28 + shaft + 4},58 Q50,${66} ${pen.at(8, 54, 66)},84`)
      .gleam(path`M${toe - 14},66 q10,3 12,12 q-6,-6 -14,-8 Z`);
  },
  heel(pen) {
    const high = pen.at(0, 18, 36);
    const back = 84 - high;
    const toe = pen.at(1, 90, 96);
    pen.body(
      path`M12,${back - 10} Q${pen.at(2, 14, 22)},${back - 16} 24,${back - 4} Q46,${pen.at(3, 70, 84)} 66,${pen.at(4, 66, 74)} Q86,72 ${toe},84 Q${toe},87 ${toe - 4},87 H66 Q44,87 26,${back + 14} Q14,${back + 8} 12,${back - 10} Z`,
      "main",
      "round",
    );
    pen.body(
      path`M13,${back + 2} Q18,${back + 12} 26,${back + 14} L${15 + pen.at(5, 3, 12)},89 H15 Z`,
      pen.choice(6, 2) ? "second" : "first",
      "round",
    );
    pen
      .line(path`M26,${back + 15} Q46,88.6 66,88.6 H${toe - 3}`, 1.6, "dark")
      .gleam(path`M74,73 q12,3 16,9 q-10,-4 -18,-5 Z`);
    const extra = pen.choice(7, 4);
    if (extra === 1) pen.tube(path`M16,${back - 8} Q30,${back - 22} 44,${back - 8}`, pen.at(8, 1.6, 3), "second");
    if (extra === 2) pen.body(path`M78,76 l-7,-5 v9 Z M78,76 l7,-3 v8 Z`, "third", "flat");
    if (extra === 3)
      pen
        .part(path`M80,74 Q${toe - 2},78 ${toe},84 Q${toe},87 ${toe - 4},87 H80 Q76,80 80,74 Z`, "second")
        .mark(70, 76, 2.6, "third");
  },
  loafer(pen) {
    const top = pen.at(0, 48, 58);
    const toe = pen.at(1, 88, 95);
    pen.part(ellipse(34, top + 1, 20, 5), "trim");
    pen.body(
      path`M12,${top - 4} Q22,${top + pen.at(2, 0, 8)} 40,${top + 4} Q54,${top - 6} 62,${top - pen.at(3, -2, 6)} Q84,${top + 6} ${toe},74 Q${toe + 1},81 ${toe - 2},81 H12 Q7,66 12,${top - 4} Z`,
    );
    pen.body(
      path`M10,80 H${toe - 1} Q${toe + 2},88 ${toe - 4},88 H38 V${pen.at(4, 88, 92)} H10 Z`,
      pen.choice(5, 2) ? "dark" : "third",
      "flat",
    );
    pen.line(path`M54,${top + 2} Q68,${top + 4} ${toe - 8},72 Q74,78 58,${top + 12}`, 0.9, "trim");
    const front = pen.choice(6, 3);
    if (front === 0)
      pen.body(
        path`M48,${top + 1} Q60,${top + 2} 62,${top + 16} L54,${top + 18} Q52,${top + 8} 46,${top + 7} Z`,
        "second",
        "flat",
      );
    if (front === 1) pen.line(path`M50,${top + 6} q8,2 9,10`, 2, "metal");
    if (front === 2)
      pen
        .line(path`M52,${top + 6} q-6,8 -2,14 M52,${top + 6} q6,6 5,14`, 1.6, "second")
        .part(ellipse(52, top + 6, 2), "second");
    pen.stitch(path`M14,77 H${toe - 4}`).gleam(path`M${toe - 16},${top + 12} q11,2 13,9 q-6,-4 -13,-5 Z`);
  },
  sandal(pen) {
    const sole = pen.at(0, 4, 11);
    pen.body(
      path`M10,${82 - sole} Q30,${78 - sole} 52,${82 - sole} T94,${82 - sole} Q96,86 92,88 H12 Q7,86 10,${82 - sole} Z`,
      pen.choice(1, 2) ? "main" : "third",
      "flat",
    );
    const straps = 2 + pen.choice(2, 3);
    for (let k = 0; k < straps; k++) {
      const x = 34 + (k * 44) / straps + pen.at(3, -3, 5);
      const peak = pen.at(4, 50, 62) + k * 3;
      pen.body(
        path`M${x},${82 - sole} Q${x + 1},${peak + 6} ${x + 13},${peak} L${x + 25},${peak + pen.at(5, 1, 7)} Q${x + pen.at(6, 15, 19)},${peak + 10} ${x + pen.at(6, 14, 20)},${82 - sole} Z`,
        k % 2 ? "second" : "main",
        "round",
      );
    }
    pen.tube(
      path`M16,${80 - sole} Q10,${pen.at(7, 40, 56)} 26,${pen.at(8, 40, 50)} Q40,${pen.at(8, 42, 52)} 44,${64}`,
      pen.at(9, 2.6, 5),
      "second",
    );
    pen.part(rect(30, pen.at(8, 38, 48), 6, 5.4, 1), "metal");
  },
};

function trainer(pen: Pen, top: number): void {
  const toe = pen.at(1, 90, 96);
  const sole = pen.at(2, 7, 13);
  const ground = 88;
  const line = ground - sole;
  pen.part(ellipse(29, top + 1.5, 14, 4), "trim");
  pen.body(
    path`M13,${top - 2} Q20,${top + 3} 32,${top + 2} L44,${top + 1} L${pen.at(3, 58, 66)},${(top + line) / 2} Q${toe - 4},${line - 18} ${toe},${line - 4} V${line + 2} H9 Q8,${line - 18} 13,${top - 2} Z`,
  );
  pen.body(
    path`M${toe - pen.at(4, 14, 22)},${line - 16} Q${toe - 3},${line - 14} ${toe},${line - 4} V${line + 2} H${toe - pen.at(4, 18, 28)} Z`,
    pen.choice(5, 2) ? "second" : "first",
    "flat",
  );
  pen.body(path`M9.6,${line - 12} Q16,${line - 10} 24,${line + 1} H9 Z`, "second", "flat");
  pen.body(
    path`M8,${line} Q30,${line - 2} 52,${line + 1} T${toe + 1},${line - 2} Q${toe + 4},${ground} ${toe - 4},${ground} H12 Q6,${ground} 8,${line} Z`,
    pen.choice(6, 3) === 0 ? "third" : pen.choice(6, 3) === 1 ? "#f4f2ec" : "second",
    "flat",
  );
  pen.line(path`M9,${ground - 2} H${toe}`, 1.3, pen.choice(7, 2) ? "dark" : "third");
  const rows = 3 + Math.round((line - top) / 12);
  for (let k = 0; k < rows; k++) {
    const f = (k + 0.6) / rows;
    const x = 42 + f * (pen.at(3, 58, 66) - 40);
    const y = top + 1 + f * ((line - top) * 0.48);
    pen.line(path`M${x - 9},${y + 3.4} L${x + 1},${y}`, 1.3, pen.choice(8, 2) ? "#f6f4ee" : "third");
  }
  const side = pen.choice(9, 4);
  const y = line - 5;
  if (side === 0) pen.mark(38, y - 8, 6, "third");
  if (side === 1) for (let k = 0; k < 3; k++) pen.line(path`M${34 + k * 7},${y} l8,-15`, 2.6, "third");
  if (side === 2) pen.line(path`M24,${y - 6} Q38,${y + 3} 62,${y - 12}`, 3, "third");
  if (side === 3)
    pen.body(path`M30,${y + 4} L36,${y - 14} H50 L58,${y + 4} Z`, "third", "flat").mark(44, y - 5, 3.6, "second");
}
