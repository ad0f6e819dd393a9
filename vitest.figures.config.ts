import { defineConfig } from "vitest/config";

/** Figures on real pictures (../shared/data beside the checkout): minutes, so under a name of their own. */
export default defineConfig({
  test: {
    include: ["test/figures/**/*.figures.ts"],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    pool: "forks",
    maxWorkers: 1,
    reporters: ["default", "./test/closing-line.ts"],
  },
});
