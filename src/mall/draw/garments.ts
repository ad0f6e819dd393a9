import { ellipse, type Pen, path, rect, symmetric } from "./pen.ts";

/** How a top is cut; all numbers in units of the 100 x 100 square. */
type Cut = { sleeve: "none" | "short" | "long"; neck: "round" | "v" | "boat" | "high"; fit: number; hem: number };

/** Sleeves, body and neckline of a top. Values 0 .. 4 of the shape are the cut's own. Returns the measures. */
function torso(pen: Pen, cut: Cut): { neck: number; depth: number; shoulder: number; waist: number; hem: number } {
  const neck = cut.neck === "boat" ? pen.at(0, 13, 17) : pen.at(0, 7.5, 11.5);
  const depth = cut.neck === "v" ? pen.at(1, 25, 36) : cut.neck === "high" ? 13 : pen.at(1, 16, 23);
  const shoulder = pen.at(2, 22, 27);
  const chest = pen.at(3, 18, 22) + cut.fit;
  const waist = chest + pen.at(4, -3.5, 3.5);
  const { hem } = cut;
  if (cut.sleeve !== "none") {
    const long = cut.sleeve === "long";
    const reach = long ? pen.at(5, 58, 80) : pen.at(5, 33, 46);
    const out = shoulder + (long ? 12 + pen.at(6, 0, 4) : 11 + pen.at(6, 0, 5));
    const wide = long ? pen.at(7, 5, 8) : pen.at(7, 9, 13);
    pen.mirrored(() => {
      const d = path`M${50 + shoulder - 6},15 Q${50 + shoulder + 3},17 ${50 + shoulder + 5},25 L${50 + out},${reach} Q${50 + out - wide / 2},${reach + 3} ${50 + out - wide},${reach + 1.5} L${50 + chest - 2},40 Z`;
      pen.body(d).fold(path`M${50 + chest + 2},36 L${50 + out - wide * 0.6},${reach - 4}`);
      if (long)
        pen.body(
          path`M${50 + out + 0.3},${reach - 2} L${50 + out},${reach + 2} Q${50 + out - wide / 2},${reach + 5} ${50 + out - wide},${reach + 3} L${50 + out - wide + 0.3},${reach - 1} Z`,
          "second",
        );
      else
        pen.stitch(
          path`M${50 + out - 0.8},${reach - 2.2} Q${50 + out - wide / 2},${reach + 0.6} ${50 + out - wide + 0.4},${reach - 0.8}`,
        );
    });
  }
  pen.part(ellipse(50, 13.6, neck, 3.4), "trim");
  const body = symmetric(
    [0, depth],
    [
      cut.neck === "v" ? [neck, 13] : [neck * 0.95, depth, neck, 13],
      [shoulder - 3, 15.5],
      cut.sleeve === "none" ? [chest - 7, 28, chest, 39] : [shoulder + 1, 26, chest, 40],
      [waist - 1.5, 58, waist, hem],
      [waist * 0.5, hem + 2.4, 0, hem + 2.4],
    ],
  );
  pen.body(body);
  pen.fold(path`M${50 - chest + 3},43 Q${50 - chest + 9},55 ${50 - waist + 6},${hem - 6}`);
  pen.fold(path`M${50 + chest - 4},44 Q${50 + chest - 8},58 ${50 + waist - 9},${hem - 4}`);
  pen.stitch(path`M${50 - waist + 0.6},${hem - 2} Q50,${hem + 1.6} ${50 + waist - 0.6},${hem - 2}`);
  return { neck, depth, shoulder, waist, hem };
}

function collarLine(pen: Pen, m: { neck: number; depth: number }, v: boolean, width: number): void {
  const d = v
    ? path`M${50 - m.neck},13 L50,${m.depth} L${50 + m.neck},13`
    : path`M${50 - m.neck},13 Q${50 - m.neck * 0.95},${m.depth} 50,${m.depth} Q${50 + m.neck * 0.95},${m.depth} ${50 + m.neck},13`;
  pen.line(d, width + 0.7, "trim").line(d, width, "second");
}

