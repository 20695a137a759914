-- Whose a claim is: a line of a reservation or a task. `is_out` marks units that are with somebody, which stay taken
-- after their time is over; `forced` marks a claim that was let in, or left in, above the capacity. The indexes find
-- what is overdue, what is forced, and one owner's claims, without reading history.
ALTER TABLE claim
    ADD COLUMN reservation_id BIGINT NULL DEFAULT NULL,
    ADD COLUMN task_id BIGINT NULL DEFAULT NULL,
    ADD COLUMN is_out SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN forced SMALLINT NOT NULL DEFAULT 0,
    ADD CONSTRAINT claim_reservation FOREIGN KEY (reservation_id) REFERENCES reservation (id),
    ADD CONSTRAINT claim_task FOREIGN KEY (task_id) REFERENCES task (id),
    ADD INDEX claim_overdue (is_out, ends_at, hardware_id, starts_at, blocked_until, qty),
    ADD INDEX claim_forced (forced, blocked_until, hardware_id),
    ADD INDEX claim_of_reservation (reservation_id),
    ADD INDEX claim_of_task (task_id);
