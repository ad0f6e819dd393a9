// For the bench: the signs of weighted sums of features, which is what a generated code is.

/**
 * Writes the 512-bit code of the sum of `terms` features times their weights: `rows` has the number of each feature in
 * the table of 512 f32 a row, `weights` an f32 each. Bit i is set where the sum is above 0.
 */
export function blend(table: usize, rows: usize, weights: usize, terms: i32, out: usize): void {
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < 2048; at += 32, out++) {
    let low = zero;
    let high = zero;
    for (let term = 0; term < terms; term++) {
      const row = table + (<usize>load<u32>(rows + (<usize>term << 2)) << 11) + at;
      const weight = f32x4.splat(load<f32>(weights + (<usize>term << 2)));
      low = f32x4.add(low, f32x4.mul(weight, v128.load(row)));
      high = f32x4.add(high, f32x4.mul(weight, v128.load(row, 16)));
    }
    const bits = i32x4.bitmask(f32x4.gt(low, zero)) | (i32x4.bitmask(f32x4.gt(high, zero)) << 4);
    store<u8>(out, <u8>bits);
  }
}
