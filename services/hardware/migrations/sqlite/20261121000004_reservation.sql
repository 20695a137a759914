-- Who booked, why, and when: one window for all lines. `state` is confirmed, out, returned, cancelled or no_show.
-- Times are UTC epoch seconds. One index for the list in order of time, one for what has not ended yet, one for
-- one person's bookings.
CREATE TABLE reservation (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL DEFAULT 'confirmed',
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    user_name TEXT NOT NULL DEFAULT '',
    purpose TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT reservation_interval CHECK (starts_at < ends_at),
    CONSTRAINT reservation_state CHECK (state IN ('confirmed', 'out', 'returned', 'cancelled', 'no_show'))
);
CREATE INDEX reservation_start ON reservation (starts_at, id);
CREATE INDEX reservation_end ON reservation (ends_at, starts_at);
CREATE INDEX reservation_user ON reservation (user_name, starts_at);
