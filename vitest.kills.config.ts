import { defineConfig } from "vitest/config";

/** Imports killed at 200 random moments: minutes, so under a name of their own. LOOKSEE_KILLS=12 is the short form. */
export default defineConfig({
  test: {
    include: ["test/kills/**/*.kills.ts"],
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 1,
    reporters: ["default", "./test/closing-line.ts"],
  },
});
