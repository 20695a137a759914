//! The `[database]` and `[mysql]` sections.

use std::{collections::BTreeMap, fs, path::PathBuf};

use chassis::config::{ConfigError, Secret};
use serde::{Deserialize, Serialize};

/// The `[database]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite://...` or `mysql://...`; empty: see [`Config::database`].
    pub url: Secret,
    /// Whether `serve` migrates.
    pub migrate: Migrate,
    /// Connections at most.
    pub max_connections: u32,
    /// How long a request waits for a connection, in milliseconds.
    pub acquire_timeout_ms: u64,
}

/// Whether `serve` applies migrations itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Migrate {
    /// On SQLite, which nobody else serves.
    Auto,
    /// On MySQL too.
    Always,
    /// Never.
    Never,
}

/// The `[mysql]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MySqlConfig {
    /// Empty: `mysql`.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Empty: `mysql`.
    pub user: String,
    /// Empty: `mysql`.
    pub password: Secret,
    /// Empty: `hardware`.
    pub database: String,
    /// As the `mysql` client names them.
    pub ssl_mode: String,
    /// A PEM file; empty: the well-known authorities.
    pub ssl_ca: String,
    /// What `hardware database` gives a customer's user.
    pub app_password: Secret,
    /// Where the password was read from, to be read again once MySQL refuses it.
    #[serde(skip)]
    pub password_file: Option<PathBuf>,
}

const PASSWORD_FILE: [&str; 2] = ["MYSQL_PASSWORD_FILE", "MYSQL__PASSWORD_FILE"];
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

impl MySqlConfig {
    /// The file that holds the password, if the environment names one.
    pub(super) fn password_file(env: &BTreeMap<String, String>) -> Option<PathBuf> {
        let named = PASSWORD_FILE.iter().find_map(|name| env.get(*name).filter(|path| !path.is_empty()));
        named.map(PathBuf::from)
    }

    /// An authority that is not there could not sign anything: better said at once than by every connection.
    pub(super) fn check_ca(&self) -> Result<(), ConfigError> {
        let path = &self.ssl_ca;
        if path.is_empty() || !self.ssl_mode.starts_with("VERIFY_") {
            return Ok(());
        }
        let wrong = |why| ConfigError::key("MYSQL_SSL_CA", why);
        let text = fs::read_to_string(path).map_err(|error| wrong(format!("cannot read {path}: {error}")))?;
        if text.contains(CERTIFICATE) {
            return Ok(());
        }
        Err(wrong(format!("{path} holds no certificate; it must be a PEM file with `{CERTIFICATE}`")))
    }
}
