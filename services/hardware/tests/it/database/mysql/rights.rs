//! A customer's user may do what it needs on its own schema, and nothing else.

use hardware::{
    config::{Config, Database},
    db::{Db, WANTED},
    store::idempotency,
};
use sqlx::{AssertSqlSafe, MySqlConnection};

use crate::{database::site::Site, harness::mysql};

/// What the server says to this statement: nothing, or the number of its error.
async fn refusal(conn: &mut MySqlConnection, sql: &str) -> Option<u16> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await;
    let error = done.err()?;
    let database = error.as_database_error().unwrap_or_else(|| panic!("{error}"));
    Some(database.downcast_ref::<sqlx::mysql::MySqlDatabaseError>().number())
}

/// Access denied, in the server's words for a schema, a table, a global right.
const DENIED: [u16; 3] = [1044, 1142, 1227];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_user_gets_nowhere_but_into_its_own_schema() {
    let site = Site::new().await;
    let (mine, other) = (site.name("a"), site.name("b"));
    // An underscore in a grant stands for any character: this one differs from ours in that alone.
    let neighbour = format!("{}Xa", mine.strip_suffix("_a").unwrap());
    for name in [&mine, &other] {
        site.ensure(name, name, "one").await.is(0);
        site.as_customer(name, "one", &["migrate"]).await.is(0);
    }
    site.root(&[format!("CREATE DATABASE {neighbour}"), format!("CREATE TABLE {neighbour}.t (id INT)")])
        .await;
    let mut conn = site.enter(&mine, "one").await.unwrap();
    for sql in [
        format!("SELECT * FROM {other}.hardware"),
        format!("INSERT INTO {other}.hardware (provider, name) VALUES ('a', 'b')"),
        format!("SELECT * FROM {neighbour}.t"),
        format!("CREATE TABLE {neighbour}.mine (id INT)"),
        format!("USE {other}"),
        format!("CREATE DATABASE {mine}2"),
        format!("DROP DATABASE {mine}"),
        format!("DROP TABLE {mine}.hardware"),
        "SELECT * FROM mysql.user".to_owned(),
        "UPDATE mysql.user SET max_connections = 0".to_owned(),
        "CREATE USER somebody".to_owned(),
        format!("ALTER USER {other}@'%' IDENTIFIED BY 'x'"),
        "SET GLOBAL max_connections = 1".to_owned(),
        "SELECT * FROM performance_schema.threads".to_owned(),
    ] {
        let refused = refusal(&mut conn, &sql).await;
        assert!(refused.is_some_and(|number| DENIED.contains(&number)), "{sql}: {refused:?}");
    }
    // 1410: who may not make users may not by way of a grant either; 1044: nothing to hand on.
    let handed_on = refusal(&mut conn, &format!("GRANT SELECT ON `{mine}`.* TO {other}@'%'")).await;
    assert!(matches!(handed_on, Some(1044 | 1410)), "{handed_on:?}");
    let seen: Vec<String> = sqlx::query_scalar("SHOW DATABASES").fetch_all(&mut conn).await.unwrap();
    assert!(!seen.iter().any(|name| *name == other || *name == neighbour || name == "mysql"), "{seen:?}");
    assert_eq!(refusal(&mut conn, &format!("SELECT * FROM {mine}.hardware")).await, None);
    let escaped = mine.replace('_', "\\_");
    let granted = "SELECT, INSERT, UPDATE, DELETE, CREATE, REFERENCES, ALTER";
    assert_eq!(
        site.grants(&mine).await,
        [
            format!("GRANT USAGE ON *.* TO `{mine}`@`%`"),
            format!("GRANT {granted} ON `{escaped}`.* TO `{mine}`@`%`"),
        ]
    );
}

