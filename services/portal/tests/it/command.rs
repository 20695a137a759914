//! The `portal` binary: its commands and exit codes.

use std::{
    net::TcpListener,
    process::{Command, Output},
    time::{Duration, Instant},
};

/// Starts from an empty environment: what the machine running the tests has set must not matter.
fn portal(args: &[&str], env: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command.args(args).env_clear().envs(env.iter().copied());
    command
}

fn run(args: &[&str], env: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = portal(args, env).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn config_prints_what_is_in_effect() {
    let (code, out, err) = run(&["config"], &[("HARDWARE_HOST", "hw:1"), ("CUSTOMER__TZ", "Europe/Berlin")]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let config: toml::Table = toml::from_str(&out).unwrap();
    assert_eq!(
        (config["hardware"]["host"].as_str(), config["customer"]["tz"].as_str()),
        (Some("hw:1"), Some("Europe/Berlin"))
    );
}

#[test]
fn a_secret_is_not_printed_also_where_it_comes_from_a_file() {
    let file = std::env::temp_dir().join(format!("portal-secret-{}", std::process::id()));
    std::fs::write(&file, "a secret from a file\n").unwrap();
    let in_file = run(&["config"], &[("PORTAL_SECRET_FILE", file.to_str().unwrap())]);
    std::fs::remove_file(&file).unwrap();
    for (code, out, err) in [in_file, run(&["config"], &[("PORTAL_SECRET", "a secret from a file")])] {
        assert_eq!((code, err.as_str()), (Some(0), ""));
        assert!(out.contains("secret = \"***\"") && !out.contains("a secret"), "{out}");
    }
    assert!(run(&["config"], &[]).1.contains("secret = \"\""));
}

#[test]
fn a_wrong_command_is_exit_code_2_and_a_wrong_setting_3_with_one_line_that_names_it() {
    assert_eq!(run(&["dance"], &[]).0, Some(2));
    for (name, value) in [
        ("CUSTOMER__TZ", "Mars"),
        ("PORTAL_SECRET", "too short"),
        ("CUSTOMER__COLOURS__SOLID", "#742a5d #e7acd2"),
        ("HARDWARE_HOST", "https://x"),
        ("RUST_LOG", "a=b=c"),
        ("BIND", "here"),
    ] {
        let (code, out, err) = run(&["serve"], &[(name, value)]);
        assert_eq!((code, out.as_str()), (Some(3), ""), "{name}: {err}");
        assert!(err.contains(name) && err.trim_end().lines().count() == 1, "{err}");
    }
}

#[test]
fn a_port_that_is_taken_is_exit_code_3() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, err) = run(&["serve"], &[("BIND", &address), ("RUST_LOG", "off")]);
    assert_eq!(code, Some(3));
    assert!(err.contains(&format!("cannot listen on {address}")), "{err}");
}

#[test]
fn completions_and_the_manual_are_printed() {
    assert!(run(&["completions", "bash"], &[]).1.contains("healthcheck"));
    assert!(run(&["man"], &[]).1.contains(".TH portal"));
}

#[test]
fn healthcheck_asks_the_portal_that_runs_here() {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (address, metrics) = (free().to_string(), free().to_string());
    // Nobody is at HARDWARE_HOST: the portal is healthy all the same.
    let env = [
        ("BIND", address.as_str()),
        ("METRICS_BIND", &metrics),
        ("HARDWARE_HOST", "127.0.0.1:1"),
        ("LOG_FORMAT", "json"),
    ];
    let (code, _, err) = run(&["healthcheck"], &env);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("does not answer"), "{err}");
    let mut serving = portal(&["serve"], &env).stderr(std::process::Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    let mut code = None;
    while code != Some(0) && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
        code = run(&["healthcheck"], &env).0;
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert_eq!(code, Some(0));
}
