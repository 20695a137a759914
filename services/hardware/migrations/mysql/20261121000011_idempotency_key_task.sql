-- A key stands for a reservation or for a task, never for both.
ALTER TABLE idempotency_key
    MODIFY COLUMN reservation_id BIGINT NULL DEFAULT NULL,
    ADD COLUMN task_id BIGINT NULL DEFAULT NULL,
    ADD CONSTRAINT idempotency_key_made CHECK ((reservation_id IS NULL) <> (task_id IS NULL));
