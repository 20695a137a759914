-- Whose a claim is: a line of a reservation or a task. `is_out` marks units that are with somebody, which stay taken
-- after their time is over; `forced` marks a claim that was let in, or left in, above the capacity. The indexes find
-- what is overdue, what is forced, and one owner's claims, without reading history.
ALTER TABLE claim ADD COLUMN reservation_id INTEGER NULL DEFAULT NULL REFERENCES reservation (id);
ALTER TABLE claim ADD COLUMN task_id INTEGER NULL DEFAULT NULL REFERENCES task (id);
ALTER TABLE claim ADD COLUMN is_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claim ADD COLUMN forced INTEGER NOT NULL DEFAULT 0;
CREATE INDEX claim_overdue ON claim (is_out, ends_at, hardware_id, starts_at, blocked_until, qty);
CREATE INDEX claim_forced ON claim (forced, blocked_until, hardware_id);
CREATE INDEX claim_of_reservation ON claim (reservation_id);
CREATE INDEX claim_of_task ON claim (task_id);