function buttons(pen: Pen, top: number, bottom: number, count: number, x = 50): void {
  for (let k = 0; k < count; k++) {
    const y = top + ((bottom - top) * k) / Math.max(1, count - 1);
    pen.part(ellipse(x, y, 0.95), "#f5f2ea").line(ellipse(x, y, 0.95), 0.25, "#55555a");
  }
}

export const shirt: Record<string, (pen: Pen) => void> = {
  tee(pen) {
    const v = pen.choice(8, 3) === 1;
    const m = torso(pen, { sleeve: "short", neck: v ? "v" : "round", fit: 0, hem: pen.at(9, 74, 88) });
    collarLine(pen, m, v, 1.6);
    const print = pen.choice(9, 4);
    if (print === 1) pen.mark(50, 45, pen.at(6, 7, 12), "second");
    if (print === 2) pen.mark(59, 33, 3.2, "third");
    if (print === 3)
      pen
        .part(rect(50 - m.waist + 4, 42, m.waist * 2 - 8, pen.at(6, 4, 10), 1), "third", 0.95)
        .mark(50, 58, 4, "second");
  },
  buttonShirt(pen) {
    const m = torso(pen, {
      sleeve: pen.choice(8, 2) ? "long" : "short",
      neck: "round",
      fit: 0,
      hem: pen.at(9, 78, 88),
    });
    pen
      .part(rect(48, m.depth - 1, 4, m.hem - m.depth + 3), "first", 0.6)
      .line(path`M48,${m.depth}V${m.hem + 1.8}M52,${m.depth}V${m.hem + 1.8}`, 0.35, "trim");
    buttons(pen, m.depth + 3, m.hem - 5, 5 + pen.choice(6, 3));
    pen.mirrored(() =>
      pen.body(
        path`M50,${m.depth + 1} L${50 + m.neck * 0.4},11 L${50 + m.neck + 2},12 L${50 + m.neck + 1.5},${m.depth + pen.at(7, 1, 7)} Z`,
        pen.choice(5, 2) ? "second" : "first",
        "flat",
      ),
    );
    if (pen.choice(7, 3) > 0) pen.line(rect(56, 34, 9, 10.5, 1), 0.5, "trim").line(path`M56,36.5h9`, 0.4, "trim");
  },
  polo(pen) {
    const m = torso(pen, { sleeve: "short", neck: "round", fit: 0.5, hem: pen.at(9, 76, 87) });
    const long = pen.at(8, 10, 20);
    pen.body(rect(47.6, m.depth - 2, 4.8, long, 0.8), "second", "flat");
    buttons(pen, m.depth + 1, m.depth + long - 5, 2 + pen.choice(8, 2));
    pen.mirrored(() =>
      pen.body(
        path`M50,${m.depth} L${50 + m.neck * 0.5},10.5 L${50 + m.neck + 2},12.5 L${50 + m.neck},${m.depth + 3.5} Z`,
        "second",
        "flat",
      ),
    );
    pen.mark(60, 33, pen.at(9, 2, 3.6), "third");
  },
  hoodie(pen) {
    pen.body(
      symmetric(
        [0, 4],
        [
          [pen.at(8, 13, 17), 4, pen.at(8, 14, 18), 17],
          [10, 26, 0, 27],
        ],
      ),
      "main",
      "cloth",
    );
    const m = torso(pen, { sleeve: "long", neck: "round", fit: 2, hem: pen.at(9, 76, 86) });
    pen.part(ellipse(50, 15, m.neck + 1, 6.5), "#000000", 0.45);
    pen.line(path`M46,20 Q45,30 46.5,${pen.at(9, 34, 44)} M54,20 Q55,30 53.5,${pen.at(6, 34, 44)}`, 0.9, "second");
    pen
      .body(
        symmetric(
          [pen.at(7, 8, 11), 56],
          [
            [pen.at(7, 13, 17), 70],
            [0, 70],
          ],
        ),
        "main",
        "flat",
      )
      .stitch(
        symmetric(
          [9, 57],
          [
            [14, 69],
            [0, 69],
          ],
        ),
      );
    if (pen.choice(6, 2)) pen.line(path`M50,21V${m.hem + 2}`, 1, "metal").line(path`M50,21V${m.hem + 2}`, 0.3, "dark");
    else pen.mark(50, 43, pen.at(8, 5, 9), "third");
    pen.body(
      path`M${50 - m.waist},${m.hem - 2} Q50,${m.hem + 2} ${50 + m.waist},${m.hem - 2} L${50 + m.waist - 1},${m.hem + 3} Q50,${m.hem + 7} ${50 - m.waist + 1},${m.hem + 3} Z`,
      "second",
    );
  },
  sweater(pen) {
    const v = pen.choice(8, 3) === 0;
    const m = torso(pen, { sleeve: "long", neck: v ? "v" : "round", fit: 1.5, hem: pen.at(9, 74, 84) });
    collarLine(pen, m, v, 2.6);
    pen.body(
      path`M${50 - m.waist},${m.hem - 2} Q50,${m.hem + 2} ${50 + m.waist},${m.hem - 2} L${50 + m.waist - 0.6},${m.hem + 3.4} Q50,${m.hem + 7} ${50 - m.waist + 0.6},${m.hem + 3.4} Z`,
      "second",
    );
    const yoke = pen.choice(6, 3);
    for (let k = 0; k < yoke; k++)
      pen.part(
        rect(50 - m.waist + 0.8, 44 + k * pen.at(7, 5, 9), m.waist * 2 - 1.6, 2.6),
        k ? "second" : "third",
        0.95,
      );
  },
  blouse(pen) {
    const m = torso(pen, { sleeve: "long", neck: "v", fit: 0, hem: pen.at(9, 68, 82) });
    if (pen.choice(8, 2))
      pen.mirrored(() =>
        pen.body(
          path`M50,${m.depth} Q${52 + pen.at(6, 3, 9)},${m.depth + 2} ${51.5 + pen.at(7, 2, 6)},${m.depth + pen.at(9, 12, 24)} Q52,${m.depth + 10} 50,${m.depth} Z`,
          "second",
        ),
      );
    else buttons(pen, m.depth + 3, m.hem - 4, 6);
    collarLine(pen, m, true, pen.at(6, 1, 2.4));
  },
  tank(pen) {
    const m = torso(pen, { sleeve: "none", neck: pen.choice(8, 2) ? "round" : "v", fit: 0, hem: pen.at(9, 76, 88) });
    collarLine(pen, m, pen.choice(8, 2) === 0, 1.2);
    if (pen.choice(6, 3)) pen.mark(50, 48, pen.at(7, 4, 10), pen.choice(5, 2) ? "second" : "third");
  },
};

