-- The first schema.
--
-- Dates are days since 0001-01-01 plus one, as in the program; date(d + 1721424.5)
-- shows one. Exact decimals are integers where they have no decimals and text
-- otherwise, so that no digit is lost ("10.50" stays that). What a file left empty is
-- NULL, in key columns ''. part and row say where a row stands: in which part of
-- which file, on which line. Tables are kept in the order of their keys, so that all
-- rows of an account lie together.

-- One row for each file imported, in order.
CREATE TABLE files (
    seq         INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,
    hash        TEXT    NOT NULL UNIQUE, -- of the content
    bytes       INTEGER NOT NULL,
    imported_on INTEGER                  -- a date
) STRICT;

-- What a file holds by kind of row, and what became of it.
CREATE TABLE file_counts (
    file       INTEGER NOT NULL REFERENCES files,
    kind       TEXT    NOT NULL,
    inserted   INTEGER NOT NULL,
    replaced   INTEGER NOT NULL,
    unchanged  INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    conflicts  INTEGER NOT NULL,
    PRIMARY KEY (file, kind)
) STRICT, WITHOUT ROWID;

-- Parts of files as rows name them: the file itself, a sheet, a member of an archive.
CREATE TABLE parts (
    id   INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES files,
    name TEXT    NOT NULL
) STRICT;

-- Words that many rows share: units, currencies, tariffs.
CREATE TABLE words (
    id   INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
) STRICT;

