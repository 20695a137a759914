//! No password is ever printed, whichever way it was given and however much is logged.

use std::fs;

use crate::harness::{
    Service, Settings,
    command::run_binary,
    mysql::{Account, shared},
    run,
};

/// A password that nothing else could be.
const SECRET: &str = "hunter2-Vz9q";

#[track_caller]
fn keeps_the_secret(text: &str) {
    assert!(!text.contains(SECRET) && !text.contains("hunter2"), "{text}");
}

async fn commands_keep_it(settings: &Settings) {
    for arguments in [&["config"][..], &["migrate"], &["migrate", "--check"], &["seed"]] {
        let told = run(arguments, settings).await;
        keeps_the_secret(&told.out);
        keeps_the_secret(&told.err);
    }
}

/// All that a service says in its life, and what it answers on the way.
async fn service_keeps_it(settings: &Settings, works: bool) {
    let mut service = Service::start("hardware", settings.clone());
    if works {
        service.becomes_ready().await;
    } else {
        keeps_the_secret(&service.becomes_unready("refuses the password").await.body);
    }
    for path in ["/hardware", "/metrics", "/openapi.json"] {
        keeps_the_secret(&service.get(path).await.body);
    }
    service.signal("TERM");
    service.ends().await;
    assert!(!service.told().is_empty());
    keeps_the_secret(&service.told());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_works_is_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, SECRET).unwrap();
    let account = shared().await.account(SECRET).await;
    let from_file = account.settings().without("MYSQL_PASSWORD").with("MYSQL_PASSWORD_FILE", file.display());
    let from_url = Settings::default().with("DATABASE_URL", account.url());
    for settings in [account.settings(), from_file, from_url] {
        let settings = settings.with("RUST_LOG", "trace");
        commands_keep_it(&settings).await;
        service_keeps_it(&settings, true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_does_not_work_is_never_printed() {
    let account = shared().await.account("12345").await;
    let wrong = Account { password: SECRET.to_owned(), ..account };
    let from_url = Settings::default().with("DATABASE_URL", wrong.url());
    for settings in [wrong.settings(), from_url] {
        let settings = settings.with("RUST_LOG", "trace");
        commands_keep_it(&settings).await;
        service_keeps_it(&settings, false).await;
    }
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_not_quoted() {
    for url in [
        format!("mysql://user:{SECRET}@host:port/schema"),
        format!("mysql://user:{SECRET}@host:99999/schema"),
        format!("mysql://user:{SECRET}@host/schema?ssl-mode=maybe"),
        format!("mysql://user:{SECRET}@"),
        format!("postgres://user:{SECRET}@host/schema"),
        format!("user:{SECRET}@host/schema"),
    ] {
        let settings = Settings::default().with("DATABASE_URL", url);
        for arguments in [&["serve"][..], &["migrate"]] {
            let told = run(arguments, &settings).await;
            assert_eq!(told.code, Some(3), "{told:?}");
            assert_eq!(told.err.trim_end().lines().count(), 1, "{told:?}");
            keeps_the_secret(&told.err);
        }
    }
}

#[tokio::test]
async fn the_portals_settings_name_no_password_of_the_database() {
    let settings = Settings::default().with("MYSQL_PASSWORD", SECRET).with("DATABASE_URL", SECRET);
    let told = run_binary("portal", &["config"], &settings).await.ok();
    keeps_the_secret(&told.out);
    keeps_the_secret(&told.err);
}
