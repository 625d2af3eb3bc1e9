/**
 * Users, their keys, and the rules of projects. Of a key its hash is kept and never its text. `access_version` is counted
 * on by whatever changes what may be done, in this process or another, so that the main thread's copy is made anew.
 */
export const accessTables = `
  CREATE TABLE user (name TEXT PRIMARY KEY, created_at REAL NOT NULL) WITHOUT ROWID;
  INSERT INTO user VALUES ('developer', unixepoch('subsec') * 1000);
  CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    name TEXT,
    user TEXT NOT NULL,
    rights TEXT NOT NULL,
    projects TEXT,
    created_at REAL NOT NULL,
    expires_at REAL,
    revoked_at REAL,
    used_at REAL
  ) WITHOUT ROWID;
  CREATE INDEX api_key_of ON api_key (user);
  CREATE TABLE policy (
    id TEXT PRIMARY KEY,
    dataset TEXT NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    action TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    updated_at REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX policy_of ON policy (dataset, place);
  CREATE TABLE access_version (number INTEGER NOT NULL);
  INSERT INTO access_version VALUES (1);
  CREATE TRIGGER access_by_key AFTER INSERT ON api_key
    BEGIN UPDATE access_version SET number = number + 1; END;
  CREATE TRIGGER access_by_change AFTER UPDATE OF rights, projects, expires_at, revoked_at ON api_key
    BEGIN UPDATE access_version SET number = number + 1; END;
  CREATE TRIGGER access_by_new_policy AFTER INSERT ON policy
    BEGIN UPDATE access_version SET number = number + 1; END;
  CREATE TRIGGER access_by_policy AFTER UPDATE ON policy
    BEGIN UPDATE access_version SET number = number + 1; END;
  CREATE TRIGGER access_by_removal AFTER DELETE ON policy
    BEGIN UPDATE access_version SET number = number + 1; END;
  CREATE TRIGGER policies_of_dataset AFTER DELETE ON dataset
    BEGIN DELETE FROM policy WHERE dataset = OLD.id; END;
  `

/** Whose a project is decides who may have exchanges in it. That of the local user is open to all who are let in. */
export const ownerTriggers = `
  CREATE TRIGGER access_by_dataset AFTER INSERT ON dataset WHEN NEW.user <> 'developer'
    BEGIN UPDATE access_version SET number = number + 1; END;
  CREATE TRIGGER access_by_lost_dataset AFTER DELETE ON dataset WHEN OLD.user <> 'developer'
    BEGIN UPDATE access_version SET number = number + 1; END;
  `
