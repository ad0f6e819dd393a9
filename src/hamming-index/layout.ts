/**
 * Where things lie in an index's WASM memories. TypeScript and the kernel both compile this file, so it holds nothing but
 * integer constants. A memory begins with one scratch area a thread; then frames, each of 65,536 slots of one segment:
 *
 *     frame: codes 65,536 x 64 B | side: ids 65,536 x u32, dead 65,536 bits, allow 65,536 bits | every 256th code again
 *
 * A frame's codes are one unbroken run: blocks of 4,096, whose 20 KB of ids and masks interrupt the reading every 256 KB,
 * made a scan a fifth slower. Where codes stay in their file, a frame is its side alone. Pages never written to take no
 * memory.
 */
export const CODE_BYTES = 64;
export const CODE_BITS = 512;
export const FRAME_CODES = 65536;
export const SIDE_AT = 4194304;
// Relative to the side, which begins with the ids:
export const DEAD_AT = 262144;
export const ALLOW_AT = 270336;
export const SIDE_BYTES = 278528;
export const MASK_BYTES = 8192;
export const SAMPLE_AT = 4472832;
export const FRAME_BYTES = 4489216;

export const SAMPLE_STEP = 256;

export const SCRATCH_AT = 65536;

export const K_MAX = 100000;
/** Codes compared between two looks at whether the candidate buffer still has room. */
export const RUN_CODES = 512;
/** A candidate buffer holds 2 k + SLACK keys, so that a selection of k is paid for by at least k new candidates. */
export const SLACK = 1024;

// One thread's scratch: a histogram of 2,048 counters, room to sort the candidates of one query, then a state for each
// query of the search in progress, then room for codes read from a file.
export const BINS = 2048;
export const SPARE_AT = 8192;
export const STATES_AT = 1616384;
export const STAGE_AT = 3276800;
export const STAGE_CODES = 32768;
export const SCRATCH_BYTES = 5373952;

// One query's state: what select() keeps up to date, the query itself, its candidates.
export const WORST_AT = 0;
export const LIMIT_AT = 8;
export const COUNT_AT = 12;
export const K_AT = 16;
export const ROOM_AT = 20;
export const SCRATCH_OF = 24;
/** Candidates from here on are noted by slot, not yet by id. */
export const NOTED_AT = 28;
export const QUERY_AT = 64;
export const BUFFER_AT = 128;
