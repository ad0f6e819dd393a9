import { type Box, WHOLE } from "../box.ts";
import { decode, type Picture } from "../decode.ts";
import { Kernel } from "./kernel.ts";
import { LONGEST_SIDE, MOST_POINTS } from "./layout.ts";

/**
 * Corners of a picture and what lies around each: oriented FAST corners with 256 rotated binary tests (Rublee et al., ORB,
 * ICCV 2011), 48 bytes a point as layout.ts has them. The same pixels give the same bytes on any machine.
 */
export type Keypoints = Uint8Array;

/** A photo is looked at larger, since the product fills a part of it. Chosen on packages of one fold and mall 12. */
const PHOTO = { side: LONGEST_SIDE, most: MOST_POINTS };
const PICTURE = { side: 300, most: 400 };

/** Pixels of a photo's longer side of which a box is cut out. */
const MOST_DECODED = 1024;
/** A given box is seen with as much room around it as Model.see leaves. */
const ROOM = 1.25;

let kernel: Kernel | undefined;

/** At most 600 keypoints of a photo, or of `box` in it and what lies around it. Throws what `decode` throws. */
export async function keypointsOfPhoto(bytes: Uint8Array, box: Box = WHOLE): Promise<Keypoints> {
  const share = Math.max(box[2] - box[0], box[3] - box[1]);
  const photo = await decode(bytes, Math.min(MOST_DECODED, Math.ceil(PHOTO.side / share)));
  return keypoints(box === WHOLE ? photo : cutOut(photo, box), PHOTO);
}

/** At most 400 keypoints of a catalogue picture, 19 kB. Throws what `decode` throws. */
export async function keypointsOfPicture(bytes: Uint8Array): Promise<Keypoints> {
  return keypoints(await decode(bytes, PICTURE.side), PICTURE);
}

/**
 * How many of a catalogue picture's points a photo has where the others say that they should be: matched by their tests, then
 * counted under the one affine map that most agree with (Philbin et al., CVPR 2007). 0 to 400; unrelated pictures have 4 or fewer.
 */
export function agreement(photo: Keypoints, picture: Keypoints): number {
  kernel ??= new Kernel();
  return kernel.agreement(photo, picture);
}

type Pixels = Pick<Picture, "pixels" | "width" | "height">;

function keypoints({ pixels, width, height }: Pixels, { side, most }: typeof PHOTO): Keypoints {
  kernel ??= new Kernel();
  return kernel.find(pixels, width, height, side, most);
}

function cutOut({ pixels, width, height }: Pixels, [x1, y1, x2, y2]: Box): Pixels {
  const around = (ROOM - 1) / 2;
  const [left, right] = within(x1 - around * (x2 - x1), x2 + around * (x2 - x1), width);
  const [top, bottom] = within(y1 - around * (y2 - y1), y2 + around * (y2 - y1), height);
  const rows: Buffer[] = [];
  for (let y = top; y < bottom; y++) rows.push(pixels.subarray(3 * (y * width + left), 3 * (y * width + right)));
  return { pixels: Buffer.concat(rows), width: right - left, height: bottom - top };
}

/** Whole pixels from the one fraction to the other, at least one. */
function within(from: number, to: number, pixels: number): [number, number] {
  const first = Math.min(pixels - 1, Math.max(0, Math.floor(from * pixels)));
  return [first, Math.min(pixels, Math.max(first + 1, Math.ceil(to * pixels)))];
}
