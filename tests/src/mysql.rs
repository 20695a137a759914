//! Real MySQL in a container: one for the process, and one of its own for a test that takes it away. Every test
//! has a database and a user of its own, with rights on nothing else.

mod left_over;

use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{Connection, MySqlConnection, mysql::MySqlConnectOptions};
use testcontainers_modules::{
    mysql::Mysql,
    testcontainers::{
        ContainerAsync, ContainerRequest, ImageExt,
        core::{IntoContainerPort, Mount},
        runners::AsyncRunner,
    },
};
use tokio::sync::OnceCell;

use super::{Settings, ports, wait::until};

const IMAGE: &str = "mysql:8.4";
const DATA: &str = "/var/lib/mysql";
/// What production has, and the test image has not: an answered commit is on the disk.
const DURABLE: [&str; 4] = [
    "--innodb-flush-log-at-trx-commit=1",
    "--sync-binlog=1",
    "--innodb-doublewrite=ON",
    "--innodb-redo-log-capacity=128M",
];

/// Where a server finds the certificate that it was given.
const CERTIFICATE: &str = "/certificate/server.pem";
const KEY: &str = "/certificate/key.pem";
/// What a customer's user needs on its schema, and the administrator therefore has.
const RIGHTS: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, REFERENCES";

static SHARED: OnceCell<Server> = OnceCell::const_new();
static ACCOUNTS: AtomicU32 = AtomicU32::new(0);

/// A running MySQL.
pub struct Server {
    /// Where it listens.
    pub host: String,
    /// Where it listens; the same after a restart.
    pub port: u16,
    container: ContainerAsync<Mysql>,
}

/// A user and the one schema that it may use.
#[derive(Clone, Debug)]
pub struct Account {
    /// The server's address.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// The user's name, and the schema's.
    pub name: String,
    /// The user's password.
    pub password: String,
}

/// The server that tests share; nobody may take it away.
pub async fn shared() -> &'static Server {
    SHARED
        .get_or_init(async || {
            left_over::sweep();
            Server::start(ports::free()).await
        })
        .await
}

impl Server {
    /// A server of the test's own, at `port` of this machine, its data in memory.
    pub async fn start(port: u16) -> Self {
        Self::run(port, request().with_mount(Mount::tmpfs_mount(DATA))).await
    }

    /// A server of the test's own that keeps what it answered, also when it is killed: its data is on the volume that
    /// the image declares, which lives as long as the container.
    pub async fn durable(port: u16) -> Self {
        let server = Self::run(port, request().with_cmd(DURABLE)).await;
        // It answers a moment before its first start counts as done; killed in between, some images begin anew.
        until("the first start of MySQL to be over", async || server.keeps_its_data().then_some(())).await;
        server
    }

    /// A server of the test's own that shows this certificate; both are PEM.
    pub async fn certified(port: u16, certificate: String, key: String) -> Self {
        let request = request()
            .with_mount(Mount::tmpfs_mount(DATA))
            .with_copy_to(CERTIFICATE, certificate.into_bytes())
            .with_copy_to(KEY, key.into_bytes())
            .with_cmd([format!("--ssl-cert={CERTIFICATE}"), format!("--ssl-key={KEY}")]);
        Self::run(port, request).await
    }

    /// Images note an unfinished first start in a hidden file beside the data.
    fn keeps_its_data(&self) -> bool {
        let script = format!("! ls -A {DATA} | grep -Eq '^[.].*(init|copying)'");
        let asked = Command::new("docker").args(["exec", self.container.id(), "sh", "-c", &script]).output();
        asked.unwrap().status.success()
    }

    async fn run(port: u16, request: ContainerRequest<Mysql>) -> Self {
        let container = request.with_mapped_port(port, 3306.tcp()).start().await;
        let container = container.unwrap_or_else(|error| {
            panic!("MySQL tests need Docker and the image {} (see README): {error}", image())
        });
        left_over::outlive(container.id());
        let host = container.get_host().await.unwrap().to_string().replace("localhost", "127.0.0.1");
        Self { host, port, container }
    }

    /// Ends the server as a power cut would. Whatever was on a volume stays.
    pub fn kill(&self) {
        self.signal("KILL");
    }

