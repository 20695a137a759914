-- A key stands for a reservation or for a task, never for both. SQLite takes no NOT NULL away from a column: the table
-- is written anew.
CREATE TABLE idempotency_key_new (
    principal TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    reservation_id INTEGER NULL DEFAULT NULL,
    task_id INTEGER NULL DEFAULT NULL,
    answer TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (principal, idempotency_key),
    CONSTRAINT idempotency_key_made CHECK ((reservation_id IS NULL) <> (task_id IS NULL))
);
INSERT INTO idempotency_key_new (principal, idempotency_key, body_hash, reservation_id, answer, created_at, expires_at)
    SELECT principal, idempotency_key, body_hash, reservation_id, answer, created_at, expires_at FROM idempotency_key;
DROP TABLE idempotency_key;
ALTER TABLE idempotency_key_new RENAME TO idempotency_key;
CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at);
