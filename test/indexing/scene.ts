import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type CatalogStore, openStore, type Store } from "../../src/catalog/index.ts";
import { jpeg } from "./fake-model.ts";

/** A fresh folder, gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "looksee-indexing-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Pictures 1..count as `<n>.jpg`. */
export async function pictures(folder: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) write(folder, { [`${n}.jpg`]: await jpeg(n) });
}

export function store(folder = scratch()): Store {
  const opened = openStore(folder, { create: true });
  onTestFinished(() => opened.close());
  return opened;
}

/** All that a catalog holds, without times and job ids: equal for equal imports, whatever happened on the way. */
export function canonical(catalog: CatalogStore, modelId = "fake") {
  const { items } = catalog.shelf(0, 1_000_000);
  return {
    counts: catalog.counts(),
    codes: [...catalog.changes(modelId, 0)].map(({ imageId, code }) => {
      const { hash, width, height, mime } = catalog.picture(imageId);
      return { imageId, code: Buffer.from(code!).toString("hex"), hash, width, height, mime };
    }),
    items: items.map(({ itemId }) => {
      const images = catalog.imagesOfItem(itemId);
      return { itemId, images: images.map((image) => [image, catalog.itemsOfImages([image]).get(image)]) };
    }),
    categories: catalog.categories(),
    quarantine: catalog.quarantine().map(({ jobId: _, time: __, ...rest }) => rest),
  };
}
