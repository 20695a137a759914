-- When the database itself wrote an event. Numbers are given out in order but transactions commit in any: a reader
-- waits at a gap that is young by this clock, the only one that all writers share.
ALTER TABLE event ADD COLUMN written_at BIGINT NOT NULL DEFAULT (UNIX_TIMESTAMP());
