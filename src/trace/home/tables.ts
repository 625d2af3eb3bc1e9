/**
 * What Invariant's Explorer knows and an exchange does not. A project has a row of its own once it has a trace or was
 * made by name; each of its traces has a number ("Run N") that is never given again. `told` is what was told of a trace
 * from outside, `known` by which line of which file it came: the same line is not brought in twice.
 */
export const homeTables = `
  ALTER TABLE traces ADD COLUMN origin TEXT NOT NULL DEFAULT 'recorded';
  ALTER TABLE traces ADD COLUMN number INTEGER;
  UPDATE traces SET number = ranked.place
    FROM (SELECT seq, row_number() OVER (PARTITION BY project ORDER BY id) - 1 AS place FROM traces) AS ranked
    WHERE ranked.seq = traces.seq;
  CREATE UNIQUE INDEX traces_of_project ON traces (project, number);
  CREATE TABLE dataset (
    id TEXT NOT NULL UNIQUE,
    name TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    created_at REAL NOT NULL,
    pushed_at REAL,
    metadata TEXT NOT NULL,
    next INTEGER NOT NULL
  ) WITHOUT ROWID;
  INSERT INTO dataset
    SELECT lower(hex(randomblob(10))), project, 'developer', 0, min(started_at), max(started_at), '{}', count(*)
    FROM traces GROUP BY project;
  CREATE TABLE told (
    seq INTEGER PRIMARY KEY,
    user TEXT NOT NULL,
    name TEXT,
    hierarchy TEXT NOT NULL,
    metadata TEXT NOT NULL,
    changed_at REAL,
    is_shared INTEGER NOT NULL,
    foreign_id TEXT,
    known BLOB
  );
  CREATE INDEX told_foreign ON told (foreign_id) WHERE foreign_id IS NOT NULL;
  CREATE UNIQUE INDEX told_known ON told (known) WHERE known IS NOT NULL;
  CREATE TABLE annotation (
    id TEXT PRIMARY KEY,
    trace INTEGER NOT NULL,
    user TEXT NOT NULL,
    content TEXT NOT NULL,
    address TEXT,
    created_at REAL NOT NULL,
    metadata TEXT,
    source TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX annotation_of ON annotation (trace);
  CREATE TABLE saved_query (
    id TEXT PRIMARY KEY,
    dataset TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX saved_query_of ON saved_query (dataset);
  `
