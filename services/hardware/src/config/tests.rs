use super::*;

fn load(env: &[(&str, &str)]) -> Result<Config, String> {
    Config::load(env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
        .map_err(|e| e.to_string())
}

#[test]
fn with_nothing_set_it_is_an_embedded_file_on_loopback() {
    let config = load(&[]).unwrap();
    assert!(
        matches!(config.database().unwrap(), Database::Sqlite(path) if path.ends_with("data/hardware.db"))
    );
    assert!(config.addresses().unwrap().iter().all(|a| a.ip().is_loopback()));
}

#[test]
fn any_part_of_mysql_means_mysql_and_a_url_wins() {
    for key in ["MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE"] {
        let config = load(&[(key, "12345")]).unwrap();
        assert!(matches!(config.database().unwrap(), Database::MySql(_)), "{key}");
    }
    let config = load(&[("MYSQL_HOST", "h"), ("DATABASE_URL", "sqlite://x.db")]).unwrap();
    assert!(matches!(config.database().unwrap(), Database::Sqlite(path) if path.ends_with("x.db")));
    assert!(load(&[("DATABASE_URL", "postgres://x")]).unwrap_err().contains("DATABASE_URL: must begin with"));
    assert!(load(&[("DATABASE_URL", "sqlite::memory:")]).unwrap_err().contains("needs a file"));
}

#[test]
fn a_port_alone_or_a_service_link_does_not_mean_mysql() {
    let config = load(&[("MYSQL_PORT", "tcp://10.0.0.1:3306"), ("MYSQL_HOST", "tcp://10.0.0.1")]).unwrap();
    assert!(matches!(config.database().unwrap(), Database::Sqlite(_)));
}

#[test]
fn an_open_address_needs_to_be_meant() {
    assert!(load(&[("BIND", "0.0.0.0:5001")]).unwrap_err().contains("BIND: is open to others"));
    assert!(load(&[("METRICS_BIND", "[::]:9090")]).unwrap_err().contains("METRICS_BIND: is open to others"));
    assert!(load(&[("BIND", "0.0.0.0:5001,127.0.0.1:4545"), ("ALLOW_OPEN", "true")]).is_ok());
    let moved = [("BIND", "0.0.0.0:5001"), ("ALLOW_OPEN", "true"), ("CLOCK", "2026-01-01T00:00:00Z")];
    assert!(load(&moved).unwrap_err().contains("CLOCK"));
}

#[test]
fn wrong_values_name_their_key() {
    for (key, value) in [
        ("CLOCK", "2026-01-01T00:00"),
        ("MYSQL_SSL_MODE", "maybe"),
        ("TRUSTED_PROXIES", "proxy"),
        ("BIND", "5001"),
        ("DATABASE__MAX_CONNECTIONS", "0"),
        ("MYSQL_PASS", "x"),
    ] {
        assert!(load(&[(key, value)]).unwrap_err().contains(key), "{key}");
    }
    assert!(load(&[("CUSTOMER__TZ", "Mars/Base")]).unwrap_err().starts_with("CUSTOMER__TZ: "));
    assert!(load(&[("LOG_FORMAT", "xml")]).unwrap_err().starts_with("LOG_FORMAT: "));
}

#[test]
fn printing_the_configuration_shows_no_secret() {
    let env = [("MYSQL_PASSWORD", "hunter2"), ("DATABASE_URL", "mysql://u:hunter2@h/d")];
    let shown = format!("{:?}", load(&env).unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn objects_go_to_a_folder_or_a_bucket_and_nowhere_else() {
    for url in ["", "file:///srv/objects", "s3://bucket/prefix"] {
        assert!(load(&[("STORAGE_URL", url)]).is_ok(), "{url}");
    }
    let unknown = load(&[("STORAGE_URL", "gs://bucket")]).unwrap_err();
    assert!(unknown.starts_with("STORAGE_URL: `gs://` is not known") && !unknown.contains('\n'), "{unknown}");
    let plain = [("STORAGE_URL", "s3://bucket"), ("AWS_ENDPOINT_URL", "http://localhost:9000")];
    assert!(load(&plain).unwrap_err().starts_with("AWS_ENDPOINT_URL: is plain http://"));
    assert!(load(&plain[1..]).is_ok(), "AWS_* matter to a bucket only");
    let twice = [("AWS_SECRET_ACCESS_KEY", "a"), ("AWS_SECRET_ACCESS_KEY_FILE", "/nowhere")];
    for env in [&twice[..], &twice[1..]] {
        assert!(load(env).unwrap_err().starts_with("AWS_SECRET_ACCESS_KEY_FILE: "));
    }
    let keys = [("STORAGE_URL", "s3://bucket"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
    assert!(!load(&keys).unwrap_err().contains("hunter2"));
}

#[test]
fn the_portals_part_of_the_customer_is_no_mistake() {
    let env = [("CUSTOMER__TITLE", "Lab shelf"), ("CUSTOMER__COLOURS__ACCENT", "#00497a #8fcbff")];
    assert!(load(&env).is_ok());
    let told = load(&[("CUSTOMER__COLOURS__ACENT", "#00497a #8fcbff")]).unwrap_err();
    assert!(told.contains("did you mean CUSTOMER__COLOURS__ACCENT?"), "{told}");
}

#[test]
fn where_the_password_came_from_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "one\n").unwrap();
    let text = file.to_str().unwrap();
    for name in ["MYSQL_PASSWORD_FILE", "MYSQL__PASSWORD_FILE"] {
        let Database::MySql(mysql) = load(&[(name, text)]).unwrap().database().unwrap() else {
            panic!("{name}")
        };
        assert_eq!((mysql.password.reveal(), mysql.password_file.as_deref()), ("one", Some(file.as_path())));
    }
    let Database::MySql(mysql) = load(&[("MYSQL_PASSWORD", "one")]).unwrap().database().unwrap() else {
        panic!()
    };
    assert_eq!(mysql.password_file, None);
}

#[test]
fn an_authority_is_looked_at_where_it_counts() {
    let at = |mode, ca| load(&[("MYSQL_HOST", "h"), ("MYSQL_SSL_MODE", mode), ("MYSQL_SSL_CA", ca)]).err();
    for mode in ["VERIFY_CA", "VERIFY_IDENTITY"] {
        assert!(at(mode, "/nowhere").unwrap().starts_with("MYSQL_SSL_CA: cannot read /nowhere"), "{mode}");
        assert!(at(mode, "/dev/null").unwrap().contains("holds no certificate"), "{mode}");
        assert_eq!(at(mode, ""), None, "the well-known authorities");
    }
    assert_eq!(at("REQUIRED", "/nowhere"), None);
    assert!(load(&[("MYSQL_SSL_MODE", "VERIFY_CA"), ("MYSQL_SSL_CA", "/nowhere")]).is_ok(), "that is SQLite");
}
