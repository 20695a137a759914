-- How many hardware there are is told with every page: all less the archived ones, and all are counted by an index's pages.
-- An index of the others too would draw the list away from the table, which is in the order of its ids.
CREATE INDEX hardware_archived ON hardware (archived_id) WHERE archived_id > 0;
