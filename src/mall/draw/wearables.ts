import { ellipse, type Pen, path, rect, symmetric } from "./pen.ts";

export const bags: Record<string, (pen: Pen) => void> = {
  tote(pen) {
    const top = pen.at(0, 24, 34);
    const half = pen.at(1, 28, 37);
    const foot = half + pen.at(2, -8, 3);
    const bottom = pen.at(3, 84, 92);
    const grip = pen.at(4, 10, 17);
    const arch = path`M${50 - grip},${top + 6} C${50 - grip},${pen.at(5, -8, 8)} ${50 + grip},${pen.at(5, -8, 8)} ${50 + grip},${top + 6}`;
    pen.tube(arch, pen.at(6, 2.4, 4.4), "second");
    pen.body(
      symmetric(
        [half, top],
        [
          [half + 1, top + 30, foot, bottom - 3],
          [foot - 1, bottom, foot - 5, bottom],
          [0, bottom],
        ],
      ),
      "main",
      "cloth",
    );
    pen.mirrored(() => pen.body(rect(50 + grip - 2.6, top, 5.2, pen.at(7, 8, 26), 1), "second", "flat"));
    pen.stitch(path`M${50 - half + 1.5},${top + 2.5} H${50 + half - 1.5}`);
    if (pen.choice(8, 3) === 0)
      pen
        .body(rect(50 - half * 0.5, 56, half, 24, 2), "main", "flat")
        .stitch(rect(50 - half * 0.5 + 1, 57, half - 2, 22, 2));
    if (pen.choice(8, 3) === 1)
      pen.part(
        path`M${50 - foot - 0.4},${bottom - 12} H${50 + foot + 0.4} L${50 + foot - 1},${bottom} H${50 - foot + 1} Z`,
        "second",
        0.95,
      );
    pen.mark(50, pen.at(9, 52, 64), pen.at(8, 5, 11), pen.choice(9, 2) ? "second" : "third");
  },
  backpack(pen) {
    const half = pen.at(0, 24, 31);
    const top = pen.at(1, 12, 20);
    pen.tube(path`M44,${top + 3} C42,${top - 8} 58,${top - 8} 56,${top + 3}`, 3, "second");
    pen.mirrored(() =>
      pen.tube(
        path`M${50 + half - 4},24 Q${50 + half + pen.at(2, 5, 12)},50 ${50 + half - 2},86`,
        pen.at(3, 3, 5.5),
        "second",
      ),
    );
    pen.body(
      symmetric(
        [0, top],
        [
          [half - 3, top, half, top + 20],
          [half + 2, 70, half, 88],
          [half - 2, 93, half - 7, 93],
          [0, 93],
        ],
      ),
    );
    const pocket = pen.at(4, 54, 66);
    const wide = half - pen.at(5, 3, 8);
    pen.body(
      symmetric(
        [0, pocket],
        [
          [wide, pocket, wide, pocket + 8],
          [wide, 89],
          [0, 90],
        ],
      ),
      pen.choice(6, 2) ? "second" : "main",
      "flat",
    );
    pen
      .line(path`M${50 - wide + 4},${pocket + 6} H${50 + wide - 4}`, 1.2, "dark")
      .line(path`M${50 + wide - 5},${pocket + 6} v5`, 1.1, "metal");
    pen.line(
      path`M${50 - half + 1},${pocket - 14} Q50,${pocket - pen.at(7, 34, 18)} ${50 + half - 1},${pocket - 14}`,
      1.1,
      "dark",
    );
    if (pen.choice(8, 2))
      pen.mirrored(() => pen.body(rect(50 + wide * 0.35, top + 12, 4.6, pocket - top - 4, 1), "third", "flat"));
    pen
      .body(rect(50 - 6, pocket - 14, 12, 10, pen.at(9, 0, 4)), "third", "flat")
      .mark(50, pocket - 9, 3.6, pen.ink("third"), "third");
  },
  handbag(pen) {
    const top = pen.at(0, 38, 48);
    const half = pen.at(1, 26, 33);
    const foot = half + pen.at(2, 2, 11);
    const flap = pen.at(3, 10, 26);
    pen.tube(
      path`M${50 - half * 0.6},${top + 4} C${50 - half * 0.7},${pen.at(4, 2, 20)} ${50 + half * 0.7},${pen.at(4, 2, 20)} ${50 + half * 0.6},${top + 4}`,
      pen.at(5, 2.6, 4.6),
      "second",
    );
    pen.body(
      symmetric(
        [half, top],
        [
          [foot, 84],
          [foot, 90, foot - 6, 90],
          [0, 90],
        ],
      ),
      "main",
      "cloth",
    );
    const d = [
      symmetric(
        [half, top],
        [
          [half + 2, top + flap * 0.6, half * 0.5, top + flap],
          [0, top + flap],
        ],
      ),
      symmetric(
        [half, top],
        [
          [half + 1.5, top + flap * 0.7],
          [0, top + flap + 6],
        ],
      ),
      symmetric(
        [half, top],
        [
          [half + 2, top + flap],
          [0, top + flap],
        ],
      ),
    ][pen.choice(6, 3)] as string;
    pen
      .body(d, pen.choice(7, 2) ? "second" : "main", "flat")
      .gleam(path`M${50 - half + 4},${top + 3} h6 l-4,${flap * 0.6} h-4 Z`, 0.5);
    pen.mirrored(() => pen.part(ellipse(50 + half * 0.6, top + 3, 2.2), "metal"));
    const clasp = pen.choice(8, 3);
    if (clasp === 0) pen.part(rect(46, top + flap - 2, 8, 6, 1.4), "metal");
    else if (clasp === 1) pen.part(ellipse(50, top + flap, 4), "metal").mark(50, top + flap, 2.6, "dark", "metal");
    else pen.mark(50, top + flap + 1, 5, "third", "main");
    if (pen.choice(9, 3) === 1)
      pen
        .line(path`M${50 + half - 4},${top + 4} q4,14 2,22`, 1.6, "third")
        .part(ellipse(50 + half - 2, top + 29, 3.6), "third");
  },
  messenger(pen) {
    const half = pen.at(0, 30, 40);
    const top = pen.at(1, 34, 42);
    const bottom = pen.at(2, 80, 90);
    pen.tube(
      path`M${50 - half + 3},${top + 3} C${50 - half * 0.6},${pen.at(3, 0, 14)} ${50 + half * 0.6},${pen.at(3, 0, 14)} ${50 + half - 3},${top + 3}`,
      pen.at(4, 2.6, 5),
      "second",
    );
    pen.body(rect(50 - half, top, half * 2, bottom - top, 4));
    const flap = top + (bottom - top) * pen.at(5, 0.45, 0.85);
    pen
      .body(rect(50 - half - 0.8, top - 1.2, half * 2 + 1.6, flap - top, pen.at(6, 1, 12)), "main", "flat")
      .stitch(rect(50 - half + 0.6, top, half * 2 - 1.2, flap - top - 2.4, pen.at(6, 1, 11)));
    const straps = 1 + pen.choice(7, 2);
    for (let k = 0; k < straps; k++) {
      const x = straps === 1 ? 50 : 50 + (k ? 1 : -1) * half * 0.5;
      pen
        .body(rect(x - 2.6, flap - 20, 5.2, 24, 1.4), "second", "flat")
        .part(rect(x - 3.4, flap - 4, 6.8, 4.4, 1), "metal")
        .part(rect(x - 1.6, flap - 3, 3.2, 2.4), "dark");
    }
    if (pen.choice(8, 2)) pen.mark(50 + half * 0.72, top + 8, 4, "third");
  },
  suitcase(pen) {
    const half = pen.at(0, 22, 31);
    const top = pen.at(1, 20, 30);
    pen.line(rect(42, 4, 16, top, 2), 2, "metal").part(rect(40.5, 3, 19, 4.4, 2), "dark");
    pen.body(rect(50 - half, top, half * 2, 90 - top, pen.at(2, 3, 10)), "main", "round");
    const ribs = 2 + pen.choice(3, 6);
    for (let k = 1; k <= ribs; k++) {
      const x = 50 - half + (half * 2 * k) / (ribs + 1);
      if (pen.choice(4, 2)) pen.fold(path`M${x},${top + 4} V86`, 1.6);
      else pen.fold(path`M${50 - half + 3},${top + ((90 - top) * k) / (ribs + 1)} H${50 + half - 3}`, 1.6);
    }
    pen.mirrored(() =>
      pen
        .part(rect(50 + half - 10, 89, 6, 5, 2), "dark")
        .part(rect(50 + half - 8, pen.at(5, 0, 1) > 0.5 ? top : 84, 8, 6, 2), "second"),
    );
    if (pen.choice(6, 2)) pen.part(rect(50 - half, pen.at(7, 46, 60), half * 2, pen.at(8, 3, 7)), "second");
    pen.mark(50, top + 11, pen.at(9, 3.5, 6), "third");
  },
};

