-- Lists of visits that were kept: who was chosen or drawn for a visit, and with which
-- probability. Like events and inspections they are a record: rows are added, never
-- changed and never taken away.
CREATE TABLE listed_visits (
    account     TEXT    NOT NULL,
    listed_on   INTEGER NOT NULL, -- the day as of which the list was made
    list        TEXT    NOT NULL, -- what made it: batch, or a report's name
    bill        TEXT    NOT NULL,
    random      INTEGER NOT NULL, -- 1: drawn at random
    propensity  REAL    NOT NULL, -- the probability with which it was drawn; 1: chosen
    probability REAL    NOT NULL, -- of finding something, as it was ranked
    weight      REAL    NOT NULL, -- natural-log Bayes factor of the account's change
    PRIMARY KEY (account, listed_on, list)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER listed_visits_are_not_changed BEFORE UPDATE ON listed_visits
BEGIN SELECT RAISE(ABORT, 'kept lists are only added to'); END;

CREATE TRIGGER listed_visits_are_not_deleted BEFORE DELETE ON listed_visits
BEGIN SELECT RAISE(ABORT, 'kept lists are only added to'); END;
