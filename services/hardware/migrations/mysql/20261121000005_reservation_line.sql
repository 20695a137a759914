-- What a reservation takes: each hardware once. starts_at and ends_at repeat the reservation's, so that the
-- bookings of one hardware are found by time without reading its history; `verify` compares them.
CREATE TABLE reservation_line (
    reservation_id BIGINT NOT NULL,
    hardware_id BIGINT NOT NULL,
    qty BIGINT NOT NULL,
    out_qty BIGINT NOT NULL DEFAULT 0,
    returned_qty BIGINT NOT NULL DEFAULT 0,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (reservation_id, hardware_id),
    CONSTRAINT reservation_line_reservation FOREIGN KEY (reservation_id) REFERENCES reservation (id),
    CONSTRAINT reservation_line_hardware FOREIGN KEY (hardware_id) REFERENCES hardware (id),
    CONSTRAINT reservation_line_qty CHECK (qty >= 1 AND out_qty >= 0 AND returned_qty >= 0 AND out_qty + returned_qty <= qty),
    INDEX reservation_line_time (hardware_id, ends_at, starts_at, reservation_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
