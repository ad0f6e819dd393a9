import type { DatabaseSync } from "node:sqlite";
import { LookseeError } from "../errors.ts";

/**
 * Each entry takes the schema from version n to n + 1 and is never edited once released: old data folders stop at
 * any of them. `PRAGMA user_version` says where a folder stands.
 *
 * code.key and sight.key are `model.id * 2^32 + image.id`: one integer primary key is SQLite's fastest look-up, and
 * codes of one model lie side by side in the order in which they are loaded. Codes are apart from features because
 * opening a catalog reads every code and no feature.
 */
const MIGRATIONS = [
  `
CREATE TABLE catalog (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL
) STRICT;
CREATE TABLE setting (
  catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (catalog_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT, catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE,
  name TEXT NOT NULL, mapping TEXT, UNIQUE (catalog_id, name)
) STRICT;
CREATE TABLE category (
  id INTEGER PRIMARY KEY AUTOINCREMENT, catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE,
  name TEXT NOT NULL, UNIQUE (catalog_id, name)
) STRICT;
CREATE TABLE item (
  id INTEGER PRIMARY KEY AUTOINCREMENT, catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE,
  item_id TEXT NOT NULL, source_id INTEGER REFERENCES source, category_id INTEGER REFERENCES category,
  title TEXT NOT NULL, description TEXT, url TEXT, price REAL, currency TEXT, stock REAL,
  attributes TEXT NOT NULL, content_hash TEXT NOT NULL, UNIQUE (catalog_id, item_id)
) STRICT;
CREATE INDEX item_source ON item (source_id);
CREATE INDEX item_category ON item (category_id);
CREATE TABLE variant (
  id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
  sku TEXT NOT NULL, position INTEGER NOT NULL, title TEXT, url TEXT, price REAL, currency TEXT, stock REAL,
  attributes TEXT NOT NULL, content_hash TEXT NOT NULL, UNIQUE (item, sku)
) STRICT;
CREATE TABLE image (
  id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL UNIQUE,
  width INTEGER NOT NULL, height INTEGER NOT NULL, mime TEXT NOT NULL, bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE picture (
  id INTEGER PRIMARY KEY, catalog_id INTEGER NOT NULL, item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
  variant INTEGER REFERENCES variant ON DELETE CASCADE, image_id INTEGER NOT NULL REFERENCES image,
  position INTEGER NOT NULL
) STRICT;
CREATE INDEX picture_image ON picture (image_id, catalog_id);
CREATE INDEX picture_item ON picture (item, position);
CREATE INDEX picture_variant ON picture (variant);
CREATE TABLE member (
  catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE, image_id INTEGER NOT NULL REFERENCES image,
  live INTEGER NOT NULL, changed INTEGER NOT NULL, PRIMARY KEY (catalog_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_changed ON member (catalog_id, changed, image_id);
CREATE TABLE model (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE code (key INTEGER PRIMARY KEY, code BLOB NOT NULL CHECK (length(code) = 64)) STRICT;
CREATE TABLE sight (
  key INTEGER PRIMARY KEY, feature BLOB NOT NULL CHECK (length(feature) = 512), scale REAL NOT NULL,
  category BLOB NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
  box_score REAL NOT NULL
) STRICT;
CREATE TABLE origin (
  location TEXT PRIMARY KEY, image_id INTEGER NOT NULL REFERENCES image, stamp TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT, catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE,
  source_id INTEGER REFERENCES source, kind TEXT NOT NULL, state TEXT NOT NULL, stage TEXT NOT NULL DEFAULT '',
  counts TEXT NOT NULL DEFAULT '{}', error TEXT, pid INTEGER, run INTEGER NOT NULL DEFAULT 1,
  started INTEGER NOT NULL, heartbeat INTEGER NOT NULL, finished INTEGER
) STRICT;
CREATE INDEX job_catalog ON job (catalog_id, kind, source_id);
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT, catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE,
  source_id INTEGER NOT NULL REFERENCES source ON DELETE CASCADE, file TEXT NOT NULL, row INTEGER NOT NULL,
  picture TEXT NOT NULL DEFAULT '', item_id TEXT, code TEXT NOT NULL, reason TEXT NOT NULL, remedy TEXT NOT NULL,
  raw TEXT NOT NULL, time INTEGER NOT NULL, job_id INTEGER NOT NULL, run INTEGER NOT NULL,
  UNIQUE (source_id, file, row, picture)
) STRICT;
`,
  // Jobs that can be watched and steered from another process: how far, what failed, how to begin again, what is asked.
  `
ALTER TABLE job ADD COLUMN spec TEXT;
ALTER TABLE job ADD COLUMN progress TEXT;
ALTER TABLE job ADD COLUMN failures TEXT NOT NULL DEFAULT '{}';
ALTER TABLE job ADD COLUMN request TEXT;
`,
  // Near-duplicates and selection. twin: every picture that was compared, with the first of its kind (itself if alone).
  // verdict: what a person said of two items, by the shop's ids, so that it outlives both. duplicate: what follows, each
  // item of a group with the one that stands for it. item.chosen: may be found; item.why: JSON, how that came about.
  `
CREATE TABLE twin (
  catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE, image_id INTEGER NOT NULL REFERENCES image,
  head INTEGER NOT NULL, PRIMARY KEY (catalog_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX twin_head ON twin (catalog_id, head);
CREATE TABLE verdict (
  catalog_id INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE, first TEXT NOT NULL, second TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'merge')), time INTEGER NOT NULL, CHECK (first < second),
  PRIMARY KEY (catalog_id, first, second)
) STRICT, WITHOUT ROWID;
CREATE TABLE duplicate (
  item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE, catalog_id INTEGER NOT NULL,
  leader INTEGER NOT NULL REFERENCES item ON DELETE CASCADE
) STRICT;
CREATE INDEX duplicate_leader ON duplicate (catalog_id, leader);
CREATE TABLE quality (
  image_id INTEGER PRIMARY KEY REFERENCES image, sharpness REAL NOT NULL, exposure REAL NOT NULL,
  watermark REAL NOT NULL, collage REAL NOT NULL, text REAL NOT NULL
) STRICT;
ALTER TABLE item ADD COLUMN chosen INTEGER NOT NULL DEFAULT 1;
ALTER TABLE item ADD COLUMN why TEXT;
`,
  // When a catalog stopped showing an image (ms since 1970): its code and file outlive it by a grace period. Null while
  // it is shown, and once they are deleted.
  `
ALTER TABLE member ADD COLUMN gone INTEGER;
UPDATE member SET gone = unixepoch() * 1000 WHERE live = 0;
CREATE INDEX member_gone ON member (catalog_id, gone) WHERE gone IS NOT NULL;
`,
  // The category of all chosen items that show an image; 0: they have none, -1: not the same one, null: none shows it.
  `
ALTER TABLE member ADD COLUMN category INTEGER;
UPDATE member SET category = (SELECT iif(min(coalesce(i.category_id, 0)) = max(coalesce(i.category_id, 0)),
    min(coalesce(i.category_id, 0)), -1)
  FROM picture p JOIN item i ON i.id = p.item
  WHERE p.image_id = member.image_id AND p.catalog_id = member.catalog_id AND i.chosen = 1) WHERE live = 1;
CREATE INDEX member_shared ON member (catalog_id, image_id) WHERE category = -1;
`,
  // Which model answers: the last promotion's, and where there is none the one that comes with looksee. model.golden: hash of
  // an added model's known answers. catalog.promoted: its version when that last changed.
  `
CREATE TABLE promotion (id INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
ALTER TABLE model ADD COLUMN golden TEXT;
ALTER TABLE catalog ADD COLUMN promoted INTEGER NOT NULL DEFAULT 0;
`,
];

/** Brings an open database to the newest schema. Safe when two processes open a new folder at once. Throws DATA_FORMAT. */
export function migrate(connection: DatabaseSync, dir: string): void {
  const at = () => Number(connection.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (at() > MIGRATIONS.length) throw tooNew(dir, at());
  if (at() === MIGRATIONS.length) return;
  connection.exec("BEGIN IMMEDIATE");
  try {
    const from = at(); // asked again under the lock: the other process may have been first
    if (from > MIGRATIONS.length) throw tooNew(dir, from);
    for (const sql of MIGRATIONS.slice(from)) connection.exec(sql);
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    if (connection.isTransaction) connection.exec("ROLLBACK");
    throw error;
  }
}

const tooNew = (dir: string, version: number): LookseeError =>
  new LookseeError(
    "DATA_FORMAT",
    `the data folder ${dir} was written by a newer looksee (schema ${version}, this one knows ${MIGRATIONS.length})`,
    "Update looksee, or name another folder with --data",
  );
