//! The store by itself: every statement, both dialects.

use std::{collections::BTreeSet, fs, path::Path};

use hardware::{db::Conn, store};
use sqlx::{Executor, SqlStr};

use crate::harness::{TestApp, on_both};

on_both! {
    async fn every_statement_can_be_prepared(app) {
        let mut lease = app.db.read().await.unwrap();
        for statement in store::statements() {
            let prepared = match lease.conn() {
                Conn::MySql(c, _) => c.prepare(SqlStr::from_static(statement.mysql)).await.map(|_| ()),
                Conn::Sqlite(c, _) => c.prepare(SqlStr::from_static(statement.sqlite)).await.map(|_| ()),
            };
            prepared.unwrap_or_else(|error| panic!("{}: {error}", statement.name));
        }
    }

    async fn migrating_again_is_harmless_also_for_two_at_once(app) {
        let (one, two) = tokio::join!(app.db.migrate(), app.db.migrate());
        one.unwrap();
        two.unwrap();
        assert_eq!(app.db.pending_migrations().await.unwrap(), 0);
    }

    async fn a_newer_schema_is_accepted_and_an_older_one_is_counted(app) {
        app.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99991231235959, 'from the future', true, '', 0)".to_owned()).await;
        app.db.migrate().await.unwrap();
        assert_eq!(app.db.pending_migrations().await.unwrap(), 0);
        app.execute("DELETE FROM _sqlx_migrations WHERE version < 99991231235959".to_owned()).await;
        assert_eq!(app.db.pending_migrations().await.unwrap(), migrations("mysql").len());
    }
}

fn statements_below(folder: &Path) -> usize {
    let count = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        text.matches("Statement::both(").count() + text.matches("Statement::per_dialect(").count()
    };
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { statements_below(&path) } else { count(&path) }).sum()
}

/// A statement that is not in the list would not be prepared by any test.
#[test]
fn every_statement_is_in_the_list_under_a_name_of_its_own() {
    let written = statements_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"));
    let listed = store::statements();
    assert_eq!(listed.len(), written);
    assert_eq!(listed.iter().map(|s| s.name).collect::<BTreeSet<_>>().len(), listed.len());
}

fn migrations(dialect: &str) -> BTreeSet<std::ffi::OsString> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(dialect);
    fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(migrations("mysql"), migrations("sqlite"));
}

#[tokio::test]
async fn readers_of_sqlite_cannot_write() {
    let app = TestApp::sqlite().await;
    let mut lease = app.db.read().await.unwrap();
    let Conn::Sqlite(c, _) = lease.conn() else { panic!("not SQLite") };
    let refused = sqlx::query("INSERT INTO hardware (provider, name) VALUES ('a', 'b')").execute(c).await;
    assert!(refused.unwrap_err().to_string().contains("readonly"));
}

/// An index on a column that every list names once drew SQLite away from the order of ids: a million rows were
/// sorted for each page.
#[tokio::test]
async fn sqlite_reads_a_page_in_order_of_id_without_sorting() {
    let app = TestApp::sqlite().await;
    let mut lease = app.db.read().await.unwrap();
    let Conn::Sqlite(c, _) = lease.conn() else { panic!("not SQLite") };
    for (name, by_id) in [
        ("hardware_list", "SEARCH hardware USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("hardware_list_all", "SEARCH hardware USING INTEGER PRIMARY KEY (rowid>?)"),
    ] {
        let list = store::statements().into_iter().find(|s| s.name == name).unwrap();
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", list.sqlite));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&mut *c).await.unwrap();
        let plan: Vec<_> = plan.into_iter().map(|(.., step)| step).collect();
        assert!(plan.iter().any(|step| step == by_id), "{name}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{name}: {plan:?}");
    }
}