export const dress: Record<string, (pen: Pen) => void> = {
  aline: (pen) =>
    gown(pen, {
      flare: pen.at(5, 24, 38),
      length: pen.at(6, 76, 92),
      waistAt: pen.at(4, 38, 46),
      sleeve: pen.choice(7, 3),
    }),
  sheath: (pen) =>
    gown(pen, {
      flare: pen.at(5, 13, 18),
      length: pen.at(6, 74, 90),
      waistAt: pen.at(4, 42, 48),
      sleeve: pen.choice(7, 3),
    }),
  maxi: (pen) =>
    gown(pen, { flare: pen.at(5, 20, 32), length: 95, waistAt: pen.at(4, 32, 40), sleeve: pen.choice(7, 4) }),
  slip: (pen) =>
    gown(pen, { flare: pen.at(5, 17, 25), length: pen.at(6, 78, 93), waistAt: pen.at(4, 38, 46), sleeve: 3 }),
  pinafore(pen) {
    gown(pen, { flare: pen.at(5, 22, 30), length: pen.at(6, 76, 88), waistAt: 44, sleeve: 3 });
    pen.mirrored(() =>
      pen
        .line(rect(56, 54, pen.at(8, 7, 11), pen.at(9, 8, 13), 1.4), 0.6, "trim")
        .part(ellipse(58.5, 24, 1.6), "metal"),
    );
  },
};

