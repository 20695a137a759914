//! The real binary, as an operator uses it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

/// The binary with nothing in its environment but a data directory of its own.
fn hardware(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hardware"));
    command.args(arguments).env_clear().env("DATA_DIR", data).env("RUST_LOG", "warn").stdin(Stdio::null());
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    hardware(data, arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn last_json(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    serde_json::from_str(text.lines().last().unwrap_or_default())
        .unwrap_or_else(|e| panic!("{e}: {text} {}", stderr(output)))
}

fn catalogue(folder: &Path, text: &str) -> PathBuf {
    let file = folder.join("catalogue.csv");
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn importing_the_real_list_twice_creates_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/ec2-instance-types.csv.gz");
    let unpacked = Command::new("gzip").args(["--decompress", "--stdout"]).arg(packed).output().unwrap();
    let file = folder.path().join("ec2.csv");
    fs::write(&file, unpacked.stdout).unwrap();
    let file = file.to_str().unwrap();
    assert!(run(folder.path(), &["migrate"]).status.success());
    let first = run(folder.path(), &["import", "hardware", file]);
    assert_eq!(last_json(&first), json!({ "created": 1363, "updated": 0, "unchanged": 0, "failed": 0 }));
    let second = run(folder.path(), &["import", "hardware", file]);
    assert_eq!(last_json(&second), json!({ "created": 0, "updated": 0, "unchanged": 1363, "failed": 0 }));
    assert!(first.status.success() && second.status.success());
}

#[test]
fn refused_rows_go_to_stderr_or_into_the_report_and_end_with_1() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["migrate"]);
    let file = catalogue(folder.path(), "provider,name,capacity\na,b,1\na,,1\na,c,-1\n");
    let (file, report) = (file.to_str().unwrap(), folder.path().join("report.txt"));
    let dry =
        run(folder.path(), &["import", "hardware", file, "--dry-run", "--report", report.to_str().unwrap()]);
    assert_eq!((dry.status.code(), last_json(&dry)["created"].as_u64()), (Some(1), Some(1)));
    let told = fs::read_to_string(&report).unwrap();
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(told.starts_with("line 2: created: a / b\nline 3: failed: a / : name is required"), "{told}");
    let real = run(folder.path(), &["import", "hardware", file]);
    assert_eq!(real.status.code(), Some(1));
    assert_eq!(stderr(&real).lines().count(), 2, "{}", stderr(&real));
    assert!(stderr(&real).contains("line 4: failed: a / c: capacity is -1; it must be 0 to 1000000"));
}

#[test]
fn a_catalogue_comes_from_stdin_and_goes_to_stdout() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["migrate"]);
    let mut import = hardware(folder.path(), &["import", "hardware", "-"]);
    let mut child = import.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"provider,name\na,=1\n").unwrap();
    assert_eq!(last_json(&child.wait_with_output().unwrap())["created"], 1);
    let export = run(folder.path(), &["export", "hardware"]);
    let expected = "provider,name,capacity,buffer_s,tz,category,location,description,tags\na,'=1,1,0,,,,,\n";
    assert_eq!(String::from_utf8(export.stdout).unwrap(), expected);
}

#[test]
fn the_schema_can_be_checked_and_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["migrate", "--check"]).status.code(), Some(1));
    let behind = run(folder.path(), &["seed"]);
    assert_eq!(behind.status.code(), Some(3));
    assert!(stderr(&behind).contains("run `hardware migrate`"), "{}", stderr(&behind));
    assert!(run(folder.path(), &["migrate"]).status.success());
    assert_eq!(run(folder.path(), &["migrate", "--check"]).status.code(), Some(0));
}

#[test]
fn the_sample_is_added_once_and_stays_gone_when_archived() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["migrate"]);
    for _ in 0..2 {
        assert!(run(folder.path(), &["seed"]).status.success());
    }
    let export = String::from_utf8(run(folder.path(), &["export", "hardware"]).stdout).unwrap();
    assert_eq!(export.lines().count(), 3, "{export}");
    assert!(export.contains("Amazon,c5,") && export.contains("Azure,H16mr,"));
}

#[test]
fn wrong_usage_is_2_and_a_wrong_setting_is_3_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["frobnicate"]).status.code(), Some(2));
    assert_eq!(run(folder.path(), &[]).status.code(), Some(2));
    for (key, value, told) in [
        ("BIND", "0.0.0.0:5001", "ALLOW_OPEN=true"),
        ("BIND", "nowhere", "BIND: `nowhere` is not an address"),
        ("MYSQL_PASS", "x", "did you mean MYSQL_PASSWORD?"),
        ("RATE_LIMIT__PER_SECOND", "fast", "RATE_LIMIT__PER_SECOND: `fast` is not a whole number"),
        ("DATABASE_URL", "postgres://x", "DATABASE_URL: must begin with"),
        ("CONFIG_FILE", "/nowhere.toml", "/nowhere.toml"),
    ] {
        let output = hardware(folder.path(), &["serve"]).env(key, value).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{key}");
        assert!(stderr(&output).contains(told), "{key}: {}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = hardware(folder.path(), &["serve"]).env("BIND", &address).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains(&format!("cannot listen on {address}")), "{}", stderr(&output));
}

#[test]
fn the_configuration_is_printed_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let output = hardware(folder.path(), &["config"])
        .env("MYSQL_PASSWORD", "12345")
        .env("MYSQL_USER", "true")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("user = \"true\"") && text.contains("password = \"***\""), "{text}");
    assert!(!text.contains("12345"), "{text}");
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let arguments: [&[&str]; 4] = [&["config"], &["openapi"], &["completions", "bash"], &["man"]];
    for arguments in arguments {
        let mut child =
            hardware(folder.path(), arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn completions_and_the_manual_need_no_configuration() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["completions", "bash"][..], &["man"], &["--help"], &["--version"]] {
        let output = hardware(folder.path(), arguments).env("BIND", "nowhere").output().unwrap();
        assert!(output.status.success() && !output.stdout.is_empty(), "{arguments:?}");
    }
}
