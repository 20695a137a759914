-- A to-do, on hardware or on nothing in particular. With hardware, start and quantity it is maintenance and has a
-- claim while it is open; without an end it claims until 9999-12-31.
CREATE TABLE task (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    hardware_id INTEGER NULL DEFAULT NULL,
    starts_at INTEGER NULL DEFAULT NULL,
    ends_at INTEGER NULL DEFAULT NULL,
    qty INTEGER NULL DEFAULT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT task_hardware FOREIGN KEY (hardware_id) REFERENCES hardware (id),
    CONSTRAINT task_interval CHECK (ends_at IS NULL OR starts_at < ends_at),
    CONSTRAINT task_qty CHECK (qty IS NULL OR qty >= 1)
);
CREATE INDEX task_of_hardware ON task (hardware_id, id);
