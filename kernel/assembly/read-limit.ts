// The yardstick of `bench -- scan`: as fast as WASM can read memory and do next to nothing with it.

/** XOR of `bytes` bytes (a multiple of 128) from `p` on, in four independent v128 accumulators, unrolled twice. */
export function readAll(p: usize, bytes: usize): i32 {
  let a = i64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (const end = p + bytes; p < end; p += 128) {
    a = v128.xor(a, v128.load(p));
    b = v128.xor(b, v128.load(p, 16));
    c = v128.xor(c, v128.load(p, 32));
    d = v128.xor(d, v128.load(p, 48));
    a = v128.xor(a, v128.load(p, 64));
    b = v128.xor(b, v128.load(p, 80));
    c = v128.xor(c, v128.load(p, 96));
    d = v128.xor(d, v128.load(p, 112));
  }
  return i32x4.extract_lane(v128.xor(v128.xor(a, b), v128.xor(c, d)), 0);
}
