-- The catalogue. Every column but provider and name has a default, so a row inserted by hand works.
-- `archived_id` is 0 while the row is live and its own id afterwards: so a name is unique among the living,
-- and free again once its hardware is archived. `tags` holds one `key=value` a line, with a line break at
-- both ends, so that one tag is found by INSTR. The two indexes count a filter's values, and all of the living,
-- without reading the rows. Times are UTC epoch seconds.
CREATE TABLE hardware (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    provider VARCHAR(100) NOT NULL,
    name VARCHAR(200) NOT NULL,
    capacity BIGINT NOT NULL DEFAULT 1,
    buffer_s BIGINT NOT NULL DEFAULT 0,
    tz VARCHAR(64) NULL DEFAULT NULL,
    category VARCHAR(100) NOT NULL DEFAULT '',
    location VARCHAR(200) NOT NULL DEFAULT '',
    description VARCHAR(2000) NOT NULL DEFAULT '',
    tags VARCHAR(4002) NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    archived_id BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL DEFAULT (UNIX_TIMESTAMP()),
    updated_at BIGINT NOT NULL DEFAULT (UNIX_TIMESTAMP()),
    CONSTRAINT hardware_name UNIQUE (provider, name, archived_id),
    CONSTRAINT hardware_capacity CHECK (capacity >= 0),
    CONSTRAINT hardware_buffer CHECK (buffer_s >= 0),
    INDEX hardware_category (category, archived_id),
    INDEX hardware_location (location, archived_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
