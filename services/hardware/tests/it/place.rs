//! The real binary on a database of its own, as an operator uses it.

use std::{
    fs,
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use sqlx::Connection;
use tempfile::TempDir;

use crate::harness::mysql;

/// An empty database with its schema, and the real binary on it.
pub struct Place {
    folder: TempDir,
    env: Vec<(&'static str, String)>,
}

impl Place {
    pub fn sqlite() -> Self {
        Self::migrated(Vec::new())
    }

    pub async fn mysql() -> Self {
        let account = mysql::new_account().await;
        let env = vec![
            ("MYSQL_HOST", account.host),
            ("MYSQL_PORT", account.port.to_string()),
            ("MYSQL_USER", account.user),
            ("MYSQL_PASSWORD", account.password.reveal().to_owned()),
            ("MYSQL_DATABASE", account.database),
        ];
        tokio::task::spawn_blocking(|| Self::migrated(env)).await.unwrap()
    }

    fn migrated(env: Vec<(&'static str, String)>) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap(), env };
        assert!(place.run(&["migrate"]).status.success());
        place
    }

    /// A database without a schema.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), env: Vec::new() }
    }

    /// The binary, and nothing in its environment but where the database is.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hardware"));
        command.args(arguments).env_clear().env("DATA_DIR", self.folder.path()).env("RUST_LOG", "warn");
        command.envs(self.env.iter().map(|(key, value)| (key, value))).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn run_with(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = self.command(arguments);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs SQL in the SQLite file.
    pub async fn sqlite_execute(&self, sql: &str) {
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(self.folder.path().join("hardware.db"));
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Writes a file; its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// All of stdout, which is one line of JSON.
    #[track_caller]
    pub fn json(output: &Output) -> Value {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text:?} {}", Self::stderr(output));
        serde_json::from_str(&text).unwrap()
    }

    pub fn stderr(output: &Output) -> String {
        String::from_utf8(output.stderr.clone()).unwrap()
    }
}
