//! Settings that lead to no database: one line says which, and the service stays up to be asked.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::harness::{
    Service, Settings,
    mysql::{Account, Server, shared},
    ports, run,
    wait::until,
};

/// The database is looked at every second; for this long nothing new may be said about it.
const SILENCE: Duration = Duration::from_secs(4);

/// What is wrong, the settings that are wrong in that way, and the words of the one line about it.
async fn troubles(server: &Server) -> Vec<(Settings, Vec<String>)> {
    let account = server.account("12345").await;
    let missing = format!("{}_missing", account.name);
    // Without the right to see it, a schema that is missing and one that is forbidden look the same.
    server.execute(&[format!("GRANT ALL ON {missing}.* TO {}@'%'", account.name)]).await;
    let place = format!("MySQL at {}:{}", account.host, account.port);
    let nobody = ports::free();
    let trouble = |settings: Settings, words: &[&str]| {
        (settings.with("RUST_LOG", "warn"), words.iter().map(|word| (*word).to_owned()).collect())
    };
    let right = || account.settings();
    vec![
        trouble(right().with("MYSQL_PASSWORD", "54321"), &[&place, "refuses the password", &account.name]),
        trouble(right().with("MYSQL_USER", "nobody"), &[&place, "refuses the password", "nobody"]),
        trouble(right().with("MYSQL_HOST", "nowhere.invalid"), &["nowhere.invalid", "unknown host"]),
        trouble(right().with("MYSQL_DATABASE", &missing), &[&place, "no such database", &missing]),
        trouble(right().with("MYSQL_DATABASE", "forbidden"), &[&place, "lacks rights", "forbidden"]),
        trouble(
            right().with("MYSQL_PORT", nobody),
            &[&format!("127.0.0.1:{nobody}"), "refuses connections: is it running?"],
        ),
        trouble(
            Settings::default().with("DATABASE_URL", account.url().replace("12345", "54321")),
            &[&place, "refuses the password"],
        ),
    ]
}

#[track_caller]
fn is_one_line_with(text: &str, words: &[String]) {
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(words.iter().all(|word| text.contains(word)), "{words:?} are not all in: {text}");
}

async fn stays_up_and_says_so_once(service: &mut Service, words: &[String]) {
    until("a line about the database", async || (!service.told().is_empty()).then_some(())).await;
    service.becomes_unready(&words[1]).await;
    for path in ["/health", "/livez"] {
        service.get(path).await.is(200);
    }
    for path in ["/hardware", "/hardware/1", "/hardware.csv"] {
        let answer = service.get(path).await.is(503);
        assert_eq!(answer.media_type(), "application/problem+json");
        assert!(answer.headers.contains_key("retry-after"), "{path}");
    }
    is_one_line_with(&service.told(), words);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_stays_up_unready_and_one_line_says_what_is_wrong() {
    let mut services = Vec::new();
    for (settings, words) in troubles(shared().await).await {
        services.push((Service::start("hardware", settings), words));
    }
    for (service, words) in &mut services {
        stays_up_and_says_so_once(service, words).await;
    }
    // Nothing to wait for: what is tested is that nothing happens.
    tokio::time::sleep(SILENCE).await;
    for (service, words) in &mut services {
        is_one_line_with(&service.told(), words);
        service.signal("TERM");
        assert!(service.ends().await.success());
        is_one_line_with(&service.told(), words);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_ends_with_3_and_one_line_says_what_is_wrong() {
    let mut running = JoinSet::new();
    for (settings, words) in troubles(shared().await).await {
        running.spawn(async move { (run(&["migrate"], &settings).await, words) });
    }
    for (told, words) in running.join_all().await {
        assert_eq!((told.code, told.out.as_str()), (Some(3), ""), "{told:?}");
        is_one_line_with(&told.err, &words);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_turns_ready_by_itself_once_the_password_is_right() {
    let server = shared().await;
    let account = server.account("12345").await;
    run(&["migrate"], &account.settings()).await.ok();
    let wrong = Account { password: "later".to_owned(), ..account.clone() };
    let mut service = Service::start("hardware", wrong.settings());
    service.becomes_unready("refuses the password").await;
    server.execute(&[format!("ALTER USER {}@'%' IDENTIFIED BY 'later'", account.name)]).await;
    service.becomes_ready().await;
    service.get("/hardware").await.is(200);
}
