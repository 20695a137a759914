//! Real MySQL in a container: one for the process, and one of its own for a test that takes it away. Every test
//! has a database and a user of its own, with rights on nothing else.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{Connection, MySqlConnection, mysql::MySqlConnectOptions};
use testcontainers_modules::{
    mysql::Mysql,
    testcontainers::{
        ContainerAsync, ImageExt,
        core::{IntoContainerPort, Mount},
        runners::AsyncRunner,
    },
};
use tokio::sync::OnceCell;

use super::{Settings, ports};

const IMAGE: &str = "mysql:8.4";
/// What `docker ps --filter` finds left-over containers by.
const LABEL: &str = "toolcrib.test";

static SHARED: OnceCell<Server> = OnceCell::const_new();
static ACCOUNTS: AtomicU32 = AtomicU32::new(0);

pub struct Server {
    pub host: String,
    pub port: u16,
    container: ContainerAsync<Mysql>,
}

/// A user and the one schema that it may use.
#[derive(Clone, Debug)]
pub struct Account {
    pub host: String,
    pub port: u16,
    pub name: String,
    pub password: String,
}

/// The server that tests share; nobody may take it away.
pub async fn shared() -> &'static Server {
    SHARED
        .get_or_init(async || {
            sweep();
            Server::start(ports::free()).await
        })
        .await
}

impl Server {
    /// A server of the test's own, at `port` of this machine.
    pub async fn start(port: u16) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the test command says here which image there is")]
        let image = std::env::var("MYSQL_IMAGE").unwrap_or_else(|_| IMAGE.to_owned());
        let (name, tag) = image.rsplit_once(':').unwrap_or((&image, "latest"));
        let container = Mysql::default()
            .with_name(name)
            .with_tag(tag)
            .with_label(LABEL, "1")
            .with_label("toolcrib.pid", std::process::id().to_string())
            .with_mount(Mount::tmpfs_mount("/var/lib/mysql"))
            .with_mapped_port(port, 3306.tcp())
            .start()
            .await
            .unwrap_or_else(|e| panic!("MySQL tests need Docker and the image {image} (see README): {e}"));
        let host = container.get_host().await.unwrap().to_string().replace("localhost", "127.0.0.1");
        Self { host, port, container }
    }

    /// Stops the server in its tracks: connections stay open, and nothing answers. By signal, because a busy
    /// machine now and then refuses to freeze a container (`docker pause`).
    pub fn hang(&self) {
        self.signal("STOP");
    }

    pub fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("docker").args(["kill", "--signal", signal, self.container.id()]).output();
        let sent = sent.unwrap();
        assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    }

    /// Ends the server, and its data with it.
    pub async fn remove(self) {
        self.container.rm().await.unwrap();
    }

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

/// Removes containers of test processes that are gone: nothing in a process runs after its last test.
fn sweep() {
    let listed = Command::new("docker")
        .args(["ps", "--all", "--filter", &format!("label={LABEL}")])
        .args(["--format", "{{.ID}} {{.Label \"toolcrib.pid\"}}"])
        .output();
    let Ok(listed) = listed else { return };
    for line in String::from_utf8_lossy(&listed.stdout).lines() {
        let Some((id, pid)) = line.split_once(' ') else { continue };
        if !pid.is_empty() && !Path::new("/proc").join(pid).exists() {
            let _ = Command::new("docker").args(["rm", "--force", "--volumes", id]).output();
        }
    }
}