/// Migrates, and removes what has expired: what comes of it for a user with these rights.
async fn works_with(rights: &[&str]) -> Result<(), String> {
    let account = mysql::account_with(&rights.join(", ")).await;
    let config = Config::load([("MYSQL_HOST".to_owned(), account.host.clone())].into()).unwrap();
    let db = Db::open(&Database::MySql(Box::new(account)), &config.database).unwrap();
    db.migrate().await.map_err(|error| format!("{error:?}"))?;
    idempotency::purge(&db, 0).await.map_err(|error| format!("{error:?}"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_right_is_needed() {
    works_with(&WANTED).await.unwrap();
    for missing in WANTED {
        let rest: Vec<_> = WANTED.into_iter().filter(|right| *right != missing).collect();
        let told = works_with(&rest).await.expect_err(missing);
        assert!(told.contains("denied"), "{missing}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_on_the_schema_that_are_too_much_are_revoked() {
    // The administrator may take what he has himself.
    let site = Site::with_rights_on("*.*", "ALL PRIVILEGES").await;
    let name = site.name("a");
    let escaped = name.replace('_', "\\_");
    site.root(&[
        format!("CREATE USER {name}@'%' IDENTIFIED BY 'one'"),
        format!("GRANT ALL ON {name}.* TO {name}@'%'"),
        format!("GRANT SELECT, DROP, TRIGGER ON `{escaped}`.* TO {name}@'%' WITH GRANT OPTION"),
    ])
    .await;
    let told = site.ensure(&name, &name, "one").await;
    told.is(0).says("revoked: ").says(&format!("GRANT OPTION, DROP, TRIGGER ON `{escaped}`.*"));
    let grants = site.grants(&name).await;
    assert_eq!(grants.len(), 2, "{grants:?}");
    assert!(
        grants[1].starts_with("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, REFERENCES, ALTER ON"),
        "{grants:?}"
    );
    assert!(!grants[1].contains("OPTION"), "{grants:?}");
    let again = site.ensure(&name, &name, "one").await;
    assert!(!again.is(0).out.contains("revoked"), "{}", again.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_administrator_may_not_revoke_is_named_and_ends_with_1() {
    let site = Site::new().await;
    let name = site.name("a");
    let escaped = name.replace('_', "\\_");
    site.root(&[
        format!("CREATE USER {name}@'%' IDENTIFIED BY 'one'"),
        format!("GRANT DROP ON `{escaped}`.* TO {name}@'%'"),
    ])
    .await;
    let told = site.ensure(&name, &name, "one").await;
    told.is(1).says(&format!("may not revoke it: DROP ON `{escaped}`.*"));
    site.as_customer(&name, "one", &["migrate"]).await.is(0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_elsewhere_are_named_and_left() {
    let site = Site::new().await;
    let name = site.name("a");
    site.root(&[
        format!("CREATE USER {name}@'%' IDENTIFIED BY 'one'"),
        format!("GRANT PROCESS ON *.* TO {name}@'%'"),
        format!("GRANT SELECT ON somewhere_else.* TO {name}@'%'"),
    ])
    .await;
    let told = site.ensure(&name, &name, "one").await;
    told.is(0).says("may do more than it needs; revoke it unless it is meant: GRANT PROCESS ON *.*");
    told.says("GRANT SELECT ON `somewhere_else`.*");
    assert_eq!(told.err.lines().count(), 2, "{}", told.err);
    assert_eq!(site.grants(&name).await.len(), 3);
}

/// Where the administrator may only do what customers' schemas need, he cannot look into MySQL's own tables.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_of_customers_schemas_alone_suffices() {
    let site = Site::with_rights_on("`{prefix}\\_%`.*", &WANTED.join(", ")).await;
    let name = site.name("a");
    for _ in 0..2 {
        let told = site.ensure(&name, &name, "one").await;
        told.is(0).says("not looked through for others: the administrator has no SELECT on mysql.*");
        assert_eq!(told.err, "");
    }
    site.as_customer(&name, "one", &["migrate"]).await.is(0);
    site.rotate(&name, "two").await.is(0).says("changed");
    site.discard(&name, "two").await.is(0);
}

/// RDS takes some rights on `mysql` from its master user, which is only possible while this is on. An underscore in a grant
/// is then no wildcard, and an escaped one, whatever the manual says, is part of no schema's name: a server that was switched
/// locks its users out, and `ensure` lets them in again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_underscores_are_no_wildcards_they_are_not_escaped() {
    let site = Site::alone().await;
    let (before, name) = (site.name("a"), site.name("b"));
    site.ensure(&before, &before, "one").await.is(0);
    site.root(&["SET GLOBAL partial_revokes = ON".to_owned()]).await;
    let taken = "INSERT, UPDATE, DELETE, CREATE, ALTER ON mysql.*";
    site.root(&[format!("REVOKE {taken} FROM {}@'%'", site.admin)]).await;
    site.as_customer(&before, "one", &["migrate"]).await.is(3).says("lacks rights");
    for name in [&before, &name] {
        for _ in 0..2 {
            site.ensure(name, name, "one").await.is(0);
        }
        site.as_customer(name, "one", &["migrate"]).await.is(0);
        let grants = site.grants(name).await;
        assert!(grants.len() == 2 && grants[1].contains(&format!("ON `{name}`.*")), "{grants:?}");
    }
    let neighbour = format!("{}Xb", name.strip_suffix("_b").unwrap());
    site.root(&[format!("CREATE DATABASE {neighbour}"), format!("CREATE TABLE {neighbour}.t (id INT)")])
        .await;
    let mut conn = site.enter(&name, "one").await.unwrap();
    for table in [format!("{before}.hardware"), format!("{neighbour}.t")] {
        let refused = refusal(&mut conn, &format!("SELECT * FROM {table}")).await;
        assert!(refused.is_some_and(|number| DENIED.contains(&number)), "{table}: {refused:?}");
    }
}
