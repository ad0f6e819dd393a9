/**
 * The format by the file's first bytes, never by its name: "jpeg", "png", "webp", "gif", "tiff", "avif", "heic", a few
 * known ones that are refused by name ("svg", "pdf", "bmp", "mp4", "html"), or null when it is nothing known.
 */
export function sniff(bytes: Uint8Array): string | null {
  const starts = (signature: readonly number[], at = 0) => signature.every((byte, i) => bytes[at + i] === byte);
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (starts([0xff, 0xd8, 0xff])) return "jpeg";
  if (starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "webp";
  if (text(0, 6) === "GIF87a" || text(0, 6) === "GIF89a") return "gif";
  if (starts([0x49, 0x49, 0x2a, 0x00]) || starts([0x4d, 0x4d, 0x00, 0x2a])) return "tiff";
  if (text(4, 8) === "ftyp") {
    // The major brand may be the generic "mif1": then the compatible brands after it tell the codec.
    const brands = text(8, Math.min(bytes.length, 64));
    if (/avi[fs]/.test(brands)) return "avif";
    return /hei[cxms]|hev[cx]|mif1|msf1/.test(brands) ? "heic" : "mp4";
  }
  if (text(0, 5) === "%PDF-") return "pdf";
  if (text(0, 2) === "BM" && bytes.length > 26) return "bmp";
  if (/^\s*<(!doctype html|html|head|body)\b/i.test(text(0, 256))) return "html";
  if (/^\s*(<\?xml[^>]*>\s*)?<svg/.test(text(0, 256))) return "svg";
  return null;
}

/** Width and height that a PNG's first chunk claims, or null when the file ends before it. */
export function pngSize(bytes: Uint8Array): { width: number; height: number } | null {
  if (bytes.length < 24) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

const [SOS, DHT, JPG, DAC, APP1] = [0xda, 0xc4, 0xc8, 0xcc, 0xe1];

/**
 * Width and height of a JPEG by its segments, or null where they are not plainly so, or where EXIF may turn it: the decoder
 * knows better, and takes 0.25 ms for it, a twelfth of what it takes to decode 800 x 800 pixels.
 */
export function jpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: { width: number; height: number } | null = null;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const [mark, marker, length] = [bytes[at], bytes[at + 1]!, view.getUint16(at + 2)];
    if (mark !== 0xff || marker < 0xc0 || marker === APP1 || length < 2 || at + 2 + length > bytes.length) return null;
    if (marker === SOS) return size;
    if (marker <= 0xcf && marker !== DHT && marker !== JPG && marker !== DAC) {
      if (size || length < 8) return null;
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + length;
  }
  return null;
}
