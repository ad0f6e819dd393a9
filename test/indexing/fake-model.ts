import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import type { Seeing } from "../../src/indexing/index.ts";
import { decode } from "../../src/vision/index.ts";

/**
 * A model that sees a picture's hash: quick, and equal for equal bytes. `seen` counts its looks, which take `pauseMs`
 * each and, as a network's do, wait for one another.
 */
export function fakeModel(id = "fake", pauseMs = 0): Seeing & { seen: number } {
  let free: Promise<unknown> = Promise.resolve();
  const model = {
    id,
    seen: 0,
    async see(bytes: Uint8Array) {
      const { uprightWidth: width, uprightHeight: height, format } = await decode(bytes, 64);
      if (pauseMs > 0) {
        free = free.then(() => sleep(pauseMs));
        await free;
      }
      model.seen++;
      const hash = createHash("sha512").update(bytes).digest();
      return {
        category: new Float32Array(14).fill(1 / 14),
        box: [0.1, 0.2, 0.8, 0.9] as const,
        boxScore: 0.5,
        objects: [],
        feature: Float32Array.from({ length: 512 }, (_, i) => (hash[i % 64]! - 127.5) / 1750),
        code: new Uint8Array(hash),
        width,
        height,
        format,
        timings: { decode: 0, model: 0 },
      };
    },
  };
  return model;
}

/** A small JPEG of one colour; the same number gives the same bytes. */
export const jpeg = (n: number, side = 12): Promise<Buffer> =>
  sharp({
    create: {
      width: side,
      height: side - 3,
      channels: 3,
      background: { r: (n * 37) % 256, g: (n * 101) % 256, b: n % 256 },
    },
  })
    .jpeg()
    .toBuffer();
