import { resolve } from "node:path";
import { defineConfig } from "vite";

/** The shopper's page: `vite build web` leaves it in dist/web, where the server looks for it. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: resolve(import.meta.dirname, "../dist/web"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // An inlined asset would be a data: address, which the page's policy does not let scripts and styles use.
    assetsInlineLimit: 0,
  },
  // `npx vite web` while `looksee serve` runs: the page reloads on save, the shop answers.
  server: { proxy: { "/v1": "http://127.0.0.1:7410" } },
});
