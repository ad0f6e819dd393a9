import { type Signal, signal } from "@preact/signals";

const LONGEST_SIDE = 1280;

/** `src` shows it at once, and is null where this browser cannot; `small` is what is sent. */
type Held = { src: Signal<string | null>; small: Promise<Blob> };
const held = new Map<string, Held>();

/** Photos live in this tab for as long as it is open: the server may be asked again, whatever it keeps. */
export function hold(file: Blob): string {
  // History outlives the document, so a key must never come again after a reload.
  const key = `${performance.timeOrigin}-${held.size}`;
  const src = signal<string | null>(URL.createObjectURL(file));
  const small = shrink(file).catch(() => {
    src.value = null;
    return file;
  });
  held.set(key, { src, small });
  return key;
}

export const heldPhoto = (key: string | undefined): Held | undefined => (key === undefined ? undefined : held.get(key));

/**
 * Upright, at most 1,280 pixels, as JPEG: quick over a phone's line, and what the camera wrote into the file (place,
 * time, maker) stays on the device. Rejects a file that the browser cannot read: it goes as it is, and the server says
 * what is wrong with it, or reads it.
 */
async function shrink(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
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
