import { defineConfig } from "vitest/config";

/** The duplicates that the mall knows, three seeds: minutes, so under a name of their own. LOOKSEE_ITEMS=150 LOOKSEE_SEEDS=64 is the short form. */
export default defineConfig({
  test: {
    include: ["test/duplicates/**/*.duplicates.ts"],
    testTimeout: 3_600_000,
    pool: "forks",
    maxWorkers: 1,
    reporters: ["default", "./test/closing-line.ts"],
  },
});
