//! A running app on a database of its own, and what tests do with it.

pub mod answer;
pub mod booking;
pub mod mysql;
pub mod random;
pub mod series;

use std::sync::Arc;

use chassis::{
    Clock,
    health::Readiness,
    serve,
    serve::{ServerConfig, ShutdownConfig},
};
use hardware::{
    api::Context,
    app,
    config::{Config, Database},
    db::{Conn, Db},
    domain::moment::Moment,
};
use reqwest::{Client, Method, header::CONTENT_TYPE};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;

pub use self::answer::Answer;

/// Noon of a Thursday: when tests happen.
pub const NOW: &str = "2026-06-11T12:00:00Z";

/// Makes two tests of one: `NAME::sqlite` and `NAME::mysql`.
macro_rules! on_both {
    ($(async fn $name:ident($app:ident) $body:block)+) => {$(
        async fn $name($app: crate::harness::TestApp) $body

        mod $name {
            use crate::harness::TestApp;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(TestApp::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql() {
                super::$name(TestApp::mysql().await).await;
            }
        }
    )+};
}
pub(crate) use on_both;

/// UTC epoch seconds of an RFC 3339 text.
pub fn at(text: &str) -> i64 {
    match text.parse().unwrap() {
        Moment::Instant(at_s) => at_s,
        Moment::Wall(_) => panic!("{text} has no offset"),
    }
}

pub struct TestApp {
    pub url: String,
    pub db: Db,
    pub clock: Clock,
    pub readiness: watch::Sender<Readiness>,
    client: Client,
    database: Database,
    folder: Option<TempDir>,
}

impl TestApp {
    pub async fn sqlite() -> Self {
        Self::sqlite_with(&[]).await
    }

    pub async fn sqlite_with(env: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("test.db"));
        Self::start(database, config(env), Some(folder)).await
    }

    pub async fn mysql() -> Self {
        Self::start(mysql::new_database().await, config(&[]), None).await
    }

    async fn start(database: Database, config: Config, folder: Option<TempDir>) -> Self {
        let db = Db::open(&database, &config.database).unwrap();
        db.migrate().await.unwrap();
        let clock = Clock::stopped_at(at(NOW));
        let context = Context {
            db: db.clone(),
            clock: clock.clone(),
            tz: config.customer.tz,
            salutation: config.customer.salutation(),
            storage: config.storage().unwrap(),
            max_import_bytes: config.import.max_bytes,
            overdue_grace_s: config.reservations.overdue_grace_s.into(),
        };
        let (readiness, ready) = watch::channel(Readiness::Ready);
        let app = app::build(&config, context, &ready).unwrap();
        let listeners = serve::bind(&["127.0.0.1:0".parse().unwrap()]).await.unwrap();
        let url = format!("http://{}", listeners[0].local_addr().unwrap());
        let shutdown = ShutdownConfig { delay_s: 0, drain_s: 1 };
        tokio::spawn(serve::run(
            app,
            listeners,
            readiness.clone(),
            ServerConfig::default(),
            shutdown,
            std::future::pending(),
        ));
        Self { url, db, clock, readiness, client: Client::new(), database, folder }
    }

    /// Another replica on the same database.
    pub async fn replica(&self, env: &[(&str, &str)]) -> Self {
        Self::start(self.database.clone(), config(env), None).await
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    pub async fn import(&self, query: &str, csv: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(Method::POST, &format!("/hardware/import{query}"));
        Answer::of(request.header(CONTENT_TYPE, "text/csv").body(csv)).await
    }

    /// Adds a hardware through the API; its id.
    pub async fn add(&self, body: Value) -> i64 {
        self.post("/hardware", body).await.expect(201).json()["id"].as_i64().unwrap()
    }

    /// Writes a claim as reservations will: `from` and `to` are RFC 3339, `to` is the end of its block.
    pub async fn claim(&self, hardware: i64, from: &str, to: &str, qty: i64) {
        self.claim_s(hardware, at(from), at(to), qty).await;
    }

    pub async fn claim_s(&self, hardware: i64, from: i64, to: i64, qty: i64) {
        let values = format!("({hardware}, {from}, {to}, {to}, {qty})");
        self.execute(format!(
            "INSERT INTO claim (hardware_id, starts_at, ends_at, blocked_until, qty) VALUES {values}"
        ))
        .await;
    }

    /// Runs SQL of a test's own.
    pub async fn execute(&self, sql: String) {
        let sql = sqlx::AssertSqlSafe(sql);
        let mut tx = self.db.begin().await.unwrap();
        match tx.conn() {
            Conn::MySql(c, _) => _ = sqlx::query(sql).execute(c).await.unwrap(),
            Conn::Sqlite(c, _) => _ = sqlx::query(sql).execute(c).await.unwrap(),
        }
        tx.commit().await.unwrap();
    }

    /// The same as somebody who may do everything; a service's own user may not, say, drop or rename a table.
    pub async fn administer(&self, sql: String) {
        let Database::MySql(account) = &self.database else { return self.execute(sql).await };
        let mut root = mysql::server().await.root().await;
        for sql in [format!("USE {}", account.database), sql] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut root).await.unwrap();
        }
    }

    /// What lies beside the file of SQLite, and the file.
    pub fn files(&self) -> Vec<String> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let files = folder.path().read_dir().unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Whether it stands on MySQL.
    pub fn is_mysql(&self) -> bool {
        matches!(self.db, Db::MySql(_))
    }

    /// One text of the database.
    pub async fn text(&self, sql: &str) -> String {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self.db.read().await.unwrap().conn() {
            Conn::MySql(c, _) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
            Conn::Sqlite(c, _) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
        }
    }

    /// One number of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self.db.read().await.unwrap().conn() {
            Conn::MySql(c, _) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
            Conn::Sqlite(c, _) => sqlx::query_scalar(sql).fetch_one(c).await.unwrap(),
        }
    }
}

/// Answers are not kept unless a test is about that: the tests' clock jumps, and they write rows by hand.
fn config(env: &[(&str, &str)]) -> Config {
    let all = [("HARDWARE_CACHE_TTL", "0")].iter().chain(env);
    Config::load(all.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()).unwrap()
}

/// The names of a list, in order.
pub fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

/// Does `work` `times` times at once.
pub async fn at_once<T: Send + 'static, F>(
    app: TestApp,
    times: usize,
    work: impl Fn(Arc<TestApp>, usize) -> F,
) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    at_once_with(&Arc::new(app), times, work).await
}

/// The same, where something is to be looked at afterwards.
pub async fn at_once_with<T: Send + 'static, F>(
    app: &Arc<TestApp>,
    times: usize,
    work: impl Fn(Arc<TestApp>, usize) -> F,
) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = (0..times).map(|i| tokio::spawn(work(app.clone(), i))).collect();
    let mut done = Vec::new();
    for task in running {
        done.push(task.await.unwrap());
    }
    done
}