function gown(pen: Pen, cut: { flare: number; length: number; waistAt: number; sleeve: number }): void {
  const bust = pen.at(0, 13.5, 17);
  const waist = pen.at(1, 10.5, 14);
  const top = cut.sleeve === 3 ? 21 : 10;
  const neck = pen.at(2, 6, 10.5);
  const depth = top + pen.at(3, 4, 14);
  const { flare, length, waistAt } = cut;
  if (cut.sleeve === 3)
    pen.mirrored(() =>
      pen.tube(
        path`M${50 + bust - 5},22 L${50 + neck},8 Q${50 + neck - 1.5},6 ${50 + neck - 2},9`,
        pen.at(8, 1, 2.6),
        "first",
      ),
    );
  else if (cut.sleeve > 0) {
    const reach = cut.sleeve === 1 ? pen.at(8, 24, 34) : pen.at(8, 46, 62);
    pen.mirrored(() =>
      pen.body(
        path`M${50 + bust - 2},11 Q${50 + bust + 5},13 ${50 + bust + 6},20 L${50 + bust + 9},${reach} L${50 + bust + 3},${reach + 1} L${50 + bust - 2},27 Z`,
      ),
    );
  }
  if (cut.sleeve !== 3) pen.part(ellipse(50, top + 1, neck, 2.6), "trim");
  pen.body(
    symmetric(
      [0, depth],
      [
        cut.sleeve === 3 ? [bust * 0.5, top - 1, bust - 2, top] : [neck * 0.9, depth, neck, top],
        ...(cut.sleeve === 3 ? [] : [[bust, top + 2]]),
        [bust - 2, 20, bust, 28],
        [bust - 0.5, waistAt - 5, waist, waistAt],
        [waist + (flare - waist) * 0.35, waistAt + 12, flare - 2, length - 12, flare, length],
        [flare * 0.5, length + pen.at(9, 0, 3.5), 0, length + pen.at(9, 0, 3.5)],
      ],
    ),
  );
  for (let k = -2; k <= 2; k++)
    if (flare > 18)
      pen.fold(
        path`M${50 + k * waist * 0.36},${waistAt + 4} Q${50 + k * flare * 0.28},${waistAt + 20} ${50 + k * flare * 0.38},${length - 3}`,
        1.1,
      );
  const belt = pen.choice(9, 4);
  if (belt > 0)
    pen.body(
      rect(50 - waist - 0.6, waistAt - 1.6, waist * 2 + 1.2, belt + 1.4, 0.8),
      belt === 2 ? "third" : "second",
      "round",
    );
  if (belt === 3) pen.body(path`M50,${waistAt + 1} l-5,-3 v6 Z M50,${waistAt + 1} l5,-3 v6 Z`, "second", "flat");
  const front = pen.choice(8, 4);
  if (front === 1) buttons(pen, depth + 3, length - 5, 9);
  if (front === 2)
    pen.fold(path`M${50 - neck},${top + 2} L${50 + waist * 0.7},${waistAt} L${50 + flare * 0.35},${length}`);
  if (front === 3)
    pen.part(
      path`M${50 - flare + 1},${length - 6} Q50,${length - 2} ${50 + flare - 1},${length - 6} L${50 + flare - 0.4},${length - 2} Q50,${length + 1.4} ${50 - flare + 0.4},${length - 2} Z`,
      "second",
    );
}

