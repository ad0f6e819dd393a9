// Apart from kernel.ts, so that the public declarations need no WebAssembly types.

/** How the kernel counts bits: 64-bit words, 128-bit lanes; both give the same distances. */
export type Counting = "words" | "lanes";

/** arm64 counts bits in vector registers only, so there a word would travel to one and back. */
export const COUNTING: Counting = process.arch === "arm64" ? "lanes" : "words";
