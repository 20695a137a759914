-- Who booked, why, and when: one window for all lines. `state` is confirmed, out, returned, cancelled or no_show.
-- Times are UTC epoch seconds. One index for the list in order of time, one for what has not ended yet, one for
-- one person's bookings.
CREATE TABLE reservation (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    state VARCHAR(16) NOT NULL DEFAULT 'confirmed',
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    user_name VARCHAR(200) NOT NULL DEFAULT '',
    purpose VARCHAR(1000) NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT reservation_interval CHECK (starts_at < ends_at),
    CONSTRAINT reservation_state CHECK (state IN ('confirmed', 'out', 'returned', 'cancelled', 'no_show')),
    INDEX reservation_start (starts_at, id),
    INDEX reservation_end (ends_at, starts_at),
    INDEX reservation_user (user_name, starts_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
