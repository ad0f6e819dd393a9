import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real pictures, real SQLite and a real browser share two cores: a machine ten times slower is not a failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // In CI a race in a browser test's own set-up gets one more try; a fault of the code fails twice. At a desk it shows.
    retry: process.env.CI ? 1 : 0,
    // Tests start the command line again and again, and each start would strip the same types of the same files.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/node") },
    pool: "forks",
    maxWorkers: 3,
    // Files of one process share what they import: a tenth of the time. What a test opens it closes itself.
    isolate: false,
    // Node strips the types itself, as for `npm run looksee`: nothing is transformed and sent from process to process.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    reporters: ["default", "./test/closing-line.ts"],
  },
});
