//! A server, an administrator of it, and the binary that he runs.

use std::{
    process::{Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use hardware::db::WANTED;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, mysql::MySqlConnectOptions};
use tokio::task::spawn_blocking;

use crate::harness::mysql::{Server, own_server, server};

const ADMIN_PASSWORD: &str = "the administrator's";

static SITES: AtomicU32 = AtomicU32::new(0);

/// An administrator who may make users, and hand on what a customer's user needs.
#[derive(Clone)]
pub struct Site {
    pub host: String,
    pub port: u16,
    pub admin: String,
    /// In front of all names of this test.
    prefix: String,
    /// A server of the test's own, which goes with it.
    _own: Option<Arc<Server>>,
}

/// How a command ended.
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Told {
    #[track_caller]
    pub fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.out.contains(words) || self.err.contains(words), "{words}: {}{}", self.out, self.err);
        self
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Site {
    /// With rights on all schemas, as RDS's master user has them.
    pub async fn new() -> Self {
        Self::with_rights_on("*.*", &WANTED.join(", ")).await
    }

    /// The same on a server of the test's own, whose settings may be changed.
    pub async fn alone() -> Self {
        let own = Arc::new(own_server().await);
        let site = Self { _own: Some(own.clone()), ..Self::named(&own) };
        site.admit("*.*", &WANTED.join(", ")).await;
        site
    }

    /// With these rights there; `{prefix}` stands for what all names of the test begin with.
    pub async fn with_rights_on(place: &str, rights: &str) -> Self {
        let site = Self::named(server().await);
        site.admit(place, rights).await;
        site
    }

    fn named(server: &Server) -> Self {
        let prefix = format!("s{}_{}", std::process::id(), SITES.fetch_add(1, Ordering::Relaxed));
        let (host, port, admin) = (server.host.clone(), server.port, format!("{prefix}_admin"));
        Self { host, port, admin, prefix, _own: None }
    }

    async fn admit(&self, place: &str, rights: &str) {
        let (admin, place) = (&self.admin, place.replace("{prefix}", &self.prefix.replace('_', "\\_")));
        self.root(&[
            format!("CREATE USER {admin}@'%' IDENTIFIED BY '{}'", ADMIN_PASSWORD.replace('\'', "''")),
            format!("GRANT CREATE USER ON *.* TO {admin}@'%'"),
            format!("GRANT {rights} ON {place} TO {admin}@'%' WITH GRANT OPTION"),
        ])
        .await;
    }

    /// A name that only this test has.
    pub fn name(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    async fn connect_root(&self) -> MySqlConnection {
        self.enter("root", "").await.unwrap()
    }

    pub async fn root(&self, statements: &[String]) {
        let mut root = self.connect_root().await;
        for sql in statements {
            sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut root).await.unwrap();
        }
        root.close().await.unwrap();
    }

    /// One text, asked for by root.
    pub async fn asked(&self, sql: &str) -> Option<String> {
        let mut root = self.connect_root().await;
        let found = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut root).await.unwrap();
        root.close().await.unwrap();
        found
    }

    /// The user's passwords as the server keeps them: the newer one, and the older one.
    pub async fn passwords(&self, user: &str) -> (Option<String>, Option<String>) {
        let of = |what: &str| format!("SELECT {what} FROM mysql.user WHERE User = '{user}'");
        let newer = self.asked(&of("HEX(authentication_string)")).await;
        (newer, self.asked(&of("HEX(User_attributes->>'$.additional_password')")).await)
    }

    pub async fn grants(&self, user: &str) -> Vec<String> {
        let mut root = self.connect_root().await;
        let sql = AssertSqlSafe(format!("SHOW GRANTS FOR '{user}'@'%'"));
        let rows = sqlx::query_scalar(sql).fetch_all(&mut root).await.unwrap();
        root.close().await.unwrap();
        rows
    }

    /// A connection as this user, to no schema.
    pub async fn enter(&self, user: &str, password: &str) -> Result<MySqlConnection, sqlx::Error> {
        let options = MySqlConnectOptions::new().host(&self.host).port(self.port).username(user);
        let options = if password.is_empty() { options } else { options.password(password) };
        MySqlConnection::connect_with(&options).await
    }

    /// The binary, and nothing in its environment but the server and these.
    pub fn command(&self, arguments: &[&str], env: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hardware"));
        command.args(arguments).env_clear().stdin(Stdio::null());
        command.env("MYSQL_HOST", &self.host).env("MYSQL_PORT", self.port.to_string());
        command.envs(env.iter().copied());
        command
    }

    pub async fn run(&self, arguments: &[&str], env: &[(&str, &str)]) -> Told {
        let mut command = self.command(arguments, env);
        spawn_blocking(move || command.output().unwrap().into()).await.unwrap()
    }

    /// `hardware database ARGUMENTS` by the administrator.
    pub async fn administrate(&self, arguments: &[&str], password: &str) -> Told {
        let arguments = [&["database"], arguments].concat();
        let mut env = vec![("MYSQL_USER", self.admin.as_str()), ("MYSQL_PASSWORD", ADMIN_PASSWORD)];
        env.extend((!password.is_empty()).then_some(("APP_PASSWORD", password)));
        self.run(&arguments, &env).await
    }

    pub async fn ensure(&self, schema: &str, user: &str, password: &str) -> Told {
        self.administrate(&["ensure", "--database", schema, "--user", user], password).await
    }

    pub async fn rotate(&self, user: &str, password: &str) -> Told {
        self.administrate(&["rotate", "--user", user], password).await
    }

    pub async fn discard(&self, user: &str, password: &str) -> Told {
        self.administrate(&["discard", "--user", user], password).await
    }

    /// `hardware ARGUMENTS` by a customer's user.
    pub async fn as_customer(&self, name: &str, password: &str, arguments: &[&str]) -> Told {
        let env = [("MYSQL_USER", name), ("MYSQL_DATABASE", name), ("MYSQL_PASSWORD", password)];
        self.run(arguments, &env).await
    }
}
