/** mall: the procedural shop. It only draws: items with known latents, clean pictures, cluttered photos with true boxes. */

export { CATEGORIES, type Category } from "./categories.ts";
export { CHANGES, type Change, changePicture } from "./change.ts";
export type { MallItem } from "./item.ts";
export type { Latents } from "./latents.ts";
export { type Mall, openMall } from "./mall.ts";
export type { Photo, PhotoBox } from "./photo.ts";
export { MALL_VERSION } from "./version.ts";
export { type MallOptions, type MallProgress, type WrittenMall, writeMall } from "./write.ts";
