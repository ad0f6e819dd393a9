const LONGEST_SIDE = 1280;

type Held = { blob: Blob; src: string };
const held = new Map<number, Held>();
let last = 0;

/** Photos live in this tab for as long as it is open: the server may be asked again, whatever it keeps. */
export function hold(blob: Blob): number {
  held.set(++last, { blob, src: URL.createObjectURL(blob) });
  return last;
}

export const heldPhoto = (key: number | undefined): Held | undefined => (key === undefined ? undefined : held.get(key));

/**
 * Upright, at most 1,280 pixels, as JPEG: quick over a phone's line, and what the camera wrote into the file (place,
 * time, maker) stays on the device. A file that the browser cannot read goes as it is; the server says what is wrong.
 */
export async function shrink(file: Blob): Promise<Blob> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) return file;
  pen.fillStyle = "#fff"; // what is transparent counts as white, as it does in the catalog
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
  return small ?? file;
}
