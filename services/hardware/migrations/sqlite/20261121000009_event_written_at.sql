-- When the database itself wrote an event: always long ago here. SQLite has one writer at a time, so numbers are
-- committed in their order and no reader has to wait at a gap.
ALTER TABLE event ADD COLUMN written_at INTEGER NOT NULL DEFAULT 0;
