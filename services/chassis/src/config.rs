//! Layered configuration: the service's documented defaults, then a file, then the environment.
//!
//! The defaults file is the reference: its sections and keys are the only ones there are, and the type of a
//! default is the type that the environment's text is read as. So `MYSQL_PASSWORD=12345` stays the text
//! `12345`, `RATE_LIMIT__PER_SECOND=10` is a number, and a misspelt key is an error that names its neighbour.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A value that must not be printed: it shows as `***`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "" } else { "***" })
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:?}"))
    }
}

/// What can be wrong with a configuration; the text names the key and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value in a file, or the file itself.
    #[error("{}", one_line(.0))]
    File(Box<figment::Error>),
    /// A value in the environment, or one that does not go with another.
    #[error("{key}: {message}")]
    Key {
        /// The environment variable or the configuration key.
        key: String,
        /// What is wrong, and what would be right.
        message: String,
    },
}

/// Figment breaks its lines; an operator greps for one.
fn one_line(error: &figment::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl ConfigError {
    /// `key` is wrong as `message` says.
    pub fn key(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Key { key: key.into(), message: message.into() }
    }
}

impl From<figment::Error> for ConfigError {
    fn from(error: figment::Error) -> Self {
        Self::File(Box::new(error))
    }
}

/// Where a service's configuration comes from.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The documented defaults, TOML. The first layer, and the list of all keys.
    pub defaults: &'a str,
    /// Short environment names and the key they set: `("MYSQL_HOST", "mysql.host")`.
    pub short_names: &'a [(&'a str, &'a str)],
    /// Names people mistype, and what they meant: `("MYSQL_PASS", "MYSQL_PASSWORD")`.
    pub mistakes: &'a [(&'a str, &'a str)],
    /// An optional file between defaults and environment.
    pub file: Option<PathBuf>,
    /// The environment.
    pub env: BTreeMap<String, String>,
}

/// The process's environment; text that is not UTF-8 cannot be a value of ours and is left out.
#[must_use]
pub fn process_env() -> BTreeMap<String, String> {
    std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect()
}

impl Sources<'_> {
    /// Reads all layers into `T`.
    ///
    /// # Errors
    /// The first key that is unknown, unreadable or of the wrong type.
    pub fn load<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        let mut figment = Figment::from(Toml::string(self.defaults));
        if let Some(file) = &self.file {
            figment = figment.merge(Toml::file_exact(file));
        }
        for (path, value) in self.environment()? {
            figment = figment.merge(Serialized::default(&path, value));
        }
        Ok(figment.extract()?)
    }

    /// The keys set by the environment, with values of the type of their default.
    fn environment(&self) -> Result<Vec<(String, toml::Value)>, ConfigError> {
        let defaults: toml::Table =
            toml::from_str(self.defaults).map_err(|e| ConfigError::key("defaults", e.to_string()))?;
        self.refuse_mistakes()?;
        let mut found = Vec::new();
        for (name, text) in &self.env {
            let from_file = name.strip_suffix("_FILE").filter(|stem| self.path_of(stem, &defaults).is_some());
            let stem = from_file.unwrap_or(name);
            let Some(path) = self.path_of(stem, &defaults) else {
                refuse_unknown(name, &defaults)?;
                continue;
            };
            if text.is_empty() || text.starts_with("tcp://") {
                // Compose passes unset variables as empty; a cluster's service links look like tcp://10.0.0.1:80.
                continue;
            }
            let text = if from_file.is_some() { self.secret_file(name, stem, text)? } else { text.clone() };
            let value = typed(default_at(&defaults, &path), &text).map_err(|m| ConfigError::key(stem, m))?;
            found.push((path, value));
        }
        Ok(found)
    }

    fn refuse_mistakes(&self) -> Result<(), ConfigError> {
        for (wrong, right) in self.mistakes {
            if self.env.contains_key(*wrong) && !self.env.contains_key(*right) {
                return Err(ConfigError::key(*wrong, format!("is not a setting; did you mean {right}?")));
            }
        }
        Ok(())
    }

    fn path_of(&self, name: &str, defaults: &toml::Table) -> Option<String> {
        if let Some((_, path)) = self.short_names.iter().find(|(short, _)| *short == name) {
            return Some((*path).to_owned());
        }
        let path = name.to_ascii_lowercase().replace("__", ".");
        (name.contains("__") && default_at(defaults, &path).is_some()).then_some(path)
    }

    fn secret_file(&self, name: &str, stem: &str, path: &str) -> Result<String, ConfigError> {
        if self.env.get(stem).is_some_and(|v| !v.is_empty()) {
            return Err(ConfigError::key(name, format!("{stem} is set as well; set one of them")));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError::key(name, format!("cannot read {path}: {e}")))?;
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }
}

fn default_at<'t>(defaults: &'t toml::Table, path: &str) -> Option<&'t toml::Value> {
    let mut parts = path.split('.');
    let first = defaults.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part)).filter(|value| !value.is_table())
}

/// `KNOWN_SECTION__UNKNOWN_KEY` is a mistake; a variable of somebody else's is none of our business.
fn refuse_unknown(name: &str, defaults: &toml::Table) -> Result<(), ConfigError> {
    let lower = name.to_ascii_lowercase();
    let Some((section, key)) = lower.split_once("__") else { return Ok(()) };
    let Some(table) = defaults.get(section).and_then(toml::Value::as_table) else { return Ok(()) };
    let near = table.keys().max_by(|a, b| strsim::jaro(a, key).total_cmp(&strsim::jaro(b, key)));
    let hint = near.map_or_else(String::new, |k| {
        format!("; did you mean {}__{}?", section.to_ascii_uppercase(), k.to_ascii_uppercase())
    });
    Err(ConfigError::key(name, format!("is not a setting{hint}")))
}

/// Reads `text` as the type of `default`.
fn typed(default: Option<&toml::Value>, text: &str) -> Result<toml::Value, String> {
    Ok(match default {
        Some(toml::Value::Integer(_)) => {
            text.trim().parse::<i64>().map_err(|_| format!("`{text}` is not a whole number"))?.into()
        }
        Some(toml::Value::Boolean(_)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true.into(),
            "false" | "0" | "no" | "off" => false.into(),
            _ => return Err(format!("`{text}` is neither true nor false")),
        },
        Some(toml::Value::Array(_)) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            items.map(toml::Value::from).collect::<Vec<_>>().into()
        }
        _ => text.into(),
    })
}

#[cfg(test)]
mod tests {
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
        let sources = Sources {
            defaults: DEFAULTS,
            short_names: &[
                ("BIND", "bind"),
                ("MYSQL_PASSWORD", "mysql.password"),
                ("MYSQL_PORT", "mysql.port"),
            ],
            mistakes: &[("MYSQL_PASS", "MYSQL_PASSWORD")],
            file: None,
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
        assert!(
            load(&[("MYSQL_PORT", "abc")]).unwrap_err().contains("MYSQL_PORT: `abc` is not a whole number")
        );
        assert!(load(&[("MYSQL_PORT", "70000")]).unwrap_err().contains("mysql.port"));
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
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new("s3cret");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
    }
}
