//! The database user's password changes while the service runs, and nobody's request is lost.

use std::{
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{
    scene::{self, Notes},
    tls::{Authority, Signed},
};
use crate::harness::{
    Service, Settings,
    mysql::{Account, Server, shared},
    ports, run,
    wait::until,
};

const OLD: &str = "hunter2 the old'\\one";
const NEW: &str = "hunter2 the new\"$one";
/// Who asks before the change, and who comes on top of them afterwards: they need connections that are not there yet.
const CALLERS: usize = 2;
const MORE_CALLERS: usize = 24;
const ANSWERS: usize = 100;

/// A secret as it is mounted into a pod: all of it is exchanged at once, by a link.
struct Mounted {
    folder: TempDir,
}

impl Mounted {
    fn new(text: &str) -> Self {
        let mounted = Self { folder: tempfile::tempdir().unwrap() };
        mounted.set(text);
        symlink("..data/password", mounted.file()).unwrap();
        mounted
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    fn set(&self, text: &str) {
        let version =
            tempfile::Builder::new().prefix("..version").tempdir_in(self.folder.path()).unwrap().keep();
        fs::write(version.join("password"), text).unwrap();
        let link = self.folder.path().join("..data_tmp");
        symlink(version.file_name().unwrap(), &link).unwrap();
        fs::rename(link, self.folder.path().join("..data")).unwrap();
    }
}

#[derive(Default)]
struct Traffic {
    enough: AtomicBool,
    answered: AtomicUsize,
}

impl Traffic {
    async fn goes_on(&self) {
        let so_far = self.answered.load(Ordering::SeqCst);
        let on = async || (self.answered.load(Ordering::SeqCst) > so_far + ANSWERS).then_some(());
        until("requests to be answered", on).await;
    }
}

/// Reads and writes rows until it is enough; what was not answered as it should.
async fn call(hardware: Arc<Service>, id: i64, traffic: Arc<Traffic>) -> Vec<String> {
    let mut lost = Vec::new();
    while !traffic.enough.load(Ordering::SeqCst) {
        for answer in [hardware.get(&format!("/hardware/{id}")).await, hardware.patch_note(id).await] {
            traffic.answered.fetch_add(1, Ordering::SeqCst);
            if answer.status != 200 {
                lost.push(answer.body);
            }
        }
    }
    lost
}

async fn connections(server: &Server, account: &Account) -> i64 {
    let sql = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = ?";
    let mut root = server.root().await;
    sqlx::query_scalar(sql).bind(&account.name).fetch_one(&mut root).await.unwrap()
}

/// `hardware database WHAT` about the account's user, with the new password.
async fn administrate(server: &Server, tls: &Settings, what: &str, account: &Account) -> String {
    let admin = server.admin().await.settings().without("MYSQL_DATABASE").with("APP_PASSWORD", NEW);
    let admin = Settings(admin.0.into_iter().chain(tls.0.clone()).collect());
    run(&["database", what, "--user", &account.name], &admin).await.ok().out
}

async fn is_rotated_without_a_lost_request(server: &Server, tls: Settings) {
    let account = server.account(&OLD.replace('\\', "\\\\").replace('\'', "''")).await;
    let secret = Mounted::new(OLD);
    let settings = account.settings().without("MYSQL_PASSWORD");
    let settings = settings.with("MYSQL_PASSWORD_FILE", secret.file().display());
    let settings = Settings(settings.0.into_iter().chain(tls.0.clone()).collect());
    let hardware = Arc::new(scene::service(settings).await);
    let ids = scene::rows(&hardware, CALLERS + MORE_CALLERS).await;
    let traffic = Arc::new(Traffic::default());
    let mut callers = JoinSet::new();
    for id in &ids[..CALLERS] {
        callers.spawn(call(hardware.clone(), *id, traffic.clone()));
    }
    traffic.goes_on().await;

    assert!(administrate(server, &tls, "rotate", &account).await.contains("changed"));
    traffic.goes_on().await;
    secret.set(NEW);
    assert!(administrate(server, &tls, "discard", &account).await.contains("no former one"));
    let before = connections(server, &account).await;
    for id in &ids[CALLERS..] {
        callers.spawn(call(hardware.clone(), *id, traffic.clone()));
    }
    traffic.goes_on().await;
    until("new connections", async || (connections(server, &account).await > before).then_some(())).await;
    traffic.goes_on().await;
    traffic.enough.store(true, Ordering::SeqCst);
    let lost: Vec<String> = callers.join_all().await.into_iter().flatten().collect();
    assert!(lost.is_empty(), "{} lost, the first: {}", lost.len(), lost[0]);

    let told = hardware.told();
    assert_eq!(told.matches("password read again").count(), 1, "{told}");
    assert!(!told.contains("hunter2") && !told.contains("not ready"), "{told}");
    let answered = traffic.answered.load(Ordering::SeqCst);
    eprintln!(
        "{answered} requests answered, none lost; {before} connections before the change, more after it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_rotated_under_load_loses_no_request() {
    is_rotated_without_a_lost_request(shared().await, Settings::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_where_the_servers_certificate_is_looked_at() {
    let authority = Authority::new("of our own");
    let Signed { certificate, key } = authority.signs("127.0.0.1");
    let server = Server::certified(ports::free(), certificate, key).await;
    let folder = tempfile::tempdir().unwrap();
    let tls = authority.settings("VERIFY_IDENTITY", folder.path());
    is_rotated_without_a_lost_request(&server, tls).await;
    server.remove().await;
}

/// The administrator was faster than the mount: until the file has changed too, it is as with any wrong password.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changes_later_is_found_without_a_restart() {
    let account = shared().await.account("12345").await;
    run(&["migrate"], &account.settings()).await.ok();
    let secret = Mounted::new("54321");
    let settings = account.settings().without("MYSQL_PASSWORD");
    let mut hardware =
        Service::start("hardware", settings.with("MYSQL_PASSWORD_FILE", secret.file().display()));
    hardware.becomes_unready("refuses the password").await;
    for half_written in ["", "\n", "another"] {
        secret.set(half_written);
        hardware.becomes_unready("refuses the password").await;
        hardware.get("/hardware").await.is(503);
    }
    secret.set("12345\n");
    hardware.becomes_ready().await;
    hardware.get("/hardware").await.is(200);
    let told = hardware.told();
    assert!(!told.contains("12345") && !told.contains("54321"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_gone_is_told_once() {
    let account = shared().await.account("12345").await;
    let secret = Mounted::new("54321");
    let settings = account.settings().without("MYSQL_PASSWORD");
    let mut hardware =
        Service::start("hardware", settings.with("MYSQL_PASSWORD_FILE", secret.file().display()));
    hardware.becomes_unready("refuses the password").await;
    fs::remove_file(secret.file()).unwrap();
    let missed = async || hardware.told().contains("MYSQL_PASSWORD_FILE: cannot read").then_some(());
    until("the file to be missed", missed).await;
    hardware.get("/hardware").await.is(503);
    hardware.becomes_unready("refuses the password").await;
    assert_eq!(hardware.told().matches("cannot read").count(), 1, "{}", hardware.told());
}
