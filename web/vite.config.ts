import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** Leaves a .br and a .gz beside every script and style: the server sends the small one, and spends no time on it. */
const compressed: Plugin = {
  name: "looksee-compressed",
  writeBundle({ dir = "." }) {
    for (const name of readdirSync(join(dir, "assets"))) {
      const path = join(dir, "assets", name);
      const bytes = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(bytes));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
};

/** The shopper's page: `vite build web` leaves it in dist/web, where the server looks for it. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [compressed],
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
