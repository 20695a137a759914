//! What is refused before anybody is asked.

use std::process::{Command, Output};

/// Where nobody listens: who got as far as that would say so.
const NOWHERE: [(&str, &str); 4] =
    [("MYSQL_HOST", "127.0.0.1"), ("MYSQL_PORT", "1"), ("MYSQL_USER", "admin"), ("MYSQL_PASSWORD", "x")];
const ENSURE: [&str; 6] = ["database", "ensure", "--database", "customer_a", "--user", "customer_a"];

fn run(arguments: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hardware"));
    command.args(arguments).env_clear().envs(env.iter().copied()).output().unwrap()
}

#[track_caller]
fn is_refused(arguments: &[&str], env: &[(&str, &str)], words: &[&str]) {
    let output = run(arguments, env);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), told.lines().count()), (Some(3), 1), "{arguments:?} {told}");
    assert!(words.iter().all(|word| told.contains(word)), "{words:?} are not all in: {told}");
    assert!(output.stdout.is_empty());
}

fn with(env: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    NOWHERE.iter().chain(env).copied().collect()
}

#[test]
fn names_that_are_not_a_customers_are_refused_by_the_name_of_the_option() {
    let env = with(&[("APP_PASSWORD", "a good one")]);
    let long = "x".repeat(65);
    for name in ["mysql", "SYS", "information_schema", "Performance_Schema", "a-b", "a`b", "", &long] {
        let arguments = ["database", "ensure", "--database", name, "--user", "customer_a"];
        is_refused(&arguments, &env, &["--database: `", "must be", "such as customer_a"]);
    }
    for name in ["root", "admin", "a'@'%", "a@b", "", &long[..33]] {
        let ensure = ["database", "ensure", "--database", "customer_a", "--user", name];
        let (rotate, discard) =
            (["database", "rotate", "--user", name], ["database", "discard", "--user", name]);
        for arguments in [&ensure[..], &rotate, &discard] {
            is_refused(arguments, &env, &["--user: `", "must be", "such as customer_a"]);
        }
    }
}

#[test]
fn placeholders_and_nothing_are_no_passwords() {
    for password in ["", "mysql", "Temp123", "CHANGEME", "password", "Password"] {
        let env = with(&[]).into_iter().chain([("APP_PASSWORD", password)]).collect::<Vec<_>>();
        for arguments in [&ENSURE[..], &["database", "rotate", "--user", "customer_a"]] {
            is_refused(arguments, &env, &["APP_PASSWORD: is ", "it must be"]);
        }
    }
    is_refused(
        &ENSURE,
        &with(&[("APP_PASSWORD_FILE", "/nowhere")]),
        &["APP_PASSWORD_FILE: cannot read /nowhere"],
    );
    let twice = with(&[("APP_PASSWORD_FILE", "/nowhere"), ("APP_PASSWORD", "x")]);
    is_refused(&ENSURE, &twice, &["APP_PASSWORD is set as well"]);
}

#[test]
fn sqlite_has_no_users_and_a_url_names_no_administrator() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for arguments in
        [&ENSURE[..], &["database", "rotate", "--user", "a"], &["database", "discard", "--user", "a"]]
    {
        let env = [("DATA_DIR", data), ("APP_PASSWORD", "a good one")];
        is_refused(arguments, &env, &["SQLite file", "has no users", "MYSQL_HOST"]);
        let url = [("DATABASE_URL", "mysql://u:hunter2@h/d"), ("APP_PASSWORD", "a good one")];
        is_refused(arguments, &url, &["DATABASE_URL: ", "MYSQL_HOST"]);
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing was made");
}

#[test]
fn nobody_there_is_one_line_once_the_wait_is_over() {
    let env = with(&[("APP_PASSWORD", "a good one")]);
    let arguments = [&ENSURE[..], &["--wait", "0"]].concat();
    is_refused(&arguments, &env, &["MySQL at 127.0.0.1:1 refuses connections"]);
}

#[test]
fn an_authority_that_is_not_there_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, other) = (folder.path().join("empty.pem"), folder.path().join("other.pem"));
    std::fs::write(&empty, "").unwrap();
    std::fs::write(&other, "-----BEGIN PRIVATE KEY-----\n").unwrap();
    for mode in ["VERIFY_CA", "VERIFY_IDENTITY"] {
        for (file, words) in [
            ("/nowhere.pem", "cannot read"),
            (empty.to_str().unwrap(), "holds no certificate"),
            (other.to_str().unwrap(), "holds no certificate"),
        ] {
            let mut env = NOWHERE.to_vec();
            env.extend([("MYSQL_SSL_MODE", mode), ("MYSQL_SSL_CA", file)]);
            for arguments in [&["serve"][..], &["migrate"]] {
                is_refused(arguments, &env, &["MYSQL_SSL_CA: ", words, file]);
            }
        }
    }
}