-- Every account that any row names; part is NULL where no file describes it.
CREATE TABLE accounts (
    account          TEXT NOT NULL PRIMARY KEY,
    service          INTEGER, -- 1 electricity, 2 water, 3 gas, 4 broadband
    unit             TEXT,
    premise          TEXT,
    name             TEXT,
    class            TEXT,
    tariff           TEXT,
    region           TEXT,
    route            TEXT,
    moved_in         INTEGER,
    moved_out        INTEGER,
    status           TEXT,
    service_amps     ANY,
    phases           INTEGER,
    meter_size       ANY,
    occupants        ANY,
    weather_station  TEXT,
    previous_account TEXT,
    part             INTEGER REFERENCES parts,
    row              INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE meters (
    account         TEXT    NOT NULL,
    installed_on    INTEGER NOT NULL, -- 0: not known
    meter           TEXT    NOT NULL,
    removed_on      INTEGER,
    initial_reading ANY,
    final_reading   ANY,
    multiplier      ANY,
    digits          INTEGER,
    resolution      ANY,
    constant        ANY,
    verified_until  INTEGER,
    part            INTEGER NOT NULL REFERENCES parts,
    row             INTEGER NOT NULL,
    PRIMARY KEY (account, installed_on, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE readings (
    account  TEXT    NOT NULL,
    read_on  INTEGER NOT NULL,
    meter    TEXT    NOT NULL,
    register TEXT    NOT NULL,
    reading  ANY     NOT NULL,
    quality  INTEGER, -- 1 actual, 2 estimated, 3 customer, 4 substituted
    reader   TEXT,
    part     INTEGER NOT NULL REFERENCES parts,
    row      INTEGER NOT NULL,
    PRIMARY KEY (account, read_on, meter, register)
) STRICT, WITHOUT ROWID;

CREATE TABLE bills (
    account      TEXT    NOT NULL,
    period_start INTEGER NOT NULL,
    bill         TEXT    NOT NULL,
    meter        TEXT    NOT NULL,
    period_end   INTEGER NOT NULL, -- the first day not covered
    usage        ANY     NOT NULL,
    amount       ANY,
    reading_from ANY,
    reading_to   ANY,
    quality      INTEGER,
    flags        INTEGER,          -- 1: the end of the period is assumed; 2: cancelled
    unit         INTEGER REFERENCES words,
    currency     INTEGER REFERENCES words,
    tariff       INTEGER REFERENCES words,
    issued_on    INTEGER,
    due_on       INTEGER,
    cancels      TEXT,             -- the id of the bill that this one replaces
    part         INTEGER NOT NULL REFERENCES parts,
    row          INTEGER NOT NULL,
    PRIMARY KEY (account, period_start, bill, meter)
) STRICT, WITHOUT ROWID;

-- Rows that were kept out because another row of the same file is for the same bill.
CREATE TABLE bill_conflicts (
    account      TEXT    NOT NULL,
    period_start INTEGER NOT NULL,
    bill         TEXT    NOT NULL,
    meter        TEXT    NOT NULL,
    part         INTEGER NOT NULL REFERENCES parts,
    n            INTEGER NOT NULL, -- counts the rows kept out for one bill
    kept_row     INTEGER NOT NULL,
    dropped_row  INTEGER NOT NULL,
    identical    INTEGER NOT NULL,
    PRIMARY KEY (account, period_start, bill, meter, part, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE bill_lines (
    account      TEXT    NOT NULL,
    part         INTEGER NOT NULL REFERENCES parts,
    n            INTEGER NOT NULL, -- the row's place among all that were imported with it
    bill         TEXT    NOT NULL,
    code         TEXT,
    description  TEXT,
    quantity     ANY,
    unit_price   ANY,
    amount       ANY     NOT NULL,
    period_start INTEGER,
    period_end   INTEGER,
    row          INTEGER NOT NULL,
    PRIMARY KEY (account, part, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE appliances (
    account       TEXT    NOT NULL,
    from_day      INTEGER NOT NULL, -- 0: always
    appliance     TEXT    NOT NULL,
    watts         REAL    NOT NULL,
    hours_per_day REAL    NOT NULL,
    count         REAL    NOT NULL,
    until_day     INTEGER,
    months        INTEGER,          -- bit 0 is January; NULL: all year
    watts_low     REAL    NOT NULL,
    watts_high    REAL    NOT NULL,
    hours_low     REAL    NOT NULL,
    hours_high    REAL    NOT NULL,
    part          INTEGER NOT NULL REFERENCES parts,
    row           INTEGER NOT NULL,
    PRIMARY KEY (account, from_day, appliance)
) STRICT, WITHOUT ROWID;

CREATE TABLE intervals (
    account  TEXT    NOT NULL,
    meter    TEXT    NOT NULL,
    start    INTEGER NOT NULL, -- seconds since 1970-01-01 in the meter's civil time
    register TEXT    NOT NULL, -- the meter's channel
    "end"    INTEGER NOT NULL,
    usage    ANY     NOT NULL,
    unit     INTEGER REFERENCES words,
    quality  INTEGER,
    part     INTEGER NOT NULL REFERENCES parts,
    row      INTEGER NOT NULL,
    PRIMARY KEY (account, meter, start, register)
) STRICT, WITHOUT ROWID;

CREATE TABLE weather (
    station TEXT    NOT NULL,
    day     INTEGER NOT NULL,
    mean    REAL    NOT NULL, -- degrees Celsius
    part    INTEGER NOT NULL REFERENCES parts,
    row     INTEGER NOT NULL,
    PRIMARY KEY (station, day)
) STRICT, WITHOUT ROWID;

-- Events and inspections are a record: rows are added, never changed and never taken
-- away. A correction is another row.

CREATE TABLE events (
    account  TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    part     INTEGER NOT NULL REFERENCES parts,
    n        INTEGER NOT NULL, -- as in bill_lines
    time     TEXT,
    kind     TEXT,
    ref      TEXT,
    note     TEXT,
    due      INTEGER,
    due_time TEXT,
    amount   ANY,
    by       TEXT,
    row      INTEGER NOT NULL,
    PRIMARY KEY (account, at, part, n)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are only added'); END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are only added'); END;

CREATE TABLE inspections (
    account          TEXT    NOT NULL,
    inspected_on     INTEGER NOT NULL, -- 0: not known
    part             INTEGER NOT NULL REFERENCES parts,
    n                INTEGER NOT NULL,
    outcome          TEXT,
    recovered_usage  ANY,
    recovered_amount ANY,
    row              INTEGER NOT NULL,
    PRIMARY KEY (account, inspected_on, part, n)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER inspections_are_not_changed BEFORE UPDATE ON inspections
BEGIN SELECT RAISE(ABORT, 'inspections are only added'); END;

CREATE TRIGGER inspections_are_not_deleted BEFORE DELETE ON inspections
BEGIN SELECT RAISE(ABORT, 'inspections are only added'); END;

-- What was learnt from the accounts, by name: see package train.
CREATE TABLE models (
    name    TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL, -- of the layout of json
    after   INTEGER NOT NULL, -- the last file imported when it was learnt
    json    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
