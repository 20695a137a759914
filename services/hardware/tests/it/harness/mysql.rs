//! Real MySQL in a container: one container a test process, one database and one user a test. The user has the rights
//! that `hardware database ensure` gives, and no others: every test of the contract shows that they suffice. Its password
//! is `caching_sha2_password`, and the link is TLS if it can be.

use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use chassis::config::Secret;
use hardware::{
    config::{Database, MySqlConfig},
    db::WANTED,
};
use sqlx::{Connection, MySqlConnection, mysql::MySqlConnectOptions};
use testcontainers_modules::{
    mysql::Mysql,
    testcontainers::{ContainerAsync, ImageExt, core::Mount, runners::AsyncRunner},
};
use tokio::sync::OnceCell;

const IMAGE: &str = "mysql:8.4";
/// What `docker ps --filter` finds left-over containers by.
const LABEL: &str = "toolcrib.test";
const PASSWORD: &str = "12345";

static SERVER: OnceCell<Server> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

pub struct Server {
    pub host: String,
    pub port: u16,
    /// Kept, because dropping it would stop the container.
    _container: ContainerAsync<Mysql>,
}

impl Server {
    pub async fn root(&self) -> MySqlConnection {
        let options = MySqlConnectOptions::new().host(&self.host).port(self.port).username("root");
        MySqlConnection::connect_with(&options).await.unwrap()
    }
}

/// The server of this process.
pub async fn server() -> &'static Server {
    SERVER.get_or_init(start).await
}

async fn start() -> Server {
    sweep();
    own_server().await
}

/// A server of a test's own, which ends when it is dropped.
pub async fn own_server() -> Server {
    #[expect(clippy::disallowed_methods, reason = "the test command says here which image there is")]
    let image = std::env::var("MYSQL_IMAGE").unwrap_or_else(|_| IMAGE.to_owned());
    let (name, tag) = image.rsplit_once(':').unwrap_or((&image, "latest"));
    let container = Mysql::default()
        .with_name(name)
        .with_tag(tag)
        .with_label(LABEL, "1")
        .with_label("toolcrib.pid", std::process::id().to_string())
        .with_mount(Mount::tmpfs_mount("/var/lib/mysql"))
        .start()
        .await
        .unwrap_or_else(|e| panic!("MySQL tests need Docker and the image {image} (see README): {e}"));
    let host = container.get_host().await.unwrap().to_string();
    let port = container.get_host_port_ipv4(3306).await.unwrap();
    Server { host: host.replace("localhost", "127.0.0.1"), port, _container: container }
}

/// Removes containers of test processes that are gone: nothing in a process runs after its last test.
fn sweep() {
    let listed = Command::new("docker")
        .args([
            "ps",
            "--quiet",
            "--filter",
            &format!("label={LABEL}"),
            "--format",
            "{{.ID}} {{.Label \"toolcrib.pid\"}}",
        ])
        .output();
    let Ok(listed) = listed else { return };
    for line in String::from_utf8_lossy(&listed.stdout).lines() {
        let Some((id, pid)) = line.split_once(' ') else { continue };
        if !pid.is_empty() && !std::path::Path::new("/proc").join(pid).exists() {
            let _ = Command::new("docker").args(["rm", "--force", "--volumes", id]).output();
        }
    }
}

/// An empty database, and the one user who may use it.
pub async fn new_database() -> Database {
    Database::MySql(Box::new(new_account().await))
}

/// An empty database, and a user with the rights on it that a customer's has.
pub async fn new_account() -> MySqlConfig {
    account_with(&WANTED.join(", ")).await
}

/// The same with these rights.
pub async fn account_with(rights: &str) -> MySqlConfig {
    let server = server().await;
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    let mut root = server.root().await;
    for sql in [
        format!("CREATE DATABASE {name}"),
        format!("CREATE USER {name}@'%' IDENTIFIED BY '{PASSWORD}'"),
        format!("GRANT {rights} ON `{}`.* TO {name}@'%'", name.replace('_', "\\_")),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut root).await.unwrap();
    }
    root.close().await.unwrap();
    MySqlConfig {
        host: server.host.clone(),
        port: server.port,
        user: name.clone(),
        password: Secret::new(PASSWORD),
        database: name,
        ssl_mode: "PREFERRED".to_owned(),
        ssl_ca: String::new(),
        app_password: Secret::default(),
        password_file: None,
    }
}
