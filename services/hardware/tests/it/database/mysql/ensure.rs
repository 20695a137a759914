//! Schema and user are made once, and found from then on.

use std::time::Duration;

use hardware::db::WANTED;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::spawn_blocking,
    time::sleep,
};

use crate::database::site::{Site, Told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_is_made_once_and_found_from_then_on() {
    let site = Site::new().await;
    let name = site.name("a");
    let list = WANTED.join(", ");
    let first = site.ensure(&name, &name, "pässword one").await;
    let lines = format!(
        "schema {name}: created\nuser {name}: created\nrights of {name} on {name}: granted: {list}\n"
    );
    assert_eq!((first.is(0).out.as_str(), first.err.as_str()), (lines.as_str(), ""));
    let lines = format!(
        "schema {name}: there already\nuser {name}: there already\npassword of {name}: good already\nrights of {name} on {name}: there already: {list}\n"
    );
    let before = site.passwords(&name).await;
    for _ in 0..2 {
        let again = site.ensure(&name, &name, "pässword one").await;
        assert_eq!((again.is(0).out.as_str(), again.err.as_str()), (lines.as_str(), ""));
    }
    assert_eq!(site.passwords(&name).await, before);

    let run =
        async |arguments: &'static [&'static str]| site.as_customer(&name, "pässword one", arguments).await;
    run(&["migrate", "--check"]).await.is(1);
    for arguments in [&["migrate"][..], &["migrate"], &["migrate", "--check"], &["seed"], &["verify"]] {
        run(arguments).await.is(0);
    }
    assert!(run(&["export", "hardware"]).await.is(0).out.contains("Amazon,c5"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_there_gets_the_collation_of_the_migrations() {
    let site = Site::new().await;
    let name = site.name("a");
    site.root(&[format!("CREATE DATABASE {name} CHARACTER SET latin1")]).await;
    let sql = format!(
        "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '{name}'"
    );
    site.ensure(&name, &name, "one")
        .await
        .is(0)
        .says("new tables are utf8mb4_0900_bin now, no longer latin1_swedish_ci");
    assert_eq!(site.asked(&sql).await.as_deref(), Some("utf8mb4_0900_bin"));
    site.ensure(&name, &name, "one").await.is(0).says(&format!("schema {name}: there already\n"));
    let fresh = site.name("b");
    site.ensure(&fresh, &fresh, "one").await.is(0);
    assert_eq!(site.asked(&sql.replace(&name, &fresh)).await.as_deref(), Some("utf8mb4_0900_bin"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_who_is_refused_is_told_at_once() {
    let site = Site::new().await;
    let name = site.name("a");
    let arguments = ["database", "ensure", "--database", &name, "--user", &name];
    let env = [("MYSQL_USER", site.admin.as_str()), ("MYSQL_PASSWORD", "another"), ("APP_PASSWORD", "one")];
    let told = site.run(&arguments, &env).await;
    assert_eq!((told.is(3).out.as_str(), told.err.lines().count()), ("", 1), "{}", told.err);
    told.says("refuses the password").says(&site.admin);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_who_lacks_a_right_is_told_which() {
    let site = Site::with_rights_on("*.*", "SELECT, INSERT, UPDATE, CREATE, ALTER, REFERENCES").await;
    let name = site.name("a");
    let told = site.ensure(&name, &name, "one").await;
    assert_eq!(told.is(3).err.lines().count(), 1, "{}", told.err);
    told.says("lacks rights");
    // On customers' schemas alone: who may insert into MySQL's own tables may make users too.
    let site = Site::with_rights_on("`{prefix}\\_%`.*", &WANTED.join(", ")).await;
    site.root(&[format!("REVOKE CREATE USER ON *.* FROM {}@'%'", site.admin)]).await;
    let name = site.name("b");
    let told = site.ensure(&name, &name, "one").await;
    assert_eq!(told.is(3).err.lines().count(), 1, "{}", told.err);
    told.says("CREATE USER");
}

/// In Kubernetes the Job begins beside MySQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_later_is_waited_for() {
    let site = Site::new().await;
    let name = site.name("a");
    let port = {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        taken.local_addr().unwrap().port()
    };
    let arguments = ["database", "ensure", "--database", &name, "--user", &name, "--wait", "60"];
    let mut command = site.command(
        &arguments,
        &[("MYSQL_USER", &site.admin), ("MYSQL_PASSWORD", "the administrator's"), ("APP_PASSWORD", "one")],
    );
    command.env("MYSQL_HOST", "127.0.0.1").env("MYSQL_PORT", port.to_string());
    let running = spawn_blocking(move || Told::from(command.output().unwrap()));
    // It has been refused by then, and has said so.
    sleep(Duration::from_secs(2)).await;
    let way = tokio::spawn(lead(port, (site.host.clone(), site.port)));
    let told = running.await.unwrap();
    way.abort();
    told.is(0).says("refuses connections: is it running?; waiting up to 60 s").says("created");
    assert_eq!(told.err.lines().count(), 1, "{}", told.err);
}

async fn lead(port: u16, server: (String, u16)) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    loop {
        let (mut caller, _) = listener.accept().await.unwrap();
        let server = server.clone();
        tokio::spawn(async move {
            let mut server = TcpStream::connect(server).await.unwrap();
            let _ = copy_bidirectional(&mut caller, &mut server).await;
        });
    }
}
