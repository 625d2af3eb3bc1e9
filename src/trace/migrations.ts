import { accessTables, ownerTriggers } from './home/access-tables.ts'
import { homeTables } from './home/tables.ts'
import { pushTables } from './push/table.ts'
import { linkTables } from './session/links.ts'

/**
 * What traces cost. `spend` holds the sums by hour, which stay when traces go: what is not known is the empty text in
 * it, because nulls are never the same row. Money has two columns (`src/ledger/money.ts`). The key makes labels of
 * clients' credentials that mean nothing outside of this file.
 */
const costs = `
  ALTER TABLE traces ADD COLUMN client TEXT;
  ALTER TABLE traces ADD COLUMN usage_details TEXT;
  ALTER TABLE traces ADD COLUMN cost INTEGER;
  ALTER TABLE traces ADD COLUMN cost_lines TEXT;
  CREATE TABLE spend (
    hour INTEGER NOT NULL,
    project TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    client TEXT NOT NULL,
    traces INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    incomplete INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cached_input INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    micro INTEGER NOT NULL,
    rest INTEGER NOT NULL,
    PRIMARY KEY (hour, project, provider, model, client)
  ) WITHOUT ROWID;
  INSERT INTO spend
    SELECT CAST(started_at / 3600000 AS INTEGER), project, coalesce(provider, ''), coalesce(model, ''), '',
      count(*), count(coalesce(usage_input, usage_output)), 0, 0, total(usage_input), total(usage_cached_input),
      total(usage_cache_write), total(usage_output), total(usage_reasoning), 0, 0
    FROM traces GROUP BY 1, 2, 3, 4, 5;
  CREATE TABLE client_key AS SELECT randomblob(32) AS key;
  `

/**
 * The steps from an empty file to the present schema; `PRAGMA user_version` counts those that were taken. A
 * step that was published is never changed: add one.
 *
 * `traces` is what lists read, a few hundred bytes a row and apart from the payloads. Pieces are apart from
 * their counts: a turn of an agent counts hundreds of pieces up, which are then a few pages and not megabytes.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE traces (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    started_at REAL NOT NULL,
    project TEXT NOT NULL,
    provider TEXT,
    dialect TEXT,
    model TEXT,
    stream INTEGER NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER,
    outcome TEXT NOT NULL,
    detail TEXT,
    called_ms REAL,
    answered_ms REAL,
    first_byte_ms REAL,
    ended_ms REAL NOT NULL,
    usage_input INTEGER,
    usage_cached_input INTEGER,
    usage_cache_write INTEGER,
    usage_output INTEGER,
    usage_reasoning INTEGER,
    request_received_bytes INTEGER NOT NULL,
    request_received_sha256 BLOB,
    request_sent_bytes INTEGER NOT NULL,
    request_sent_sha256 BLOB,
    reply_received_bytes INTEGER NOT NULL,
    reply_received_sha256 BLOB,
    reply_sent_bytes INTEGER NOT NULL,
    reply_sent_sha256 BLOB,
    attempts INTEGER NOT NULL,
    dropped_request INTEGER NOT NULL,
    dropped_reply INTEGER NOT NULL
  );
  CREATE TABLE payload (seq INTEGER PRIMARY KEY, request BLOB, data BLOB NOT NULL);
  CREATE TABLE reply_part (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    part INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    data BLOB NOT NULL
  );
  CREATE UNIQUE INDEX reply_part_of ON reply_part (id, part);
  CREATE TABLE open (
    id TEXT PRIMARY KEY,
    begin TEXT NOT NULL,
    head TEXT,
    request BLOB,
    request_bytes INTEGER NOT NULL,
    request_kept_bytes INTEGER NOT NULL,
    request_sha256 BLOB,
    request_true INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE piece (id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 BLOB NOT NULL UNIQUE, data BLOB NOT NULL);
  CREATE TABLE piece_use (piece INTEGER PRIMARY KEY, count INTEGER NOT NULL);
  CREATE TABLE sender (name TEXT PRIMARY KEY, batch INTEGER NOT NULL);
  `,
  // The end of an exchange that nobody saw is not known; before, it was the time of its last read.
  `
  ALTER TABLE traces ADD COLUMN ended REAL;
  UPDATE traces SET ended = ended_ms WHERE called_ms IS NOT NULL OR outcome NOT IN ('interrupted', 'answered');
  ALTER TABLE traces DROP COLUMN ended_ms;
  ALTER TABLE traces RENAME COLUMN ended TO ended_ms;
  `,
  // Sessions. What a trace is found by is kept with it once more (links), to be removed with it.
  `
  ALTER TABLE traces ADD COLUMN session TEXT;
  ALTER TABLE traces ADD COLUMN parent TEXT;
  ALTER TABLE traces ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE traces ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE traces ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE traces ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE traces ADD COLUMN links BLOB;
  CREATE INDEX traces_of_session ON traces (session, id, model) WHERE session IS NOT NULL;
  CREATE TABLE link (
    hash BLOB NOT NULL,
    kind INTEGER NOT NULL,
    trace INTEGER NOT NULL,
    PRIMARY KEY (hash, kind, trace)
  ) WITHOUT ROWID;
  CREATE TABLE session (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    key TEXT,
    title TEXT,
    title_messages INTEGER NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL NOT NULL,
    last INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    usage_input INTEGER,
    usage_cached_input INTEGER,
    usage_cache_write INTEGER,
    usage_output INTEGER,
    usage_reasoning INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX session_by_last ON session (last);
  CREATE TABLE session_key (hash BLOB PRIMARY KEY, session TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX session_key_of ON session_key (session);
  `,
  costs,
  // What rules said. The verdict is in the list; what they found is apart from it, and may come after the trace.
  `
  ALTER TABLE traces ADD COLUMN verdict TEXT;
  CREATE TABLE judged (id TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
  `,
  homeTables,
  accessTables,
  pushTables,
  ownerTriggers,
  linkTables,
]
