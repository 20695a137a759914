-- The audit log: one row for every change, written in the change's own transaction. `data` is JSON.
CREATE TABLE event (
    seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind VARCHAR(64) NOT NULL,
    actor VARCHAR(200) NOT NULL,
    subject VARCHAR(200) NOT NULL,
    data LONGTEXT NOT NULL,
    INDEX event_subject (subject, seq)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