export const pants: Record<string, (pen: Pen) => void> = {
  jeans: (pen) => trousers(pen, pen.at(5, 6, 9), 93, true),
  wideLeg: (pen) => trousers(pen, pen.at(5, 11, 16), pen.at(6, 86, 94), false),
  joggers: (pen) => trousers(pen, pen.at(5, 5, 7), pen.at(6, 84, 90), false, true),
  shorts: (pen) => trousers(pen, pen.at(5, 15, 19), pen.at(6, 52, 68), true),
  leggings: (pen) => trousers(pen, pen.at(5, 3.6, 5), pen.at(6, 76, 93), false),
  skirt(pen) {
    const waist = pen.at(0, 13, 18);
    const flare = pen.at(1, 20, 40);
    const hem = pen.at(2, 58, 90);
    pen.body(
      symmetric(
        [waist, 14],
        [
          [waist + 4, 24, flare - 2, hem - 16, flare, hem],
          [flare * 0.5, hem + 4, 0, hem + 4],
        ],
      ),
    );
    const pleats = 2 + pen.choice(3, 5);
    for (let k = 1; k <= pleats; k++) {
      const side = (k / (pleats + 1)) * 2 - 1;
      pen.fold(path`M${50 + side * waist},20 L${50 + side * flare * 0.95},${hem + 1}`, pen.at(4, 0.8, 2.2));
    }
    pen.body(
      rect(50 - waist - 0.4, 11, waist * 2 + 0.8, pen.at(5, 4, 9), 1),
      pen.choice(6, 2) ? "second" : "first",
      "round",
    );
    if (pen.choice(7, 2)) buttons(pen, 24, hem - 4, 4 + pen.choice(8, 4));
  },
};

function trousers(pen: Pen, ankle: number, hem: number, denim: boolean, cuffs = false): void {
  const waist = pen.at(0, 14, 18);
  const hip = waist + pen.at(1, 2.5, 6);
  const rise = pen.at(2, 34, 42);
  const apart = pen.at(3, 3, 9);
  const knee = hip * 0.55 + ankle * 0.45 + apart * 0.4;
  const middle = apart + ankle;
  pen.body(
    symmetric(
      [waist, 8],
      [
        [hip - 1, 18, hip, 26],
        [Math.max(knee, middle) + 2, 56, middle + ankle, hem],
        [middle - ankle, hem + 1],
        [1.6, rise + 8, 0.6, rise],
        [0, rise],
      ],
    ),
  );
  pen
    .fold(path`M50,14 V${rise}`)
    .fold(path`M${50 - middle},${rise + 10} L${50 - middle},${hem - 3}`, 1)
    .fold(path`M${50 + middle},${rise + 10} L${50 + middle},${hem - 3}`, 1);
  pen.body(rect(50 - waist - 0.3, 6.5, waist * 2 + 0.6, pen.at(4, 4, 7), 1), cuffs ? "second" : "first", "round");
  if (denim) {
    pen.mirrored(() =>
      pen
        .stitch(path`M${50 + waist - 6},13 Q${50 + waist - 5},21 ${50 + hip - 0.5},${pen.at(8, 19, 25)}`)
        .part(rect(50 + waist - 9, 6, 1.4, 6.5), "trim"),
    );
    pen.part(ellipse(50, 9.3, 1.2), "metal").stitch(path`M52.5,13 V${rise - 8} Q52,${rise - 5} 50,${rise - 4}`);
  } else pen.line(path`M48,12 q-1,6 -2,8 M52,12 q1,5 1.6,9`, 0.8, "second");
  const extra = pen.choice(7, 4);
  pen.mirrored(() => {
    if (cuffs) pen.body(rect(50 + middle - ankle, hem - 3, ankle * 2, 5.5, 1), "second");
    else if (extra === 1)
      pen.part(
        path`M${50 + middle - ankle + 0.2},${hem - 4} L${50 + middle + ankle - 0.1},${hem - 5} L${50 + middle + ankle},${hem} L${50 + middle - ankle},${hem + 1} Z`,
        "second",
      );
    if (extra === 2)
      pen.line(
        path`M${50 + hip - 0.8},27 Q${50 + Math.max(knee, middle) + 1},56 ${50 + middle + ankle - 1},${hem - 1}`,
        pen.at(9, 1, 2.6),
        "third",
      );
    if (extra === 3) pen.body(rect(50 + middle - 2, pen.at(9, 46, 56), 8, 9, 1), "main", "flat");
  });
}

