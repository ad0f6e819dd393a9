/** Which slots have which group: run r, slots `from[r]` … `from[r + 1]` - 1, has `of[r]`. Every list begins a run. */
export type GroupRuns = {
  /** First slot of each run, ascending, and the number of slots: runs + 1 entries. */
  readonly from: Uint32Array;
  readonly of: Uint16Array;
};

/** For each list, the first slot of a group's run in it, and how many slots it has. */
export type GroupParts = { readonly first: Uint32Array; readonly count: Uint32Array };

/** Groups of whom the parts are remembered, in each segment: 8 bytes a list. */
const REMEMBERED = 64;

/** The runs of slots sorted by list and, within a list, by group; undefined where every group is 0. `groups`: by slot. */
export function runsOf(groups: Uint16Array, starts: Uint32Array): GroupRuns | undefined {
  const from: number[] = [];
  const of: number[] = [];
  let any = false;
  for (let list = 0; list < starts.length - 1; list++)
    for (let slot = starts[list]!; slot < starts[list + 1]!; slot++) {
      if (slot > starts[list]! && groups[slot] === groups[slot - 1]) continue;
      from.push(slot);
      of.push(groups[slot]!);
      any ||= groups[slot]! > 0;
    }
  from.push(groups.length);
  return any ? { from: Uint32Array.from(from), of: Uint16Array.from(of) } : undefined;
}

/** The group of each slot. */
export function spreadRuns({ from, of }: GroupRuns, into: Uint16Array): void {
  for (let run = 0; run < of.length; run++) into.fill(of[run]!, from[run]!, from[run + 1]!);
}

/** Finds in a segment the slots of a group without looking at others. */
export class Groups {
  readonly runs: GroupRuns;
  readonly #starts: Uint32Array;
  /** The runs by group, then slot, and where those of each group begin; made when a group is first asked for. */
  #byGroup: { order: Uint32Array; starts: Map<number, [number, number]> } | undefined;
  readonly #parts = new Map<number, GroupParts>();

  /** `starts`: first slot of each list. */
  constructor(runs: GroupRuns, starts: Uint32Array) {
    this.runs = runs;
    this.#starts = starts;
  }

  get bytes(): number {
    const { from, of } = this.runs;
    return from.byteLength + of.byteLength + (this.#byGroup?.order.byteLength ?? 0);
  }

  at(slot: number): number {
    const { from, of } = this.runs;
    return of[runAt(from, slot)]!;
  }

  /** Visits the group's runs by ascending slot, as [from, to). */
  each(group: number, visit: (from: number, to: number) => void): void {
    this.#byGroup ??= this.#sorted();
    const { order, starts } = this.#byGroup;
    const { from } = this.runs;
    const [first, end] = starts.get(group) ?? [0, 0];
    for (let i = first; i < end; ) {
      const begin = from[order[i]!]!;
      let last = order[i]!;
      for (i++; i < end && order[i] === last + 1; i++) last++; // neighbouring lists that have nothing else
      visit(begin, from[last + 1]!);
    }
  }

  parts(group: number): GroupParts {
    const known = this.#parts.get(group);
    if (known) return known;
    const starts = this.#starts;
    const first = new Uint32Array(starts.length - 1);
    const count = new Uint32Array(starts.length - 1);
    let list = 0;
    this.each(group, (from, to) => {
      for (let at = from; at < to; ) {
        while (at >= starts[list + 1]!) list++;
        const end = Math.min(to, starts[list + 1]!);
        first[list] = at;
        count[list] = end - at;
        at = end;
      }
    });
    if (this.#parts.size >= REMEMBERED) this.#parts.delete(this.#parts.keys().next().value!);
    const parts = { first, count };
    this.#parts.set(group, parts);
    return parts;
  }

  #sorted() {
    const { of } = this.runs;
    const next = new Uint32Array(65_537);
    for (const group of of) next[group + 1]!++;
    const starts = new Map<number, [number, number]>();
    for (let group = 0; group < 65_536; group++) {
      const runs = next[group + 1]!;
      next[group + 1]! += next[group]!;
      if (runs > 0) starts.set(group, [next[group]!, next[group]! + runs]);
    }
    const order = new Uint32Array(of.length);
    for (let run = 0; run < of.length; run++) order[next[of[run]!]!++] = run;
    return { order, starts };
  }
}

/** The run that has a slot; `from`: first slot of each run, and the number of slots. Lists are runs too. */
export function runAt(from: Uint32Array, slot: number): number {
  let [low, high] = [0, from.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= slot) low = middle;
    else high = middle;
  }
  return low;
}
