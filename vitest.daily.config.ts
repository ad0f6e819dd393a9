import { defineConfig } from "vitest/config";

/** The nightly import of 100,000 rows: minutes, so under a name of its own. LOOKSEE_ROWS=3000 is the short form. */
export default defineConfig({
  test: {
    include: ["test/daily/**/*.daily.ts"],
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 1,
    reporters: ["default", "./test/closing-line.ts"],
  },
});
