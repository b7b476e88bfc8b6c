-- When clocks are put back an hour of civil time comes twice, and a meter has intervals in
-- both: which one a row is in is part of its key.
CREATE TABLE intervals_with_both_hours (
    account  TEXT    NOT NULL,
    meter    TEXT    NOT NULL,
    start    INTEGER NOT NULL, -- seconds since 1970-01-01 in the meter's civil time
    again    INTEGER NOT NULL, -- 1: in the second occurrence of its hour
    register TEXT    NOT NULL, -- the meter's channel
    "end"    INTEGER NOT NULL, -- start and the interval's length
    usage    ANY     NOT NULL,
    unit     INTEGER REFERENCES words,
    quality  INTEGER,
    part     INTEGER NOT NULL REFERENCES parts,
    row      INTEGER NOT NULL,
    PRIMARY KEY (account, meter, start, again, register)
) STRICT, WITHOUT ROWID;

INSERT INTO intervals_with_both_hours
SELECT account, meter, start, 0, register, "end", usage, unit, quality, part, row FROM intervals;

DROP TABLE intervals;

ALTER TABLE intervals_with_both_hours RENAME TO intervals;
