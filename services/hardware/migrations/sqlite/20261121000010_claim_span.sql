-- A claim's length class: it is at most 2^span hours long. Of one class, only claims that start less than 2^span hours
-- before a window can reach into it, so one short range a class finds what the whole fleet has in a window, however
-- long its history. 27 is right for every claim, and only slower.
ALTER TABLE claim ADD COLUMN span INTEGER NOT NULL DEFAULT 27
    CHECK (span BETWEEN 0 AND 27 AND blocked_until - starts_at <= 3600 * (1 << span));
CREATE INDEX claim_fleet ON claim (span, starts_at, blocked_until, hardware_id, qty);
