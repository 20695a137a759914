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

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
    /// A value that cannot be, wherever it was set, or one that does not go with another.
    #[error("{key}: {message}")]
    Key {
        /// The environment variable or the configuration key.
        key: String,
        /// What is wrong, and what would be right.
        message: String,
    },
}

impl ConfigError {
    /// `key` is wrong as `message` says.
    pub fn key(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Key { key: key.into(), message: message.into() }
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
            let text = std::fs::read_to_string(file).map_err(|e| {
                ConfigError::key("CONFIG_FILE", format!("cannot read {}: {e}", file.display()))
            })?;
            figment = figment.merge(Toml::string(&text));
        }
        let environment = self.environment()?;
        for set in &environment {
            figment = figment.merge(Serialized::default(&set.path, &set.value));
        }
        figment.extract().map_err(|error| self.explain(&error, &environment))
    }

    /// Figment's error in one line that begins with the name under which the value was set.
    fn explain(&self, error: &figment::Error, environment: &[Set]) -> ConfigError {
        let path = error.path.join(".");
        let by_environment = environment.iter().find(|set| set.path == path).map(|set| set.name.clone());
        let in_file = self.file.as_ref().map(|file| format!("{path} (in {})", file.display()));
        let key = by_environment.or(in_file).unwrap_or(path);
        ConfigError::key(key, error.kind.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The keys set by the environment, with values of the type of their default.
    fn environment(&self) -> Result<Vec<Set>, ConfigError> {
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
            found.push(Set { name: stem.to_owned(), path, value });
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

/// One key that the environment sets.
struct Set {
    name: String,
    path: String,
    value: toml::Value,
}

fn default_at<'t>(defaults: &'t toml::Table, path: &str) -> Option<&'t toml::Value> {
    let mut parts = path.split('.');
    let first = defaults.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part)).filter(|value| !value.is_table())
}

/// `KNOWN_SECTION__UNKNOWN_KEY` is a mistake; a variable of somebody else's is none of our business.
fn refuse_unknown(name: &str, defaults: &toml::Table) -> Result<(), ConfigError> {
    let lower = name.to_ascii_lowercase();
    let Some((section, _)) = lower.split_once("__") else { return Ok(()) };
    let Some(table) = defaults.get(section).and_then(toml::Value::as_table) else { return Ok(()) };
    let known = settings_of(section, table);
    let near = known.iter().max_by(|a, b| strsim::jaro(a, &lower).total_cmp(&strsim::jaro(b, &lower)));
    let hint = near.map_or_else(String::new, |near| format!("; did you mean {}?", near.to_ascii_uppercase()));
    Err(ConfigError::key(name, format!("is not a setting{hint}")))
}

/// The settings of a section and of the sections in it, as `section__key`.
fn settings_of(section: &str, table: &toml::Table) -> Vec<String> {
    let of_one = |(key, value): (&String, &toml::Value)| {
        let name = format!("{section}__{key}");
        match value.as_table() {
            Some(inner) => settings_of(&name, inner),
            None => vec![name],
        }
    };
    table.iter().flat_map(of_one).collect()
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
mod tests;
