-- The catalogue. Every column but provider and name has a default, so a row inserted by hand works.
-- `archived_id` is 0 while the row is live and its own id afterwards: so a name is unique among the living,
-- and free again once its hardware is archived. `tags` holds one `key=value` a line, with a line break at
-- both ends, so that one tag is found by INSTR. The two indexes count a filter's values, and all of the living,
-- without reading the rows. Times are UTC epoch seconds.
CREATE TABLE hardware (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    capacity INTEGER NOT NULL DEFAULT 1,
    buffer_s INTEGER NOT NULL DEFAULT 0,
    tz TEXT NULL DEFAULT NULL,
    category TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    archived_id INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL DEFAULT (unixepoch()),
    updated_at INTEGER NOT NULL DEFAULT (unixepoch()),
    CONSTRAINT hardware_name UNIQUE (provider, name, archived_id),
    CONSTRAINT hardware_capacity CHECK (capacity >= 0),
    CONSTRAINT hardware_buffer CHECK (buffer_s >= 0)
);
CREATE INDEX hardware_category ON hardware (category, archived_id);
CREATE INDEX hardware_location ON hardware (location, archived_id);
