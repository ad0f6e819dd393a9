const SHORT = 3;
const LONG = 4;
const BYTES = 7;

/**
 * Pixels as an uncompressed TIFF, the one simple container in which sharp takes raw pixels with their colour profile.
 * `pixels`: RGBA, 8 bits, rows from the top, alpha not premultiplied.
 */
export function tiffOf(pixels: Uint8Array, width: number, height: number, icc: Uint8Array | undefined): Buffer {
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, 4, 0], // bits a sample, 8 each; the value is filled in below
    [259, SHORT, 1, 1], // not compressed
    [262, SHORT, 1, 2], // RGB
    [273, LONG, 1, 0], // where the pixels begin
    [277, SHORT, 1, 4],
    [278, LONG, 1, height],
    [279, LONG, 1, pixels.length],
    [284, SHORT, 1, 1],
    [338, SHORT, 1, 2], // the fourth sample is plain alpha
    ...(icc ? [[34675, BYTES, icc.length, 0] as [number, number, number, number]] : []),
  ];
  const bitsAt = 8 + 2 + entries.length * 12 + 4;
  const iccAt = bitsAt + 8;
  const pixelsAt = (iccAt + (icc?.length ?? 0) + 3) & ~3;
  const at: Record<number, number> = { 258: bitsAt, 273: pixelsAt, 34675: iccAt };
  const file = Buffer.alloc(pixelsAt + pixels.length);
  file.write("II*\0", 0, "latin1");
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], i) => {
    const entry = 10 + i * 12;
    file.writeUInt16LE(tag, entry);
    file.writeUInt16LE(type, entry + 2);
    file.writeUInt32LE(count, entry + 4);
    file.writeUInt32LE(at[tag] ?? value, entry + 8); // little-endian: a short value lies in its first two bytes
  });
  for (let i = 0; i < 4; i++) file.writeUInt16LE(8, bitsAt + i * 2);
  if (icc) file.set(icc, iccAt);
  file.set(pixels, pixelsAt);
  return file;
}
