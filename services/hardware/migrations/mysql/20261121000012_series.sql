-- Bookings that were made together, every day or every week. `zone` is the one on whose wall clocks they repeat, and
-- move together; `wanted` counts the occurrences asked for, those that were skipped included. A reservation of its own
-- has no series. The index finds the members of a series, and those behind one of them, in order of time. The table
-- may be there from an attempt that failed behind it.
CREATE TABLE IF NOT EXISTS series (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    zone VARCHAR(64) NOT NULL,
    every VARCHAR(8) NOT NULL,
    wanted BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT series_every CHECK (every IN ('day', 'week')),
    CONSTRAINT series_wanted CHECK (wanted BETWEEN 1 AND 366)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
ALTER TABLE reservation
    ADD COLUMN series_id BIGINT NULL DEFAULT NULL,
    ADD CONSTRAINT reservation_series FOREIGN KEY (series_id) REFERENCES series (id),
    ADD INDEX reservation_series (series_id, starts_at);
