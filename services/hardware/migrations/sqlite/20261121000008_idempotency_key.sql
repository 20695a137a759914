-- Answers already given, so that a request sent again is answered again and not done again. `body_hash` is the
-- SHA-256 of what was asked, in hexadecimal; `answer` the JSON text, empty for an import's rows.
CREATE TABLE idempotency_key (
    principal TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    reservation_id INTEGER NOT NULL,
    answer TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (principal, idempotency_key)
);
CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at);