/** An ellipse drawn the other way round, so that it cuts a hole into the outline before it. */
function hole(cx: number, cy: number, rx: number, ry: number): string {
  return path`M${cx - rx},${cy}a${rx},${ry} 0 1 1 ${2 * rx},0a${rx},${ry} 0 1 1 ${-2 * rx},0Z`;
}

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

export const accessories: Record<string, (pen: Pen) => void> = {
  watch(pen) {
    const r = pen.at(0, 18, 24);
    const strap = pen.at(1, 9, 14);
    pen.body(
      path`M${50 - strap},34 L${50 - strap + 3},4 H${50 + strap - 3} L${50 + strap},34 Z M${50 - strap},66 L${50 - strap + 3},96 H${50 + strap - 3} L${50 + strap},66 Z`,
      "main",
      "round",
    );
    if (pen.choice(2, 2))
      for (let k = 0; k < 5; k++)
        pen.fold(
          path`M${50 - strap + 2},${9 + k * 4.5} h${strap * 2 - 4} M${50 - strap + 2},${74 + k * 4.5} h${strap * 2 - 4}`,
        );
    const square = pen.choice(3, 3) === 0;
    const face = (q: number) => (square ? rect(50 - q, 50 - q, q * 2, q * 2, q * 0.3) : ellipse(50, 50, q));
    pen.part(rect(50 + r - 1, 47, 4.4, 6, 1.4), "metal").body(face(r), pen.choice(4, 2) ? "metal" : "second", "flat");
    pen.body(face(r * 0.82), pen.choice(5, 2) ? "third" : "#f3f1ea", "flat");
    const dial = pen.choice(5, 2) ? pen.ink("third") : "dark";
    const ticks = [4, 8, 12][pen.choice(6, 3)] ?? 12;
    for (let k = 0; k < ticks; k++)
      pen.turned((k * 360) / ticks, 50, 50, () => pen.part(rect(49.4, 50 - r * 0.76, 1.2, r * 0.16), dial));
    pen.turned(pen.at(7, 0, 360), 50, 50, () => pen.line(path`M50,52 V${50 - r * 0.45}`, 1.8, dial));
    pen.turned(pen.at(8, 0, 360), 50, 50, () => pen.line(path`M50,53 V${50 - r * 0.66}`, 1.1, dial));
    if (pen.choice(9, 2)) pen.line(ellipse(50, 50 + r * 0.4, r * 0.2), 0.7, dial);
    pen
      .mark(50, 50 - r * 0.4, 2.2, dial)
      .gleam(
        path`M${50 - r * 0.6},${50 - r * 0.3} L${50 + r * 0.2},${50 - r * 0.72} L${50 + r * 0.35},${50 - r * 0.62} L${50 - r * 0.55},${50 - r * 0.05} Z`,
        0.5,
      );
  },
  cap(pen) {
    const crown = pen.at(0, 22, 34);
    const half = pen.at(1, 27, 33);
    pen.body(
      path`M${46 - half},64 C${46 - half},${crown - 8} ${46 + half},${crown - 8} ${46 + half},64 Q46,${pen.at(2, 66, 72)} ${46 - half},64 Z`,
      "main",
      "ball",
    );
    pen
      .fold(path`M46,${crown - 1} Q${44},48 45,66`)
      .fold(path`M46,${crown - 1} Q${46 + half * 0.6},40 ${46 + half * 0.62},66`)
      .stitch(path`M46,${crown - 1} Q${46 - half * 0.6},40 ${46 - half * 0.62},66`);
    pen.body(
      path`M${46 - half * pen.at(3, 0.1, 0.9)},65 Q62,60 ${46 + half},62 Q${94 + pen.at(4, -4, 4)},68 95,${pen.at(5, 74, 82)} Q70,70 ${46 - half * 0.2},72 Z`,
      pen.choice(6, 2) ? "second" : "main",
      "flat",
    );
    pen.part(ellipse(46, crown - 1.6, 2.6, 1.8), "second").mark(56, 49, pen.at(7, 5, 9.5), "third");
    if (pen.choice(8, 2)) pen.line(path`M${46 - half + 1},61 Q46,68 ${46 + half - 1},61`, pen.at(9, 1, 3), "second");
  },
  sunglasses(pen) {
    const w = pen.at(0, 17, 22);
    const h = pen.at(1, 11, 19);
    const gap = pen.at(2, 3, 6);
    const y = 50;
    pen.mirrored(() => {
      pen.tube(
        path`M${50 + gap + w * 2 - 3},${y - h * 0.6} Q96,${y - h - 6} 93,${y - 22} L86,${pen.at(3, 20, 28)}`,
        pen.at(4, 1.8, 4),
        "main",
      );
      const lens = [
        path`M${50 + gap},${y - h} H${50 + gap + w * 2} Q${50 + gap + w * 2 + 1},${y + h} ${50 + gap + w},${y + h} Q${50 + gap},${y + h} ${50 + gap},${y - h} Z`,
        ellipse(50 + gap + w, y, w, h),
        rect(50 + gap, y - h, w * 2, h * 1.8, 4),
        path`M${50 + gap},${y - h * 0.6} L${50 + gap + w * 2 + 3},${y - h - 4} Q${50 + gap + w * 2},${y + h} ${50 + gap + w},${y + h} Q${50 + gap},${y + h} ${50 + gap},${y - h * 0.6} Z`,
      ][pen.choice(5, 4)] as string;
      pen
        .line(lens, pen.at(6, 3, 6), "main")
        .part(lens, pen.choice(7, 2) ? "third" : "dark", 0.82)
        .gleam(
          path`M${50 + gap + 5},${y + h * 0.4} L${50 + gap + w + 2},${y - h * 0.8} h4 L${50 + gap + 9},${y + h * 0.6} Z`,
          0.8,
        );
    });
    pen.line(
      path`M${50 - gap},${y - h * 0.4} Q50,${y - h * pen.at(8, 0.5, 1)} ${50 + gap},${y - h * 0.4}`,
      pen.at(9, 1.8, 4),
      "second",
    );
  },
  scarf(pen) {
    const wide = pen.at(0, 9, 14);
    const a = pen.at(1, 76, 92);
    const b = pen.at(2, 62, 88);
    const tail = (x: number, end: number, lean: number) => {
      pen.body(path`M${x - wide},36 L${x + wide},36 L${x + wide + lean},${end} H${x - wide + lean} Z`);
      const fringe = 5 + pen.choice(3, 4);
      for (let k = 0; k <= fringe; k++)
        pen.line(path`M${x - wide + lean + (wide * 2 * k) / fringe},${end} v${pen.at(4, 1.6, 6)}`, 1, "second");
      pen
        .part(path`M${x - wide + lean * 0.9},${end - pen.at(5, 6, 16)} h${wide * 2} v3 h${-wide * 2} Z`, "third", 0.9)
        .fold(path`M${x},44 L${x + lean * 0.7},${end - 6}`);
    };
    tail(41 + pen.at(6, -4, 3), b, -pen.at(7, 2, 9));
    tail(58 + pen.at(6, -3, 4), a, pen.at(8, 0, 8));
    pen.body(
      path`M22,30 Q24,12 50,11 Q76,12 78,30 Q76,${pen.at(9, 44, 52)} 50,${pen.at(9, 46, 54)} Q24,${pen.at(9, 44, 52)} 22,30 Z M34,28 Q50,20 66,28 Q50,36 34,28 Z`,
      "main",
      "ball",
    );
    pen
      .part(ellipse(50, 27, 16.5, 5), "#000000", 0.42)
      .fold(path`M26,34 Q50,46 75,33`)
      .fold(path`M30,40 Q50,52 70,40`);
  },
  necklace(pen) {
    const low = pen.at(0, 56, 72);
    const wide = pen.at(1, 22, 34);
    const chain = path`M${50 - wide},12 C${50 - wide - 4},${low - 16} 38,${low} 50,${low} C62,${low} ${50 + wide + 4},${low - 16} ${50 + wide},12`;
    if (pen.choice(2, 2)) pen.tube(chain, 1.6, "#d9b45a");
    else
      for (let k = 0; k <= 28; k++) {
        const t = k / 28;
        const x = 50 + (t - 0.5) * 2 * wide * (1 + 0.16 * Math.sin(t * Math.PI));
        pen.body(
          ellipse(x, 12 + (low - 12) * (1 - (2 * t - 1) ** 4), pen.at(3, 1.4, 2.8)),
          k % 3 ? "second" : "main",
          "ball",
        );
      }
    const r = pen.at(4, 8, 15);
    const y = low + r;
    const pendant = [
      ellipse(50, y, r),
      rect(50 - r * 0.8, y - r, r * 1.6, r * 2, 2),
      symmetric(
        [0, y - r],
        [
          [r * 0.9, y - r * 0.2],
          [0, y + r],
        ],
      ),
      symmetric([0, y - r * 0.6], [[r, y - r * 1.6, r * 1.4, y, 0, y + r]]),
    ][pen.choice(5, 4)] as string;
    pen
      .line(ellipse(50, low, 1.6), 0.8, "metal")
      .body(pendant, "main", "ball")
      .line(pendant, pen.at(6, 0.8, 2.2), pen.choice(7, 2) ? "#d9b45a" : "metal");
    if (pen.choice(8, 2)) pen.mark(50, y, r * 0.5, "third");
    else pen.body(ellipse(50, y, r * 0.4), "third", "ball");
    pen.gleam(ellipse(50 - r * 0.35, y - r * 0.35, r * 0.2, r * 0.12));
  },
  belt(pen) {
    const wide = pen.at(0, 8, 13);
    const r = pen.at(1, 27, 33);
    pen.body(
      `${ellipse(50, 46, r + wide / 2, r * 0.86 + wide / 2)}${hole(50, 46, r - wide / 2, r * 0.86 - wide / 2)}`,
      "main",
      "cloth",
    );
    const y = 46 + r * 0.86;
    pen.body(path`M56,${y - wide / 2} H86 Q${88 + pen.at(2, 0, 6)},${y} 86,${y + wide / 2} H56 Z`, "main", "cloth");
    for (let k = 0; k < 3 + pen.choice(3, 3); k++) pen.part(ellipse(64 + k * 4.4, y, 0.9), "dark");
    const buckle =
      pen.choice(4, 3) === 0
        ? ellipse(50, y, 9, wide * 0.8)
        : rect(50 - pen.at(5, 6, 10), y - wide * 0.75, pen.at(5, 12, 20), wide * 1.5, pen.at(6, 0.6, 4));
    pen.body(buckle, pen.choice(7, 2) ? "#d9b45a" : "metal", "flat").mark(50, y, pen.at(8, 2.6, 4), "dark", "metal");
    if (pen.choice(9, 2)) pen.line(ellipse(50, 46, r, r * 0.86), 1, "second", 0.9);
  },
};
