-- Occupancy of one hardware: `qty` units over [starts_at, blocked_until), where blocked_until = ends_at + the
-- buffer in force when the claim was written. The index answers "which claims overlap this window" for one
-- hardware or for a page of them without touching the table, and without reading claims that ended before.
CREATE TABLE claim (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    hardware_id INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    qty INTEGER NOT NULL,
    CONSTRAINT claim_hardware FOREIGN KEY (hardware_id) REFERENCES hardware (id),
    CONSTRAINT claim_interval CHECK (starts_at < ends_at AND ends_at <= blocked_until),
    CONSTRAINT claim_qty CHECK (qty >= 1)
);
CREATE INDEX claim_overlap ON claim (hardware_id, blocked_until, starts_at, qty);
