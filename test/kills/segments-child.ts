// Changes an index batch after batch, writing each to its folder, and says the number of each that is written.
import { writeSync } from "node:fs";
import { HammingIndex } from "../../src/hamming-index/index.ts";
import { batchOf } from "./segments-batches.ts";

const [dir, codes] = process.argv.slice(2) as [string, "memory" | "file"];
const index = await HammingIndex.open({ dir, modelId: "kills", codes });
if (index.refused.length > 0) throw index.refused[0];
writeSync(1, `${index.mark}\n`);
let written: Promise<void> = Promise.resolve();
for (let number = index.mark + 1; ; number++) {
  const { ids, codes, groups, gone } = batchOf(number);
  // While the batch before is still being merged and written.
  await index.upsert(ids, codes, groups);
  await index.remove(gone);
  await written;
  written = index.flush(number).then(() => void writeSync(1, `${number}\n`));
}
