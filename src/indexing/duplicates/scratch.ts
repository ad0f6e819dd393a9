/**
 * Buffers of one comparison, used again by the next: a thousand comparisons would otherwise leave a gigabyte to collect.
 * Each name is one buffer, filled with zeros when it is asked for, and spoilt when it is asked for again.
 */
export function floats(name: string, length: number): Float32Array {
  return taken(allFloats, name, length, (n) => new Float32Array(n));
}

export function bytes(name: string, length: number): Uint8Array {
  return taken(allBytes, name, length, (n) => new Uint8Array(n));
}

const allFloats = new Map<string, Float32Array>();
const allBytes = new Map<string, Uint8Array>();

function taken<T extends Float32Array | Uint8Array>(
  all: Map<string, T>,
  name: string,
  length: number,
  made: (length: number) => T,
): T {
  let buffer = all.get(name);
  if (!buffer || buffer.length < length) {
    buffer = made(length);
    all.set(name, buffer);
  }
  return buffer.subarray(0, length).fill(0) as T;
}
