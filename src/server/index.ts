export { type ServeOptions, type Serving, serve } from "./serve.ts";
export { createServer, type ServerOptions } from "./server.ts";
export type { DoorCatalog, DoorQuery, DoorShop, ItemPage, ServedPicture, ShopItem } from "./shop.ts";
