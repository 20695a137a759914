-- A to-do, on hardware or on nothing in particular. With hardware, start and quantity it is maintenance and has a
-- claim while it is open; without an end it claims until 9999-12-31.
CREATE TABLE task (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    title VARCHAR(60) NOT NULL,
    text VARCHAR(10000) NOT NULL,
    done SMALLINT NOT NULL DEFAULT 0,
    hardware_id BIGINT NULL DEFAULT NULL,
    starts_at BIGINT NULL DEFAULT NULL,
    ends_at BIGINT NULL DEFAULT NULL,
    qty BIGINT NULL DEFAULT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT task_hardware FOREIGN KEY (hardware_id) REFERENCES hardware (id),
    CONSTRAINT task_interval CHECK (ends_at IS NULL OR starts_at < ends_at),
    CONSTRAINT task_qty CHECK (qty IS NULL OR qty >= 1),
    INDEX task_of_hardware (hardware_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
