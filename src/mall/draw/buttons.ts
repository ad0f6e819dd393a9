import { ellipse } from "./outline.ts";
import type { Pen } from "./pen.ts";

/** A row of buttons from y = top to y = bottom. */
export function buttons(pen: Pen, top: number, bottom: number, count: number, x = 50): void {
  for (let k = 0; k < count; k++) {
    const y = top + ((bottom - top) * k) / Math.max(1, count - 1);
    pen.part(ellipse(x, y, 0.95), "#f5f2ea").line(ellipse(x, y, 0.95), 0.25, "#55555a");
  }
}
