import { buttons } from "./buttons.ts";
import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

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
