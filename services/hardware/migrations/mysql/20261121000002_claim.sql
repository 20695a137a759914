-- Occupancy of one hardware: `qty` units over [starts_at, blocked_until), where blocked_until = ends_at + the
-- buffer in force when the claim was written. The index answers "which claims overlap this window" for one
-- hardware or for a page of them without touching the table, and without reading claims that ended before.
CREATE TABLE claim (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    hardware_id BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    qty BIGINT NOT NULL,
    CONSTRAINT claim_hardware FOREIGN KEY (hardware_id) REFERENCES hardware (id),
    CONSTRAINT claim_interval CHECK (starts_at < ends_at AND ends_at <= blocked_until),
    CONSTRAINT claim_qty CHECK (qty >= 1),
    INDEX claim_overlap (hardware_id, blocked_until, starts_at, qty)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
