import { buttons } from "./buttons.ts";
import { path, rect, symmetric } from "./outline.ts";
import type { Pen } from "./pen.ts";

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
