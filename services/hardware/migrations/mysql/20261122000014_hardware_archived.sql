-- Nothing: MySQL has no index of a part of the rows, and counts by `hardware_location`. Both databases have the same versions.
DO 0;
