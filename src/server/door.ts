import type { PhotoKeeper } from "./photo-keeper.ts";
import type { FetchPicture } from "./read-query.ts";
import type { DoorShop } from "./shop.ts";

/** What every route may reach. `photos` is undefined where query photos are not kept. */
export type Door = {
  shop: DoorShop;
  photos: PhotoKeeper | undefined;
  fetchPicture: FetchPicture;
};

declare module "fastify" {
  interface FastifyRequest {
    /** Set once a search has answered, for the log. */
    searchId: string | undefined;
    /** Set once a problem has been answered, for the log. */
    problemCode: string | undefined;
  }
}
