//! The `[database]` and `[mysql]` sections.

use chassis::config::Secret;
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
}
