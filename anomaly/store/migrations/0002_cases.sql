-- The case ledger: what was done about disputes, by whom and when. Like events and
-- inspections it is a record: rows are added, never changed and never taken away.
CREATE TABLE case_entries (
    seq      INTEGER PRIMARY KEY, -- in the order in which they were written
    case_id  TEXT    NOT NULL,
    account  TEXT    NOT NULL,
    bill     TEXT,
    day      INTEGER NOT NULL,
    time     TEXT,
    by       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    due      INTEGER,
    due_time TEXT,
    amount   ANY,
    outcome  TEXT,
    note     TEXT,                -- key=value pairs
    text     TEXT                 -- anybody's words: read by the desk alone
) STRICT;

CREATE INDEX case_entries_of_account ON case_entries (account);
CREATE INDEX case_entries_of_case ON case_entries (case_id);

CREATE TRIGGER case_entries_are_not_changed BEFORE UPDATE ON case_entries
BEGIN SELECT RAISE(ABORT, 'case entries are only added'); END;

CREATE TRIGGER case_entries_are_not_deleted BEFORE DELETE ON case_entries
BEGIN SELECT RAISE(ABORT, 'case entries are only added'); END;
