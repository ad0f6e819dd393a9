import { availableParallelism } from "node:os";

/** What a data folder, a search and a door take when nobody says otherwise. Each value is here once. */
export const config = {
  dataFolder: "./looksee-data",
  catalog: "main",
  host: "127.0.0.1",
  port: 7410,
  /** Threads that scan codes for one query; codes are read from memory, which two or three cores fill. */
  scanThreads: Math.min(4, availableParallelism()),
  /** Networks that run side by side, one core each. */
  modelWorkers: Math.min(4, availableParallelism()),
  /** Longest side of a kept photo (pixels). */
  photoSide: 1280,
  /** Hours a shopper's photo is kept for moving its box; 0 keeps none (design.md, promise 6). */
  photoHours: 24 as number,
  /** Days for which pictures and codes outlive the last item that showed them, in case it comes back. */
  graceDays: 7,
  /** A larger request body is refused before it is read (bytes). */
  maxBodyBytes: 20 * 1024 * 1024,
} as const;
