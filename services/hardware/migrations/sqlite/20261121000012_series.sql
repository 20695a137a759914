-- Bookings that were made together, every day or every week. `zone` is the one on whose wall clocks they repeat, and
-- move together; `wanted` counts the occurrences asked for, those that were skipped included. A reservation of its own
-- has no series, and no place in the index that finds the members of one in order of time.
CREATE TABLE series (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    zone TEXT NOT NULL,
    every TEXT NOT NULL,
    wanted INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT series_every CHECK (every IN ('day', 'week')),
    CONSTRAINT series_wanted CHECK (wanted BETWEEN 1 AND 366)
);
ALTER TABLE reservation ADD COLUMN series_id INTEGER NULL DEFAULT NULL REFERENCES series (id);
CREATE INDEX reservation_series ON reservation (series_id, starts_at) WHERE series_id IS NOT NULL;
