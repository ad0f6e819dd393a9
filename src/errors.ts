/**
 * Every error looksee raises on purpose. A code keeps its meaning for ever once released and is never reused.
 * `status` is what HTTP answers (RFC 9457), `exit` what the command line exits with (2 usage, 3 input or data at fault).
 */
export const ERRORS = {
  NODE_TOO_OLD: { status: 500, exit: 3 },
  USAGE: { status: 400, exit: 2 },
  INTERNAL: { status: 500, exit: 3 },

  CATALOG_UNKNOWN: { status: 404, exit: 3 },
  CATALOG_NAME: { status: 400, exit: 2 },
  CATALOG_EMPTY: { status: 409, exit: 3 },
  CATALOG_UNSEEN: { status: 503, exit: 3 },
  DATA_UNWRITABLE: { status: 503, exit: 3 },
  DATA_FORMAT: { status: 503, exit: 3 },
  DATA_BUSY: { status: 503, exit: 3 },
  ITEM_UNKNOWN: { status: 404, exit: 3 },
  IMAGE_UNKNOWN: { status: 404, exit: 3 },
  JOB_UNKNOWN: { status: 404, exit: 3 },
  JOB_STATE: { status: 409, exit: 3 },
  JOB_PAUSED: { status: 409, exit: 3 },
  JOB_CANCELLED: { status: 409, exit: 3 },

  SOURCE_MISSING: { status: 400, exit: 3 },
  SOURCE_FORMAT: { status: 400, exit: 3 },
  SOURCE_EMPTY: { status: 400, exit: 3 },
  MAPPING_COLUMN: { status: 400, exit: 3 },
  ROW_NO_ID: { status: 422, exit: 1 },
  ROW_NO_PICTURE: { status: 422, exit: 1 },
  ROW_BAD_VALUE: { status: 422, exit: 1 },
  ROW_UNREADABLE: { status: 422, exit: 1 },
  ROW_DUPLICATE_ID: { status: 422, exit: 1 },
  REMOVAL_TOO_LARGE: { status: 409, exit: 3 },
  IMPORT_CANCELLED: { status: 409, exit: 3 },

  PICTURE_EMPTY: { status: 400, exit: 3 },
  PICTURE_MISSING: { status: 400, exit: 3 },
  PICTURE_FORMAT: { status: 415, exit: 3 },
  PICTURE_BROKEN: { status: 422, exit: 3 },
  PICTURE_TOO_LARGE: { status: 413, exit: 3 },
  URL_REFUSED: { status: 400, exit: 3 },
  URL_FAILED: { status: 422, exit: 3 },

  MODEL_MISSING: { status: 503, exit: 3 },
  MODEL_CARD: { status: 503, exit: 3 },
  MODEL_GOLDEN: { status: 503, exit: 3 },
  MODEL_UNKNOWN: { status: 404, exit: 3 },
  MODEL_EXISTS: { status: 409, exit: 3 },
  MODEL_INCOMPLETE: { status: 409, exit: 3 },
  MODEL_CHANGED: { status: 409, exit: 3 },
  MODEL_HUB: { status: 502, exit: 3 },

  SNAPSHOT_UNKNOWN: { status: 404, exit: 3 },
  SNAPSHOT_DAMAGED: { status: 500, exit: 3 },
  SNAPSHOT_TARGET: { status: 409, exit: 3 },

  SEARCH_BAD_INPUT: { status: 400, exit: 2 },
  SEARCH_BOX: { status: 400, exit: 2 },
  CATEGORY_UNKNOWN: { status: 400, exit: 2 },
  CURSOR_EXPIRED: { status: 410, exit: 3 },
  INDEX_K: { status: 400, exit: 2 },
  INDEX_CODE_WIDTH: { status: 500, exit: 3 },
  INDEX_FULL: { status: 507, exit: 3 },
  INDEX_GROUP: { status: 400, exit: 2 },
  INDEX_ID: { status: 400, exit: 2 },
  INDEX_THREADS: { status: 400, exit: 2 },
  INDEX_CLOSED: { status: 500, exit: 3 },
  INDEX_DISTANCE: { status: 400, exit: 2 },
  INDEX_FOLDER: { status: 503, exit: 3 },
  INDEX_LISTS: { status: 400, exit: 2 },
  INDEX_RECALL: { status: 400, exit: 2 },
  SEGMENT_MAGIC: { status: 503, exit: 3 },
  SEGMENT_VERSION: { status: 503, exit: 3 },
  SEGMENT_DAMAGED: { status: 503, exit: 3 },
  SEGMENT_MISSING: { status: 503, exit: 3 },
  SEGMENT_MODEL: { status: 503, exit: 3 },

  QUERIES_COLUMN: { status: 400, exit: 3 },
  PORT_IN_USE: { status: 500, exit: 3 },
  HOST_NEEDS_KEY: { status: 500, exit: 3 },
  BODY_TOO_LARGE: { status: 413, exit: 3 },
  ROUTE_UNKNOWN: { status: 404, exit: 3 },
  MEDIA_TYPE: { status: 415, exit: 2 },
  HOST_UNKNOWN: { status: 421, exit: 3 },
  ORIGIN_REFUSED: { status: 403, exit: 3 },
} as const satisfies Record<string, { status: number; exit: 1 | 2 | 3 }>;

export type ErrorCode = keyof typeof ERRORS;

/** `problem` says what happened to which input, `remedy` what the reader can do next; neither ends in a full stop. */
export class LookseeError extends Error {
  override readonly name = "LookseeError";
  readonly code: ErrorCode;
  readonly problem: string;
  readonly remedy: string;

  constructor(code: ErrorCode, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${code}: ${problem}. ${remedy}.`, options);
    this.code = code;
    this.problem = problem;
    this.remedy = remedy;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get exit(): 1 | 2 | 3 {
    return ERRORS[this.code].exit;
  }
}
