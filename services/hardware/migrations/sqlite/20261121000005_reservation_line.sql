-- What a reservation takes: each hardware once. starts_at and ends_at repeat the reservation's, so that the
-- bookings of one hardware are found by time without reading its history; `verify` compares them.
CREATE TABLE reservation_line (
    reservation_id INTEGER NOT NULL,
    hardware_id INTEGER NOT NULL,
    qty INTEGER NOT NULL,
    out_qty INTEGER NOT NULL DEFAULT 0,
    returned_qty INTEGER NOT NULL DEFAULT 0,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (reservation_id, hardware_id),
    CONSTRAINT reservation_line_reservation FOREIGN KEY (reservation_id) REFERENCES reservation (id),
    CONSTRAINT reservation_line_hardware FOREIGN KEY (hardware_id) REFERENCES hardware (id),
    CONSTRAINT reservation_line_qty CHECK (qty >= 1 AND out_qty >= 0 AND returned_qty >= 0 AND out_qty + returned_qty <= qty)
);
CREATE INDEX reservation_line_time ON reservation_line (hardware_id, ends_at, starts_at, reservation_id);
