import { buttons } from "./buttons.ts";
import { ellipse, path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

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
