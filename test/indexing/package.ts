import { cpSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { ModelDraft } from "../../src/vision/index.ts";
import { tinyModel } from "../vision/tiny-onnx.ts";

const root = resolve(import.meta.dirname, "../..");

type Looksee = typeof import("../../src/index.ts");

/** looksee as it is installed somewhere: `at`; `main`: its command line, for a process of its own. */
export type Package = Looksee & { at: string; main: string };

/** This checkout's program in a folder of its own, with a tiny model in models/default. */
export async function install(at: string, modelId: string, seed: number): Promise<Package> {
  for (const name of ["src", "package.json"]) cpSync(join(root, name), join(at, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(at, "node_modules"));
  const folder = join(at, "models/default");
  cpSync(join(root, "models/default/golden"), join(folder, "golden"), {
    recursive: true,
    filter: (path) => !path.endsWith(".png"),
  });
  tinyModel(folder, { seed }, { id: modelId, codeThresholds: null });
  const draft = await ModelDraft.open(folder, modelId, 1);
  await draft.finish([]).finally(() => draft.close());
  const looksee: Looksee = await import(join(at, "src/index.ts"));
  return { ...looksee, at, main: join(at, "src/cli/main.ts") };
}
