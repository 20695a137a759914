//! Many rows, as cheaply as each database gives them.

use serde::de::DeserializeOwned;
use sqlx::{FromRow, Row, mysql::MySqlRow, sqlite::SqliteRow};

/// What one row of the answer holds. MySQL gives a row for each `T`. SQLite's rows come from another thread, one wake-up
/// and a copy of every value each, so it is asked for a single row with all of them: a JSON array of arrays.
#[derive(Debug)]
pub enum Rows<T> {
    /// A row of MySQL.
    One(T),
    /// All of SQLite.
    All(Vec<T>),
}

impl<T> Rows<T> {
    /// All that the answer holds, in its order.
    #[must_use]
    pub fn flat(answer: Vec<Self>) -> Vec<T> {
        let mut flat = Vec::with_capacity(answer.len());
        for rows in answer {
            match rows {
                Self::One(row) => flat.push(row),
                Self::All(mut all) => flat.append(&mut all),
            }
        }
        flat
    }
}

impl<'r, T: FromRow<'r, MySqlRow>> FromRow<'r, MySqlRow> for Rows<T> {
    fn from_row(row: &'r MySqlRow) -> sqlx::Result<Self> {
        T::from_row(row).map(Self::One)
    }
}

impl<T: DeserializeOwned> FromRow<'_, SqliteRow> for Rows<T> {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let text: &str = row.try_get(0)?;
        serde_json::from_str(text).map(Self::All).map_err(|e| sqlx::Error::Decode(e.into()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};
    use sqlx::{Connection, SqliteConnection};

    use super::*;

    const ALL: &str = "SELECT json_group_array(json_array(id, capacity, buffer_s)) FROM (
        SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS capacity, json_extract(value, '$[2]') AS buffer_s
        FROM json_each(?) ORDER BY id DESC LIMIT 1000)";

    /// What comes of `rows` on their way through SQLite.
    async fn through_sqlite(rows: &[(i64, i64, i64)]) -> sqlx::Result<Vec<(i64, i64, i64)>> {
        let mut conn = SqliteConnection::connect("sqlite::memory:").await?;
        let given = serde_json::to_string(rows).unwrap();
        let answer = sqlx::query_as::<_, Rows<_>>(ALL).bind(given).fetch_all(&mut conn).await?;
        Ok(Rows::flat(answer))
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn all_come_back_in_order(mut rows in vec(any::<(i64, i64, i64)>(), 0..200)) {
            rows.push((i64::MAX, i64::MIN, (1 << 53) + 1));
            rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.0));
            rows.dedup_by_key(|row| row.0);
            prop_assert_eq!(runtime().block_on(through_sqlite(&rows)).unwrap(), rows);
        }
    }

    #[test]
    fn what_is_no_integer_is_an_error_and_no_row_is_none() {
        let got = |sql: &'static str| {
            runtime().block_on(async {
                let mut conn = SqliteConnection::connect("sqlite::memory:").await?;
                sqlx::query_as::<_, Rows<(i64, i64)>>(sql).fetch_all(&mut conn).await.map(Rows::flat)
            })
        };
        assert!(matches!(got("SELECT '[[1,2.5]]'"), Err(sqlx::Error::Decode(_))));
        assert!(matches!(got("SELECT '[[1,\"2\"]]'"), Err(sqlx::Error::Decode(_))));
        assert_eq!(got("SELECT json_group_array(json_array(1, 2)) FROM (SELECT 1 WHERE 0)").unwrap(), []);
    }
}
