-- The store of a migration. Read it with any SQLite program; write nothing into it.

CREATE TABLE entity (
    id     INTEGER PRIMARY KEY,
    system TEXT NOT NULL,   -- where the records come from: crm_a
    name   TEXT NOT NULL,   -- what they are: contact
    UNIQUE (system, name)
);

CREATE TABLE disposition (code INTEGER PRIMARY KEY, name TEXT NOT NULL);

-- What became of every record, by the source's own key.
CREATE TABLE ledger (
    entity      INTEGER NOT NULL,
    key         TEXT NOT NULL,
    disposition INTEGER NOT NULL,
    target_id,                -- the row in the target
    hash        INTEGER,      -- of the record as it was mapped
    written     INTEGER,      -- of the row as it was left; null where it is the same
    batch       INTEGER,
    row         INTEGER,      -- in the input, from 1
    inactive    INTEGER,      -- 1: a person who is not to be given anything
    note        TEXT,         -- the key that it was merged into; why it was set aside; that its row is another's
    seal        INTEGER NOT NULL,
    PRIMARY KEY (entity, key)
) WITHOUT ROWID;

-- The batches that records went with. What was sent and is not confirmed is in doubt.
CREATE TABLE batch (
    id        INTEGER PRIMARY KEY,
    run       INTEGER NOT NULL,
    phase     INTEGER NOT NULL,
    entity    INTEGER NOT NULL,
    last_row  INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    tally     TEXT NOT NULL   -- a JSON object: how often each thing happened
);

-- How rows that were there, or were changed again, are put back.
CREATE TABLE journal (
    batch     INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    tbl       TEXT NOT NULL,
    target_id NOT NULL,
    before    TEXT,           -- a JSON object of the columns that were changed; null where the row was made
    after     TEXT,
    entity    INTEGER,
    key       TEXT,
    previous  TEXT,           -- what the ledger said of the record before
    seal      INTEGER NOT NULL,
    PRIMARY KEY (batch, line)
) WITHOUT ROWID;

-- References that wait for what they point to.
CREATE TABLE deferred (
    entity INTEGER NOT NULL,
    col    TEXT NOT NULL,
    key    TEXT NOT NULL,
    parent TEXT NOT NULL,
    PRIMARY KEY (entity, col, key)
) WITHOUT ROWID;

-- Records that a duplicate detector found in the target, before a run wrote anything of their entity.
CREATE TABLE matched (
    run         INTEGER NOT NULL,
    entity      INTEGER NOT NULL,
    key         TEXT NOT NULL,
    target_id   NOT NULL,
    fills       INTEGER NOT NULL, -- 1: another record has the row; only what is empty is filled
    probability REAL NOT NULL,
    PRIMARY KEY (run, entity, key)
) WITHOUT ROWID;

-- Records that were set aside, as they were read.
CREATE TABLE aside (
    id      INTEGER PRIMARY KEY,
    entity  INTEGER NOT NULL,
    key     TEXT NOT NULL,
    place   TEXT NOT NULL,
    reasons TEXT NOT NULL,
    raw     TEXT NOT NULL,
    UNIQUE (entity, key)
);

CREATE TABLE note (run INTEGER NOT NULL, entity TEXT NOT NULL, key TEXT, rule TEXT NOT NULL, message TEXT NOT NULL);

-- Rows that a plan would change: they are backed up before it is applied.
CREATE TABLE touched (
    plan      TEXT NOT NULL,
    tbl       TEXT NOT NULL,
    target_id NOT NULL,
    PRIMARY KEY (plan, tbl, target_id)
) WITHOUT ROWID;

-- Who did what, each line bound to the one before it by its hash. Plans, approvals and runs are lines of it.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    plan   TEXT,
    run    INTEGER,
    detail TEXT NOT NULL,
    hash   TEXT NOT NULL,
    seal   TEXT               -- what only who has the key can make of the hash
);

-- Where the log ends: one row, written with each line.
CREATE TABLE head (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    hash   TEXT NOT NULL,
    seal   TEXT
);

CREATE VIEW record AS
    SELECT e.system, e.name AS entity, l.key, d.name AS disposition, l.target_id, b.run, l.row,
           b.confirmed IS 0 AS in_doubt, l.note
    FROM ledger l JOIN entity e ON e.id = l.entity JOIN disposition d ON d.code = l.disposition
    LEFT JOIN batch b ON b.id = l.batch;

-- From every old id to the new one. The merged ones point to the row that they went into.
CREATE VIEW crosswalk AS
    SELECT e.system, e.name AS entity, l.key AS id, l.target_id, d.name AS disposition
    FROM ledger l JOIN entity e ON e.id = l.entity JOIN disposition d ON d.code = l.disposition
    WHERE l.disposition IN (1, 2, 3, 4, 8);
