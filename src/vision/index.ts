export { type Box, isBox, WHOLE } from "./box.ts";
export type { Card } from "./card.ts";
export { MAX_PIXELS } from "./check.ts";
export { CODE_BYTES, codeOf, FEATURE_WIDTH, toUnitLength } from "./code.ts";
export { decode, type Picture } from "./decode.ts";
export { defaultModelFolder, Model, openModel, type Sight } from "./model.ts";
export { overallQuality, type PictureQuality, pictureQuality } from "./quality.ts";
export { reencode, thumbnail } from "./thumbnail.ts";
