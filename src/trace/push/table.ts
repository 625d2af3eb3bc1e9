/**
 * What goes out to other stores: a row for each trace of a project that pushes, with the number of its trace, written
 * in the trace's own transaction. It holds no payload: that is made of the trace when it is sent. `push_sum` is kept with
 * each change of a row, so that bounds and metrics never count a queue of a day.
 */
export const pushTables = `
  CREATE TABLE push (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    state TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    queued_at REAL NOT NULL,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL,
    detail TEXT,
    remote_id TEXT
  );
  CREATE INDEX push_due ON push (project, due_at) WHERE state IN ('waiting', 'sending');
  CREATE INDEX push_oldest ON push (project, seq) WHERE state IN ('waiting', 'sending');
  CREATE INDEX push_refused ON push (project, seq) WHERE state = 'refused';
  CREATE TABLE push_sum (
    project TEXT PRIMARY KEY,
    entries INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    dropped INTEGER NOT NULL
  ) WITHOUT ROWID;
  `
