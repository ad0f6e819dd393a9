import sharp from "sharp";
import type { Seeing } from "../../src/indexing/index.ts";
import { fakeModel } from "../indexing/fake-model.ts";

/** A quick model to which all large pictures are near each other, so that an import has pictures to compare. */
export function nearModel(pauseMs = 0): Seeing {
  const eyes = fakeModel("fake", pauseMs);
  const see: Seeing["see"] = async (bytes) => {
    const sight = await eyes.see(bytes);
    return sight.width < 200 ? sight : { ...sight, code: new Uint8Array(64) };
  };
  return { id: eyes.id, see };
}

/** A large drawing; another number draws another. */
export const drawing = (n: number): Promise<Buffer> =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="240" height="240"><rect width="240" height="240" fill="#fff"/>
      <g fill="hsl(${n * 47},70%,40%)"><rect x="${30 + n * 7}" y="50" width="${50 + ((n * 31) % 60)}" height="120"/>
      <circle cx="${150 - n * 5}" cy="${80 + n * 9}" r="${18 + n * 3}"/></g></svg>`),
  )
    .jpeg()
    .toBuffer();
/** The same drawing, as another seller lists it. */
export const copied = async (n: number): Promise<Buffer> => {
  const copy = sharp(await drawing(n)).extend({ top: n * 2, bottom: n * 2, background: "#fff" });
  return copy.jpeg({ quality: 55 }).toBuffer();
};
