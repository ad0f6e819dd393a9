const n = (value: number): string => String(Math.round(value * 100) / 100);

/** A rectangle; `r` rounds its corners. */
export function rect(x: number, y: number, width: number, height: number, r = 0): string {
  const q = Math.min(r, width / 2, height / 2);
  if (q <= 0) return `M${n(x)},${n(y)}h${n(width)}v${n(height)}h${n(-width)}Z`;
  const arc = (dx: number, dy: number) => `a${n(q)},${n(q)} 0 0 1 ${n(dx)},${n(dy)}`;
  return `M${n(x + q)},${n(y)}h${n(width - 2 * q)}${arc(q, q)}v${n(height - 2 * q)}${arc(-q, q)}h${n(2 * q - width)}${arc(-q, -q)}v${n(2 * q - height)}${arc(q, -q)}Z`;
}

export function ellipse(cx: number, cy: number, rx: number, ry = rx): string {
  return `M${n(cx - rx)},${n(cy)}a${n(rx)},${n(ry)} 0 1 0 ${n(2 * rx)},0a${n(rx)},${n(ry)} 0 1 0 ${n(-2 * rx)},0Z`;
}

/** An open or closed path from numbers: path`M${x},${y}L...`, rounded to 1/100. */
export function path(strings: TemplateStringsArray, ...values: number[]): string {
  return strings.reduce((out, text, i) => out + n(values[i - 1] ?? 0) + text);
}

/** A step of an outline: a line [x,y], a quadratic [cx,cy,x,y] or a cubic [c1x,c1y,c2x,c2y,x,y]. */
export type Step = readonly number[];

/**
 * A closed outline, symmetric about x = axis. The steps run down the right half from the top to the bottom,
 * x counted from the axis; the left half is their mirror image.
 */
export function symmetric(start: Step, steps: readonly Step[], axis = 50): string {
  const points: Step[] = [start, ...steps];
  const end = (step: Step): [number, number] => [step[step.length - 2] ?? 0, step[step.length - 1] ?? 0];
  const put = (side: 1 | -1, numbers: Step) => {
    const pairs: string[] = [];
    for (let i = 0; i < numbers.length; i += 2)
      pairs.push(`${n(axis + side * (numbers[i] ?? 0))},${n(numbers[i + 1] ?? 0)}`);
    return (["", "L", "Q", "C"][pairs.length] ?? "L") + pairs.join(" ");
  };
  let out = `M${put(1, end(start)).slice(1)}`;
  for (const step of steps) out += put(1, step);
  out += put(-1, end(points[points.length - 1] as Step));
  for (let i = points.length - 1; i > 0; i--) {
    const step = points[i] as Step;
    const back: number[] = [];
    for (let at = step.length - 4; at >= 0; at -= 2) back.push(step[at] ?? 0, step[at + 1] ?? 0);
    out += put(-1, [...back, ...end(points[i - 1] as Step)]);
  }
  return `${out}Z`;
}
