/**
 * Imports argv[2] into the data folder argv[3] with a fake model, a few items a transaction, and writes a dot for each
 * picture that it looks at, so that a test can kill it at a chosen one.
 */
import { writeSync } from "node:fs";
import { openStore } from "../../src/catalog/index.ts";
import { importSource, type Seeing } from "../../src/indexing/index.ts";
import { fakeModel } from "./fake-model.ts";

const [, , source, data] = process.argv;
const store = openStore(data!, { create: true });
const eyes = fakeModel("fake", 2);
const see: Seeing["see"] = (picture) => {
  writeSync(1, ".");
  return eyes.see(picture);
};
await importSource(store, "main", { id: "fake", see }, source!, { batch: 8 });
store.close();
