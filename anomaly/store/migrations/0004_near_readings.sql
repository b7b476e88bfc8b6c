-- The readings next to an account's own on its reading route, for accounts whose latest
-- bill is out: a part of the model "neighbourhood", kept apart so that one account's are
-- found without reading all.
CREATE TABLE near_readings (
    account TEXT    NOT NULL,
    n       INTEGER NOT NULL, -- in the order of the route
    near    TEXT    NOT NULL, -- the account whose reading it is
    read_on INTEGER NOT NULL,
    reading TEXT    NOT NULL,
    file    TEXT    NOT NULL, -- where it stands: the name of the part, and the row
    row     INTEGER NOT NULL,
    PRIMARY KEY (account, n)
) STRICT, WITHOUT ROWID;