    /// Starts it again after [`Server::kill`]; it need not be ready yet.
    pub fn start_again(&self) {
        self.docker(&["start"]);
    }

    /// Stops the server in its tracks: connections stay open, and nothing answers. By signal, because a busy
    /// machine now and then refuses to freeze a container (`docker pause`).
    pub fn hang(&self) {
        self.signal("STOP");
    }

    /// Lets it go on after [`Server::hang`].
    pub fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        self.docker(&["kill", "--signal", signal]);
    }

    fn docker(&self, arguments: &[&str]) {
        let done = Command::new("docker").args(arguments).arg(self.container.id()).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Ends the server, and its data with it.
    pub async fn remove(self) {
        self.container.rm().await.unwrap();
    }

    /// A connection that may do everything.
    pub async fn root(&self) -> MySqlConnection {
        let options = MySqlConnectOptions::new().host(&self.host).port(self.port).username("root");
        MySqlConnection::connect_with(&options).await.unwrap()
    }

    /// Runs SQL as root.
    pub async fn execute(&self, statements: &[String]) {
        let mut root = self.root().await;
        for sql in statements {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone())).execute(&mut root).await.unwrap();
        }
        root.close().await.unwrap();
    }

    /// An empty schema, and a user with rights on it alone.
    pub async fn account(&self, password: &str) -> Account {
        let name = format!("t{}_{}", std::process::id(), ACCOUNTS.fetch_add(1, Ordering::Relaxed));
        let account =
            Account { host: self.host.clone(), port: self.port, name, password: password.to_owned() };
        self.admit(&account).await;
        account
    }

    /// Somebody who may make users, and hand on what a customer's user needs; no more.
    pub async fn admin(&self) -> Account {
        let name = format!("admin{}_{}", std::process::id(), ACCOUNTS.fetch_add(1, Ordering::Relaxed));
        let password = "the administrator's".to_owned();
        self.execute(&[
            format!("CREATE USER {name}@'%' IDENTIFIED BY '{}'", password.replace('\'', "''")),
            format!("GRANT CREATE USER ON *.* TO {name}@'%'"),
            format!("GRANT {RIGHTS} ON *.* TO {name}@'%' WITH GRANT OPTION"),
        ])
        .await;
        Account { host: self.host.clone(), port: self.port, name, password }
    }

    /// Makes what [`Server::account`] promises.
    pub async fn admit(&self, account: &Account) {
        let Account { name, password, .. } = account;
        self.execute(&[
            format!("CREATE DATABASE {name}"),
            format!("CREATE USER {name}@'%' IDENTIFIED WITH caching_sha2_password BY '{password}'"),
            format!("GRANT ALL ON {name}.* TO {name}@'%'"),
        ])
        .await;
    }
}

impl Account {
    /// An account that a server at `port` does not have yet.
    pub fn not_yet_at(port: u16) -> Self {
        let text = |text: &str| text.to_owned();
        Self { host: text("127.0.0.1"), port, name: text("later"), password: text("12345") }
    }

    /// `MYSQL_*`.
    pub fn settings(&self) -> Settings {
        Settings::default()
            .with("MYSQL_HOST", &self.host)
            .with("MYSQL_PORT", self.port)
            .with("MYSQL_USER", &self.name)
            .with("MYSQL_PASSWORD", &self.password)
            .with("MYSQL_DATABASE", &self.name)
    }

    /// `DATABASE_URL`.
    pub fn url(&self) -> String {
        let Self { host, port, name, password } = self;
        format!("mysql://{name}:{password}@{host}:{port}/{name}")
    }
}

fn image() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test command says here which image there is")]
    std::env::var("MYSQL_IMAGE").unwrap_or_else(|_| IMAGE.to_owned())
}

fn request() -> ContainerRequest<Mysql> {
    let image = image();
    let (name, tag) = image.rsplit_once(':').unwrap_or((&image, "latest"));
    Mysql::default()
        .with_name(name)
        .with_tag(tag)
        .with_label(left_over::LABEL, "1")
        .with_label(left_over::PID, std::process::id().to_string())
}
