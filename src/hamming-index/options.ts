import { LookseeError } from "../errors.ts";
import type { Bitmap } from "./bitmap.ts";
import type { Wish } from "./coarse/index.ts";
import type { Counting } from "./counting.ts";
import type { Filter } from "./filter.ts";
import { CODE_BITS, CODE_BYTES, K_MAX } from "./layout.ts";

export type OpenOptions = {
  /** Width of a code; 64 bytes is the only one there is. */
  codeBytes?: 64;
  /** 1 (default): searches run in the calling thread. 2 … 64: in so many workers, and the calling thread stays free. */
  threads?: number;
  /** Folder of the segments, made if it is not there; default: none, and flush() is refused. */
  dir?: string;
  /** Whose codes these are; segments of another model are refused. Default "". */
  modelId?: string;
  /** "file": codes stay in the segments' files and about 9 bytes a code in memory. Needs `dir`. Default "memory". */
  codes?: "memory" | "file";
  /** False: another process writes to `dir`, this one only reads what is there when it opens. Default true. */
  write?: boolean;
  /** Where INDEX_FULL is raised, in bytes of memory reserved; default: when the machine refuses. */
  maxBytes?: number;
  /** Size to which one WASM memory grows before the next is opened; default and most: 4 GiB less a page. */
  memoryBytes?: number;
  /** How bits are counted; default: what suits the processor. The answers are the same. */
  counting?: Counting;
};

export type SearchOptions = {
  /** Only codes whose id is in here. */
  allow?: Bitmap | undefined;
  /** Only codes of this group, 0 … 65,535. Other than a bitmap's, they lie side by side and are found without a look at others. */
  group?: number | undefined;
  /** Share of the k nearest that searches must find by their mean, 0 … 1; default 1: exact. Below it needs cluster(). */
  recall?: number | undefined;
  /** Instead of `recall`: milliseconds that searches may take by their median, as measured by cluster(). */
  ms?: number | undefined;
};

const GROUP_MAX = 65_535;
const LISTS_MAX = 2 ** 20;

/** Throws INDEX_CODE_WIDTH, INDEX_THREADS, INDEX_FOLDER. */
export function checkOpen({ codeBytes = CODE_BYTES, threads = 1, codes, dir }: OpenOptions): void {
  if (codeBytes !== CODE_BYTES) throw width(`${codeBytes} bytes asked for`);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new LookseeError("INDEX_THREADS", `${threads} threads asked for`, "Use a whole number from 1 to 64");
  if (codes === "file" && dir === undefined)
    throw new LookseeError("INDEX_FOLDER", "codes in files need a folder", "Give the index a dir");
}

/** Throws INDEX_CODE_WIDTH, INDEX_GROUP. */
export function checkCodes(ids: Uint32Array, codes: Uint8Array, groups: Uint16Array | undefined): void {
  if (codes.length !== ids.length * CODE_BYTES) throw width(`${codes.length} bytes of codes for ${ids.length} ids`);
  if (groups && groups.length !== ids.length)
    throw new LookseeError("INDEX_GROUP", `${groups.length} groups for ${ids.length} ids`, "Give one group an id");
}

/** What may match. Throws INDEX_CODE_WIDTH, INDEX_GROUP. */
export function checkQuery(code: Uint8Array, { allow, group }: SearchOptions): Filter {
  if (code.length !== CODE_BYTES) throw width(`a query of ${code.length} bytes`);
  if (group !== undefined && !(Number.isInteger(group) && group >= 0 && group <= GROUP_MAX))
    throw new LookseeError("INDEX_GROUP", `${group} is no group`, `Use a whole number from 0 to ${GROUP_MAX}`);
  return { allow, group };
}

/** How exact an answer must be; undefined: exact. Throws INDEX_K, INDEX_RECALL. */
export function checkWish(k: number, { recall = 1, ms }: SearchOptions): Wish | undefined {
  if (!Number.isInteger(k) || k < 1 || k > K_MAX)
    throw new LookseeError("INDEX_K", `k is ${k}`, `Use a whole number from 1 to ${K_MAX}`);
  if (!(recall >= 0 && recall <= 1))
    throw new LookseeError("INDEX_RECALL", `the recall asked for is ${recall}`, "Use a number from 0 to 1");
  if (ms !== undefined) return { ms };
  return recall < 1 ? { recall } : undefined;
}

/** Throws INDEX_DISTANCE. */
export function checkDistance(distance: number): void {
  if (!Number.isInteger(distance) || distance < 0 || distance > CODE_BITS)
    throw new LookseeError(
      "INDEX_DISTANCE",
      `the distance is ${distance}`,
      `Use a whole number from 0 to ${CODE_BITS}`,
    );
}

/** Throws INDEX_LISTS. */
export function checkLists(lists: number, codes: number): void {
  if (!Number.isInteger(lists) || lists < 1 || lists > LISTS_MAX || codes === 0)
    throw new LookseeError(
      "INDEX_LISTS",
      `${lists} lists asked for, of ${codes} codes`,
      `Use a whole number from 1 to ${LISTS_MAX}, once there are codes`,
    );
}

function width(problem: string): LookseeError {
  return new LookseeError("INDEX_CODE_WIDTH", problem, "Codes are 64 bytes each");
}
