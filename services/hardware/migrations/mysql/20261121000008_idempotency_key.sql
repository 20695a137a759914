-- Answers already given, so that a request sent again is answered again and not done again. `body_hash` is the
-- SHA-256 of what was asked, in hexadecimal; `answer` the JSON text, empty for an import's rows.
CREATE TABLE idempotency_key (
    principal VARCHAR(100) NOT NULL,
    idempotency_key VARCHAR(300) NOT NULL,
    body_hash VARCHAR(64) NOT NULL,
    reservation_id BIGINT NOT NULL,
    answer LONGTEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (principal, idempotency_key),
    INDEX idempotency_key_expiry (expires_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
