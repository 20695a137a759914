//! The texts of [`super`].

use crate::db::Statement;

macro_rules! columns {
    () => {
        "id, provider, name, capacity, buffer_s, tz, category, location, description, tags, version, created_at, updated_at"
    };
}
pub(in crate::store) use columns;
/// All rows of a page on SQLite in one, those that are `counted` with how many match in all: see [`crate::db::Rows`].
macro_rules! as_json {
    ($rows:expr) => {
        concat!("SELECT json_group_array(json_array(", columns!(), ")) FROM (", $rows, ")")
    };
    (counted: $rows:expr) => {
        concat!("SELECT json_group_array(json_array(json_array(", columns!(), "), total)) FROM (", $rows, ")")
    };
}

/// Every condition is always there and passes when nothing is asked of it, so the text is fixed.
/// INSTR('', '') is 1 on both databases: an empty tag is found everywhere. `$found` tells whether a text holds
/// a word in any case: MySQL lowers all letters, SQLite matches a pattern.
macro_rules! matching {
    ($before:literal, $after:literal) => {
        concat!(
            " FROM hardware WHERE archived_id = 0 AND id > ? AND id <= ?
          AND (? IS NULL OR provider = ?) AND (? IS NULL OR category = ?) AND (? IS NULL OR location = ?)
          AND (? IS NULL OR INSTR(?, CONCAT(',', id, ',')) > 0)
          AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")"
        )
    };
}
macro_rules! mysql_matching {
    () => {
        matching!("INSTR(LOWER(", "), ?) > 0")
    };
}
macro_rules! sqlite_matching {
    () => {
        matching!("", " REGEXP ?")
    };
}

pub(super) const LIST: Statement = Statement::per_dialect(
    "hardware_list",
    concat!("SELECT ", columns!(), mysql_matching!(), " ORDER BY id LIMIT ?"),
    as_json!(concat!("SELECT ", columns!(), sqlite_matching!(), " ORDER BY id LIMIT ?")),
);
/// How many are in the catalogue. SQLite counts a whole index by its pages, twenty times faster than entry by entry.
macro_rules! mysql_living {
    () => {
        "SELECT COUNT(*) FROM hardware WHERE archived_id = 0"
    };
}
macro_rules! sqlite_living {
    () => {
        "SELECT (SELECT COUNT(*) FROM hardware) - (SELECT COUNT(*) FROM hardware WHERE archived_id > 0)"
    };
}
macro_rules! all_counted {
    ($living:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            ", (",
            $living,
            ") AS total FROM hardware WHERE archived_id = 0 AND id > ? ORDER BY id LIMIT ?"
        )
    };
}
/// The list that most ask for, with how many there are in all: one statement in place of two.
pub(super) const LIST_ALL: Statement = Statement::per_dialect(
    "hardware_list_all",
    all_counted!(mysql_living!()),
    as_json!(counted: all_counted!(sqlite_living!())),
);
macro_rules! counted {
    ($matching:expr) => {
        concat!(
            "WITH page AS (
                SELECT page_id, total FROM (SELECT id AS page_id, COUNT(*) OVER () AS total",
            $matching,
            ") AS found WHERE page_id > ? ORDER BY page_id LIMIT ?)
             SELECT ",
            columns!(),
            ", total FROM page JOIN hardware ON id = page_id ORDER BY id"
        )
    };
}
/// A filtered list with how many match in all: what matches is looked for once, and only the page is read.
pub(super) const LIST_COUNTED: Statement = Statement::per_dialect(
    "hardware_list_counted",
    counted!(mysql_matching!()),
    as_json!(counted: counted!(sqlite_matching!())),
);
/// What decides whether a hardware fits, and nothing more: of a fleet of thousands few are on the page.
pub(super) const STOCK: Statement = Statement::per_dialect(
    "hardware_stock",
    concat!("SELECT id, capacity, buffer_s", mysql_matching!(), " ORDER BY id LIMIT ?"),
    concat!(
        "SELECT json_group_array(json_array(id, capacity, buffer_s)) FROM (SELECT id, capacity, buffer_s",
        sqlite_matching!(),
        " ORDER BY id LIMIT ?)"
    ),
);
/// Those of a page, by id.
pub(super) const BY_IDS: Statement = Statement::per_dialect(
    "hardware_by_ids",
    concat!(
        "SELECT ",
        columns!(),
        " FROM JSON_TABLE(?, '$[*]' COLUMNS (given BIGINT PATH '$')) AS page
         STRAIGHT_JOIN hardware ON id = given WHERE archived_id = 0 ORDER BY id"
    ),
    as_json!(concat!(
        "SELECT ",
        columns!(),
        " FROM hardware WHERE id IN (SELECT value FROM json_each(?)) AND archived_id = 0 ORDER BY id"
    )),
);
pub(super) const COUNT: Statement = Statement::per_dialect(
    "hardware_count",
    concat!("SELECT COUNT(*)", mysql_matching!()),
    concat!("SELECT COUNT(*)", sqlite_matching!()),
);
pub(super) const COUNT_ALL: Statement =
    Statement::per_dialect("hardware_count_all", mysql_living!(), sqlite_living!());
pub(super) const FIND: Statement = Statement::both(
    "hardware_find",
    concat!("SELECT ", columns!(), " FROM hardware WHERE id = ? AND archived_id = 0"),
)
.quick();
pub(super) const FIND_BY_NAME: Statement = Statement::both(
    "hardware_find_by_name",
    concat!("SELECT ", columns!(), " FROM hardware WHERE provider = ? AND name = ? AND archived_id = 0"),
);

pub(in crate::store) const STATEMENTS: &[&Statement] =
    &[&LIST, &LIST_ALL, &LIST_COUNTED, &STOCK, &BY_IDS, &COUNT, &COUNT_ALL, &FIND, &FIND_BY_NAME];
