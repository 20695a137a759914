//! Passwords: whatever is in them, and how they change without locking anybody out.

use crate::database::site::Site;

async fn is_good(site: &Site, user: &str, password: &str) -> bool {
    match site.enter(user, password).await {
        Ok(_) => true,
        Err(error) if error.to_string().contains("Access denied") => false,
        Err(error) => panic!("{error}"),
    }
}

/// A user of its own, with this password.
async fn user(site: &Site, password: &str) -> String {
    let name = site.name("a");
    site.ensure(&name, &name, password).await.is(0);
    name
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_in_a_password_it_is_that_one() {
    let site = Site::new().await;
    let long = "a'\\".repeat(42) + "ü";
    let awkward = [
        "'",
        "\\",
        "\\'",
        "''",
        "a'; DROP DATABASE mysql; -- ",
        "\"$HOME`id`$(id)%s{}\\n",
        " blanks ",
        "пароль-🔑",
        "tab\tand\nline",
        "%_",
        "${x}",
        "\\0",
        &long,
    ];
    assert_eq!(long.len(), 128);
    let name = user(&site, "the first").await;
    for password in awkward {
        site.rotate(&name, password).await.is(0).says("changed");
        assert!(is_good(&site, &name, password).await, "{password:?}");
        site.as_customer(&name, password, &["migrate", "--check"]).await.is(1);
        site.ensure(&name, &name, password).await.is(0).says("good already");
    }
}

/// The server would read a backslash as itself, and a quotation mark as the beginning of a name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_own_way_with_quotes_changes_nothing() {
    let site = Site::alone().await;
    site.root(&["SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'".to_owned()]).await;
    let name = user(&site, "\\'\"one").await;
    assert!(is_good(&site, &name, "\\'\"one").await);
    site.rotate(&name, "'\\\"two").await.is(0).says("changed");
    site.ensure(&name, &name, "'\\\"two").await.is(0).says("good already").says("there already: SELECT");
    assert!(is_good(&site, &name, "'\\\"two").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_changed_leaves_the_former_one_good_until_it_is_discarded() {
    let site = Site::new().await;
    let name = user(&site, "one").await;
    site.ensure(&name, &name, "two").await.is(0).says("changed; the former one is good too");
    assert!(is_good(&site, &name, "one").await && is_good(&site, &name, "two").await);
    for _ in 0..2 {
        site.discard(&name, "").await.is(0).says("no former one");
        assert!(!is_good(&site, &name, "one").await && is_good(&site, &name, "two").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotating_twice_keeps_the_former_password() {
    let site = Site::new().await;
    let name = user(&site, "one").await;
    site.rotate(&name, "two").await.is(0).says("changed");
    let before = site.passwords(&name).await;
    site.rotate(&name, "two").await.is(0).says("good already");
    site.ensure(&name, &name, "two").await.is(0).says("good already");
    assert_eq!(site.passwords(&name).await, before);
    assert!(is_good(&site, &name, "one").await && is_good(&site, &name, "two").await);
}

/// A release that is rolled back in the middle of a rotation brings the former password along.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_that_is_named_is_the_one_that_stays() {
    let site = Site::new().await;
    let name = user(&site, "one").await;
    site.rotate(&name, "two").await.is(0);
    site.rotate(&name, "one").await.is(0).says("good already");
    site.discard(&name, "one").await.is(0);
    assert!(is_good(&site, &name, "one").await && !is_good(&site, &name, "two").await);
    let told = site.discard(&name, "three").await;
    told.is(3).says("APP_PASSWORD: does not log in").says("nothing was discarded");
    assert!(is_good(&site, &name, "one").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_former_password_that_cannot_be_kept_is_told() {
    let site = Site::new().await;
    let (empty, other) = (site.name("a"), site.name("b"));
    site.root(&[
        format!("CREATE USER {empty}@'%' IDENTIFIED BY ''"),
        format!("CREATE USER {other}@'%' IDENTIFIED WITH sha256_password BY 'one'"),
    ])
    .await;
    for name in [&empty, &other] {
        let told = site.ensure(name, name, "two").await;
        told.is(0).says("there already").says("is not good any more");
        assert!(is_good(&site, name, "two").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_exist_has_no_password() {
    let site = Site::new().await;
    let name = site.name("nobody");
    for told in [site.rotate(&name, "one").await, site.discard(&name, "").await] {
        assert_eq!(told.is(3).err.lines().count(), 1, "{}", told.err);
        told.says(&format!("there is no user {name}; `hardware database ensure` makes it"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_locked_is_left_alone_and_told() {
    let site = Site::new().await;
    let name = user(&site, "one").await;
    site.root(&[format!("ALTER USER {name}@'%' ACCOUNT LOCK")]).await;
    let before = site.passwords(&name).await;
    let told = site.ensure(&name, &name, "one").await;
    told.is(3).says("locked");
    assert_eq!(site.passwords(&name).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_is_printed_however_much_is_logged() {
    let site = Site::new().await;
    let name = site.name("a");
    for (arguments, password) in [
        (&["ensure", "--database", &name, "--user", &name][..], "hunter2-new"),
        (&["ensure", "--database", &name, "--user", &name], "hunter2-other"),
        (&["rotate", "--user", &name], "hunter2-third"),
        (&["discard", "--user", &name], "hunter2-third"),
        (&["discard", "--user", &name], "hunter2-wrong"),
    ] {
        let arguments = [&["database"], arguments].concat();
        let env = [
            ("MYSQL_USER", site.admin.as_str()),
            ("MYSQL_PASSWORD", "the administrator's"),
            ("APP_PASSWORD", password),
            ("RUST_LOG", "trace"),
        ];
        let told = site.run(&arguments, &env).await;
        let all = format!("{}{}", told.out, told.err);
        assert!(!all.contains("hunter2") && !all.contains("the administrator's"), "{all}");
    }
}
