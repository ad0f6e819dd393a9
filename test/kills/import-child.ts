/** Imports argv[2] into the data folder argv[3] with a quick model, a few items a transaction; writes a dot as it begins. */
import { writeSync } from "node:fs";
import { openStore } from "../../src/catalog/index.ts";
import { importSource } from "../../src/indexing/index.ts";
import { nearModel } from "./near-model.ts";

const [, , source, data] = process.argv;
writeSync(1, ".");
const store = openStore(data!, { create: true });
await importSource(store, "main", nearModel(1), source!, { name: "shop", full: true, batch: 8 });
store.close();