export const underdress: Record<string, (pen: Pen) => void> = {
  bra(pen) {
    const cup = pen.at(0, 14, 18);
    const y = pen.at(1, 46, 54);
    const strap = pen.at(2, 1.2, 3);
    pen.mirrored(() => {
      pen.tube(
        path`M${50 + pen.at(3, 12, 20)},${y - 12} Q${50 + pen.at(4, 16, 24)},24 ${50 + pen.at(4, 14, 22)},12`,
        strap,
        "second",
      );
      pen.body(path`M${50 + cup * 2 - 4},${y} L88,${y + 4} V${y + pen.at(5, 9, 16)} L${50 + 8},${y + 16} Z`, "main");
      pen.body(
        path`M51,${y + 10} Q${51},${y - 6} ${50 + pen.at(3, 12, 20)},${y - 14} Q${50 + cup * 2},${y - 8} ${50 + cup * 2},${y + 4} Q${50 + cup * 1.6},${y + 20} ${50 + cup * 0.8},${y + 18} Q52,${y + 16} 51,${y + 10} Z`,
        "main",
        "ball",
      );
      if (pen.choice(6, 3))
        pen.line(
          path`M51,${y + 9} Q51,${y - 6} ${50 + pen.at(3, 12, 20)},${y - 13.6} Q${50 + cup * 2},${y - 8} ${50 + cup * 2},${y + 3}`,
          pen.at(7, 0.8, 2.4),
          "second",
        );
    });
    pen.body(path`M50,${y + 8} l-4,-2.6 v5 Z M50,${y + 8} l4,-2.6 v5 Z`, pen.choice(8, 2) ? "third" : "second", "flat");
  },
  briefs(pen) {
    const waist = pen.at(0, 30, 38);
    const side = pen.at(1, 4, 18);
    const top = pen.at(2, 28, 36);
    pen.body(
      symmetric(
        [waist, top],
        [
          [waist - 1, top + side],
          [pen.at(3, 12, 20), top + side + 6, pen.at(4, 6, 9), 76],
          [0, pen.at(5, 78, 84)],
        ],
      ),
    );
    pen.body(
      path`M${50 - waist - 0.4},${top - 2} Q50,${top + pen.at(6, 0, 7)} ${50 + waist + 0.4},${top - 2} V${top + 3} Q50,${top + pen.at(6, 5, 12)} ${50 - waist - 0.4},${top + 3} Z`,
      "second",
      "cloth",
    );
    pen.fold(path`M50,${top + 12} V70`);
    if (pen.choice(7, 2)) pen.mark(50, top + 3, 2.4, "third");
    pen.mirrored(() =>
      pen.line(
        path`M${50 + waist - 1.5},${top + side} Q${50 + pen.at(3, 12, 20)},${top + side + 6} ${50 + pen.at(4, 6, 9)},75`,
        pen.at(8, 0.6, 2),
        "trim",
      ),
    );
  },
  boxers(pen) {
    const waist = pen.at(0, 22, 28);
    const hem = pen.at(1, 62, 80);
    const leg = waist + pen.at(2, 3, 9);
    pen.body(
      symmetric(
        [waist, 18],
        [
          [waist + 4, 30, leg, hem],
          [pen.at(3, 2, 6), hem + 3],
          [0, pen.at(4, 50, 58)],
        ],
      ),
    );
    pen.body(rect(50 - waist - 0.5, 15, waist * 2 + 1, pen.at(5, 5, 10), 1), "second", "round");
    pen.bars(50, 17.5, 22, 1, 4, pen.ink("second")).mark(50 - waist + 6, 19.5, 2.2, "third");
    pen.fold(path`M50,26 V52`).stitch(path`M46,28 Q44,44 50,52`).stitch(path`M54,28 Q56,44 50,52`);
    if (pen.choice(6, 2)) buttons(pen, 32, 40, 2);
    pen.mirrored(() =>
      pen.line(path`M${50 + leg - 0.6},${hem - 2} L${50 + pen.at(3, 3, 7)},${hem + 1}`, pen.at(7, 0.8, 2.4), "third"),
    );
  },
  camisole(pen) {
    const bust = pen.at(0, 19, 24);
    const hem = pen.at(1, 76, 90);
    const wide = bust + pen.at(2, -2, 7);
    pen.mirrored(() =>
      pen.tube(path`M${50 + bust - 5},34 Q${50 + bust - 6},18 ${50 + pen.at(3, 8, 14)},8`, pen.at(4, 1, 2.4), "second"),
    );
    pen.body(
      symmetric(
        [0, pen.at(5, 34, 44)],
        [
          [bust * 0.5, 28, bust - 4, 32],
          [bust, 40],
          [bust - 2, 56, wide, hem],
          [0, hem + 2],
        ],
      ),
    );
    pen.line(
      path`M${50 - wide + 0.6},${hem - 1} Q50,${hem + 2.4} ${50 + wide - 0.6},${hem - 1}`,
      pen.at(6, 1.4, 4.5),
      "second",
    );
    pen.line(
      path`M${50 - bust + 4},32 Q${50 - bust * 0.5},28 50,${pen.at(5, 34, 44)} Q${50 + bust * 0.5},28 ${50 + bust - 4},32`,
      pen.at(7, 1, 3),
      "second",
    );
    if (pen.choice(8, 2)) pen.mark(50, 52, pen.at(9, 2.5, 7), "third");
  },
  socks(pen) {
    const wide = pen.at(0, 9, 13);
    const top = pen.at(1, 8, 34);
    const foot = pen.at(2, 24, 34);
    const sock = (x: number) => {
      const d = path`M${x},${top} h${wide * 2} V64 Q${x + wide * 2},70 ${x + wide * 2 + foot * 0.4},74 L${x + wide * 2 + foot - 8},80 Q${x + wide * 2 + foot},88 ${x + wide * 2 + foot - 8},92 H${x + wide * 1.4} Q${x},90 ${x},76 Z`;
      pen.body(d);
      pen.body(rect(x - 0.3, top, wide * 2 + 0.6, pen.at(3, 4, 12), 1), "second");
      pen.part(
        path`M${x + wide * 2 + foot - 11},79 Q${x + wide * 2 + foot},86 ${x + wide * 2 + foot - 8},91.6 h-7 Q${x + wide * 2 + foot - 17},85 ${x + wide * 2 + foot - 11},79 Z`,
        pen.choice(4, 2) ? "third" : "second",
      );
      pen.part(
        path`M${x + 0.4},74 Q${x + 8},78 ${x + 9},91.5 Q${x + 0.6},88 ${x + 0.4},74 Z`,
        pen.choice(4, 2) ? "third" : "second",
      );
      const bands = pen.choice(5, 4);
      for (let k = 0; k < bands; k++)
        pen.part(
          rect(x + 0.2, top + 15 + k * pen.at(6, 4, 7), wide * 2 - 0.4, pen.at(7, 1.2, 3)),
          k % 2 ? "second" : "third",
        );
    };
    sock(14);
    sock(24 + pen.at(8, 6, 14));
  },
  bodysuit(pen) {
    const bust = pen.at(0, 18, 22);
    const waist = pen.at(1, 13, 17);
    const hip = pen.at(2, 19, 24);
    const top = pen.choice(3, 2) ? 8 : 20;
    if (top === 20)
      pen.mirrored(() => pen.tube(path`M${50 + bust - 5},22 L${50 + pen.at(4, 8, 14)},6`, pen.at(5, 1.2, 3), "first"));
    pen.body(
      symmetric(
        [0, top + pen.at(6, 4, 20)],
        [
          [8, top + 2, top === 8 ? 11 : bust - 3, top],
          [bust - 3, 24, bust, 34],
          [waist, 50, waist, 54],
          [hip, 66, hip, pen.at(7, 62, 74)],
          [12, 76, 5, 92],
          [0, 93],
        ],
      ),
    );
    pen
      .fold(path`M50,60 V88`)
      .line(path`M${50 - waist},53 Q50,${pen.at(8, 53, 60)} ${50 + waist},53`, pen.at(9, 0.6, 3.4), "second");
  },
};
