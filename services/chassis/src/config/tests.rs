use std::io::Write;

use super::*;

const DEFAULTS: &str = "bind = [\"a\"]\n[mysql]\npassword = \"\"\nport = 3306\n[rate_limit]\non = true\n";

#[derive(Debug, Deserialize)]
struct Config {
    bind: Vec<String>,
    mysql: Mysql,
    rate_limit: RateLimit,
}

#[derive(Debug, Deserialize)]
struct Mysql {
    password: Secret,
    port: u16,
}

#[derive(Debug, Deserialize)]
struct RateLimit {
    on: bool,
}

fn load(env: &[(&str, &str)]) -> Result<Config, String> {
    load_over(None, env)
}

fn load_over(file: Option<PathBuf>, env: &[(&str, &str)]) -> Result<Config, String> {
    let sources = Sources {
        defaults: DEFAULTS,
        short_names: &[("BIND", "bind"), ("MYSQL_PASSWORD", "mysql.password"), ("MYSQL_PORT", "mysql.port")],
        mistakes: &[("MYSQL_PASS", "MYSQL_PASSWORD")],
        file,
        env: env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
    };
    sources.load().map_err(|e| e.to_string())
}

#[test]
fn a_password_that_looks_like_a_number_or_a_bool_stays_text() {
    for text in ["12345", "true", "0x10", "[1]", " x ", "a=b"] {
        assert_eq!(load(&[("MYSQL_PASSWORD", text)]).unwrap().mysql.password.reveal(), text);
    }
}

#[test]
fn the_environment_is_read_as_the_type_of_the_default() {
    let config = load(&[("MYSQL_PORT", "13306"), ("BIND", "x, y"), ("RATE_LIMIT__ON", "no")]).unwrap();
    assert_eq!((config.mysql.port, config.bind.len(), config.rate_limit.on), (13306, 2, false));
    assert!(load(&[("MYSQL_PORT", "abc")]).unwrap_err().contains("MYSQL_PORT: `abc` is not a whole number"));
    let error = load(&[("MYSQL_PORT", "70000")]).unwrap_err();
    assert!(
        error.starts_with("MYSQL_PORT: ") && error.contains("70000") && !error.contains(".rs"),
        "{error}"
    );
}

#[test]
fn service_links_and_empty_values_count_as_unset() {
    assert_eq!(load(&[("MYSQL_PORT", "tcp://10.0.0.1:3306")]).unwrap().mysql.port, 3306);
    assert_eq!(load(&[("MYSQL_PORT", "")]).unwrap().mysql.port, 3306);
}

#[test]
fn a_misspelt_key_names_its_neighbour_and_a_foreign_one_is_left_alone() {
    assert!(load(&[("RATE_LIMIT__ONN", "1")]).unwrap_err().contains("did you mean RATE_LIMIT__ON?"));
    assert!(load(&[("MYSQL_PASS", "x")]).unwrap_err().contains("did you mean MYSQL_PASSWORD?"));
    assert!(load(&[("NPM__THING", "1"), ("HOME", "/")]).is_ok());
}

#[test]
fn a_secret_can_come_from_a_file_but_not_from_two_places() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "s3cret").unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(load(&[("MYSQL_PASSWORD_FILE", path)]).unwrap().mysql.password.reveal(), "s3cret");
    let both = load(&[("MYSQL_PASSWORD_FILE", path), ("MYSQL_PASSWORD", "x")]).unwrap_err();
    assert!(both.contains("MYSQL_PASSWORD is set as well"), "{both}");
    assert!(load(&[("MYSQL_PASSWORD_FILE", "/nowhere")]).unwrap_err().contains("cannot read /nowhere"));
}

#[test]
fn a_file_lies_between_defaults_and_environment_and_its_mistakes_name_it() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "[mysql]\nport = 1\npassword = \"x\"\n").unwrap();
    let path = file.path().to_owned();
    assert_eq!(load_over(Some(path.clone()), &[]).unwrap().mysql.port, 1);
    assert_eq!(load_over(Some(path.clone()), &[("MYSQL_PORT", "2")]).unwrap().mysql.port, 2);
    write!(file, "[rate_limit]\non = 7\n").unwrap();
    let error = load_over(Some(path.clone()), &[]).unwrap_err();
    assert!(error.starts_with(&format!("rate_limit.on (in {})", path.display())), "{error}");
    assert!(
        load_over(Some("/nowhere.toml".into()), &[])
            .unwrap_err()
            .starts_with("CONFIG_FILE: cannot read /nowhere.toml")
    );
}

#[test]
fn a_secret_does_not_show_itself() {
    let secret = Secret::new("s3cret");
    assert_eq!(format!("{secret:?}"), "***");
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
}
