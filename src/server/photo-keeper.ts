import { randomBytes } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { DoorShop } from "./shop.ts";

/**
 * Stores query photos after their answer has left, so that keeping one costs the shopper no time.
 * The id is drawn before the photo is written; who asks for it meanwhile waits for the write.
 */
export class PhotoKeeper {
  readonly #shop: DoorShop;
  readonly #writing = new Map<string, Promise<unknown>>();

  constructor(shop: DoorShop) {
    this.#shop = shop;
  }

  /** 128 random bits, unguessable. The photo is written once `reply` is out, or its client gone. */
  keep(photo: Uint8Array, reply: FastifyReply): string {
    const id = randomBytes(16).toString("hex");
    const answered = new Promise((resolve) => reply.raw.once("finish", resolve).once("close", resolve));
    const writing = answered
      .then(() => this.#shop.savePhoto(photo, id))
      // The client that holds the photo sends it again when the id is unknown.
      .catch((error: unknown) => reply.log.warn({ err: error }, "a query photo was not kept"))
      .finally(() => this.#writing.delete(id));
    this.#writing.set(id, writing);
    return id;
  }

  /** Resolves once the photo `id` is on disk, at once if nobody is writing it. */
  async settled(id: string): Promise<void> {
    await this.#writing.get(id);
  }

  async close(): Promise<void> {
    await Promise.all(this.#writing.values());
  }
}
