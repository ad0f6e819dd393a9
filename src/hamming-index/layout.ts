/**
 * Where things lie in an index's WASM memory. TypeScript and the kernel both compile this file, so it holds nothing but
 * integer constants. One memory: query, one scratch area a thread, a copy of every 256th code (the
 * sample), then blocks of 65,536 slots each:
 *
 *     block: codes 65,536 x 64 B | ids 65,536 x u32 | allow mask 65,536 bits
 *
 * Codes and ids grow together this way, and a block's codes are one unbroken run: blocks of 4,096, whose 20 KB of ids
 * and masks interrupt the reading every 256 KB, made a scan a fifth slower. Pages never written to take no memory.
 */
export const CODE_BYTES = 64;
export const CODE_BITS = 512;
export const BLOCK_CODES = 65536;
export const IDS_AT = 4194304;
export const MASK_AT = 4456448;
export const BLOCK_BYTES = 4464640;

export const SAMPLE_STEP = 256;
/** A block's part of the sample. */
export const SAMPLE_BYTES = 16384;

export const QUERY_AT = 64;
export const SCRATCH_AT = 4096;

export const K_MAX = 100000;
/** Codes compared between two looks at whether the candidate buffer still has room; divides BLOCK_CODES. */
export const RUN_CODES = 512;
/** A candidate buffer holds 2 k + SLACK keys, so that a selection of k is paid for by at least k new candidates. */
export const SLACK = 1024;

// One thread's scratch: state, a histogram of 2,048 counters, the candidate buffer, then as much again to sort in.
export const WORST_AT = 0;
export const LIMIT_AT = 8;
export const COUNT_AT = 12;
export const K_AT = 16;
export const ROOM_AT = 20;
export const BINS_AT = 64;
export const BINS = 2048;
export const BUFFER_AT = 8256;
/** 52 WASM pages: BUFFER_AT + 2 buffers x (2 x K_MAX + SLACK) keys x 8 bytes, rounded up. */
export const SCRATCH_BYTES = 3407872;
