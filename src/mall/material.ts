/** How a material catches light: sheen 0 .. 1, and the texture drawn over its colour. */
export type Finish = {
  sheen: number;
  texture: "none" | "knit" | "twill" | "canvas" | "grain" | "wood" | "ribbed" | "plush";
};

export const MATERIALS = {
  cotton: { sheen: 0.05, texture: "none" },
  jersey: { sheen: 0.12, texture: "none" },
  wool: { sheen: 0, texture: "knit" },
  denim: { sheen: 0.05, texture: "twill" },
  linen: { sheen: 0.03, texture: "canvas" },
  canvas: { sheen: 0.05, texture: "canvas" },
  silk: { sheen: 0.75, texture: "none" },
  satin: { sheen: 0.6, texture: "none" },
  lace: { sheen: 0.15, texture: "canvas" },
  leather: { sheen: 0.4, texture: "grain" },
  suede: { sheen: 0.02, texture: "plush" },
  "patent leather": { sheen: 0.95, texture: "none" },
  nylon: { sheen: 0.45, texture: "none" },
  corduroy: { sheen: 0.1, texture: "ribbed" },
  mesh: { sheen: 0.15, texture: "canvas" },
  plush: { sheen: 0.02, texture: "plush" },
  wood: { sheen: 0.2, texture: "wood" },
  lacquer: { sheen: 0.7, texture: "none" },
  velvet: { sheen: 0.25, texture: "plush" },
  steel: { sheen: 0.85, texture: "none" },
  aluminium: { sheen: 0.6, texture: "none" },
  plastic: { sheen: 0.5, texture: "none" },
  "matte plastic": { sheen: 0.1, texture: "none" },
  rubber: { sheen: 0.12, texture: "grain" },
  foil: { sheen: 0.9, texture: "none" },
  cardboard: { sheen: 0.05, texture: "none" },
  "kraft paper": { sheen: 0, texture: "grain" },
  glass: { sheen: 0.95, texture: "none" },
  ceramic: { sheen: 0.7, texture: "none" },
  stoneware: { sheen: 0.15, texture: "grain" },
} as const satisfies Record<string, Finish>;

export type Material = keyof typeof MATERIALS;
