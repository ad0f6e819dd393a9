import type { Random } from "./random.ts";

/** How a phone saw the scene: gain per channel, a slope of light, vignette, contrast, haze and sensor noise. */
export type Light = {
  gain: readonly [number, number, number];
  slopeX: number;
  slopeY: number;
  vignette: number;
  gamma: number;
  haze: number;
  saturation: number;
  noise: number;
  noiseSeed: number;
};

export function drawLight(random: Random): Light {
  const warm = random.between(-0.13, 0.13);
  const tint = random.between(-0.06, 0.06);
  const exposure = random.between(0.8, 1.2);
  return {
    gain: [exposure * (1 + warm), exposure * (1 + tint), exposure * (1 - warm)],
    slopeX: random.between(-0.35, 0.35),
    slopeY: random.between(-0.35, 0.35),
    vignette: random.chance(0.5) ? random.between(0.1, 0.6) : 0,
    gamma: random.between(0.85, 1.25),
    haze: random.chance(0.3) ? random.between(0.03, 0.16) : 0,
    saturation: random.between(0.7, 1.12),
    noise: random.between(1, 10),
    noiseSeed: random.bits(),
  };
}

/** Applies the light to RGB pixels in place. */
export function shine(rgb: Uint8Array, width: number, height: number, light: Light): void {
  const curve = new Float32Array(1024);
  for (let k = 0; k < 1024; k++) curve[k] = 255 * ((k / 1023) ** light.gamma * (1 - light.haze) + light.haze * 0.8);
  const grain = new Float32Array(4096);
  let state = light.noiseSeed | 1;
  const draw = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  // The sum of three uniform draws is close enough to a bell.
  for (let k = 0; k < grain.length; k++) grain[k] = ((draw() + draw() + draw()) / 4294967296 - 1.5) * 2 * light.noise;
  const scale = 1023 / 255;
  for (let y = 0, i = 0; y < height; y++) {
    const v = y / height - 0.5;
    let g = draw() & 4095;
    for (let x = 0; x < width; x++, i += 3) {
      const u = x / width - 0.5;
      const level = 1 + light.slopeX * u + light.slopeY * v - light.vignette * (u * u + v * v);
      const r0 = (rgb[i] as number) * level * light.gain[0];
      const g0 = (rgb[i + 1] as number) * level * light.gain[1];
      const b0 = (rgb[i + 2] as number) * level * light.gain[2];
      const grey = (0.3 * r0 + 0.59 * g0 + 0.11 * b0) * (1 - light.saturation);
      g = (g + 7) & 4095;
      rgb[i] = clamp((curve[clamp1023((r0 * light.saturation + grey) * scale)] as number) + (grain[g] as number));
      rgb[i + 1] = clamp(
        (curve[clamp1023((g0 * light.saturation + grey) * scale)] as number) + (grain[(g + 1371) & 4095] as number),
      );
      rgb[i + 2] = clamp(
        (curve[clamp1023((b0 * light.saturation + grey) * scale)] as number) + (grain[(g + 2711) & 4095] as number),
      );
    }
  }
}

const clamp = (value: number): number => Math.max(0, Math.min(255, value));
const clamp1023 = (value: number): number => (value < 0 ? 0 : value > 1023 ? 1023 : value | 0);
