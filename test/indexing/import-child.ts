/** Imports argv[2] into the data folder argv[3] with a slow fake model; for tests that kill it. */
import { openStore } from "../../src/catalog/index.ts";
import { importSource } from "../../src/indexing/index.ts";
import { fakeModel } from "./fake-model.ts";

const [, , source, data] = process.argv;
const store = openStore(data!, { create: true });
const report = await importSource(store, "main", fakeModel("fake", 5), source!);
store.close();
console.log(JSON.stringify(report));
