import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** Real pictures stand beside a checkout, never in it. */
export const shared = resolve(import.meta.dirname, "../../../shared/data");
export const sharedIsThere = existsSync(shared);
export const whyNot = sharedIsThere ? "" : ` (skipped: ${shared} is absent)`;
