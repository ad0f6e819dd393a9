import type { Arena, Frame } from "./arena.ts";
import type { Clusters } from "./clusters.ts";
import { CODE_BYTES } from "./layout.ts";
import type { Segment } from "./segment.ts";
import type { Slots } from "./slots.ts";
import { Tail } from "./tail.ts";

type Place = { part: Slots; slot: number };

/** A living code. */
export type Held = { id: number; code: Uint8Array; group: number };

/**
 * All codes of an index: a tail that grows, tails that have stopped growing and wait for a merge, segments. An id has at
 * most one living code among them.
 */
export class Holdings {
  readonly arena: Arena;
  segments: readonly Segment[] = [];
  frozen: readonly Tail[] = [];
  tail: Tail;
  /** What segments are sorted by since cluster(); older ones are not. */
  clusters: Clusters | undefined;
  /** No id above this was ever held, so a greater one need not be looked for. */
  #greatest = -1;

  constructor(arena: Arena) {
    this.arena = arena;
    this.tail = new Tail(arena);
  }

  get parts(): readonly Slots[] {
    return [this.tail, ...this.frozen, ...this.segments];
  }

  /** Living codes. */
  get size(): number {
    return this.parts.reduce((sum, part) => sum + part.live, 0);
  }

  /** Where the living code of `id` lies. */
  locate(id: number): Place | undefined {
    if (id > this.#greatest) return undefined;
    return found(this.tail, id) ?? this.#among(this.frozen, id) ?? this.#among(this.segments, id);
  }

  #among(parts: readonly Slots[], id: number): Place | undefined {
    for (const part of parts) {
      const place = found(part, id);
      if (place) return place;
    }
    return undefined;
  }

  /** Copies of about `wanted` living codes, evenly over all there are. */
  spread(wanted: number): Held[] {
    const { size } = this;
    const step = Math.max(1, size / wanted);
    const found: Held[] = [];
    let next = 0;
    let seen = 0;
    for (const part of this.parts)
      for (let slot = 0; slot < part.count; slot++) {
        if (part.isDead(slot) || seen++ < next) continue;
        found.push({ id: part.idAt(slot), code: part.codeAt(slot), group: part.groupAt(slot) });
        next += step;
      }
    return found;
  }

  /** See HammingIndex.upsert. */
  upsert(ids: Uint32Array, codes: Uint8Array, groups: Uint16Array | undefined): void {
    const ascending = ids.every((id, i) => i === 0 || ids[i - 1]! < id);
    if (ascending && ids.length > 0 && ids[0]! > this.#greatest) {
      this.tail.reserve(ids.length); // all new, as when a catalog grows
      this.tail.append(ids, codes, groups);
    } else this.#change(ids, codes, groups, ascending);
    for (const id of ids) if (id > this.#greatest) this.#greatest = id;
  }

  #change(ids: Uint32Array, codes: Uint8Array, groups: Uint16Array | undefined, ascending: boolean): void {
    const news: number[] = [];
    const places: (Place | undefined)[] = [];
    for (let i = 0; i < ids.length; i++) {
      const held = this.locate(ids[i]!);
      // Where no id comes twice, each can be compared with what was held before the call.
      if (held && ascending && this.#same(held, codes, groups, i)) continue;
      news.push(i);
      places.push(held);
    }
    this.tail.reserve(news.length);
    for (const held of places)
      if (held && held.part !== this.tail && !held.part.isDead(held.slot)) held.part.kill(held.slot);
    if (news.length === ids.length) this.tail.append(ids, codes, groups);
    else
      for (const i of news)
        this.tail.append(
          ids.subarray(i, i + 1),
          codes.subarray(i * CODE_BYTES, (i + 1) * CODE_BYTES),
          groups?.subarray(i, i + 1),
        );
  }

  #same({ part, slot }: Place, codes: Uint8Array, groups: Uint16Array | undefined, i: number): boolean {
    if (part.groupAt(slot) !== (groups?.[i] ?? 0)) return false;
    if (part.frames[slot >>> 16]!.codes < 0) return false; // its code is in a file, which costs more than a new slot
    const held = part.codeInMemory(slot);
    for (let byte = 0; byte < CODE_BYTES; byte++) if (held[byte] !== codes[i * CODE_BYTES + byte]) return false;
    return true;
  }

  remove(ids: Uint32Array): void {
    for (const id of ids) {
      const held = this.locate(id);
      if (held) held.part.kill(held.slot);
    }
  }

  /** From now on the tail's codes only die; what comes next goes to a new one. */
  freeze(): void {
    if (this.tail.count === 0) return;
    this.frozen = [...this.frozen, this.tail];
    this.tail = new Tail(this.arena);
  }

  addSegment(segment: Segment): void {
    this.segments = [...this.segments, segment];
    this.#greatest = Math.max(this.#greatest, segment.maxId);
  }

  /** Puts `merged` (nothing, if no code was left) in the place of what it was made of; returns the frames now free. */
  replace(parts: readonly Slots[], merged: Segment | undefined): Frame[] {
    const gone = new Set(parts);
    this.frozen = this.frozen.filter((tail) => !gone.has(tail));
    this.segments = this.segments.filter((segment) => !gone.has(segment));
    if (merged) this.addSegment(merged);
    return parts.flatMap(({ frames }) => frames);
  }
}

function found(part: Slots, id: number): Place | undefined {
  const slot = part.find(id);
  return slot >= 0 ? { part, slot } : undefined;
}
