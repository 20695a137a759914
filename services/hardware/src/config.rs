//! The service's configuration. `config.default.toml` documents every key.

use std::{net::SocketAddr, path::PathBuf};

use chassis::{
    Clock,
    client_ip::TrustedProxies,
    config::{ConfigError, Secret, Sources},
    rate_limit::RateLimitConfig,
    serve::{ServerConfig, ShutdownConfig, parse_addresses},
    telemetry::LogConfig,
};
use serde::{Deserialize, Serialize};

pub use self::{
    cache::CacheConfig,
    customer::CustomerConfig,
    database::{DatabaseConfig, Migrate, MySqlConfig},
    storage::StorageConfig,
};
use crate::{
    domain::moment::Moment,
    storage::{AwsVariables, Storage},
};

/// The first layer, and the reference of every key.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

const SHORT_NAMES: &[(&str, &str)] = &[
    ("BIND", "bind"),
    ("METRICS_BIND", "metrics_bind"),
    ("ALLOW_OPEN", "allow_open"),
    ("TRUSTED_PROXIES", "trusted_proxies"),
    ("CLOCK", "clock"),
    ("CUSTOMER_NAME", "customer.name"),
    ("CUSTOMER_GREETING", "customer.greeting"),
    ("DATA_DIR", "data_dir"),
    ("STORAGE_URL", "storage.url"),
    ("HARDWARE_CACHE_TTL", "cache.ttl"),
    ("HARDWARE_CACHE_STALE", "cache.stale"),
    ("LOG_FORMAT", "log.format"),
    ("RUST_LOG", "log.filter"),
    ("DATABASE_URL", "database.url"),
    ("MYSQL_HOST", "mysql.host"),
    ("MYSQL_PORT", "mysql.port"),
    ("MYSQL_USER", "mysql.user"),
    ("MYSQL_PASSWORD", "mysql.password"),
    ("MYSQL_DATABASE", "mysql.database"),
    ("MYSQL_SSL_MODE", "mysql.ssl_mode"),
    ("MYSQL_SSL_CA", "mysql.ssl_ca"),
    ("APP_PASSWORD", "mysql.app_password"),
];
const MISTAKES: &[(&str, &str)] = &[
    ("MYSQL_PASS", "MYSQL_PASSWORD"),
    ("MYSQL_USERNAME", "MYSQL_USER"),
    ("MYSQL_DB", "MYSQL_DATABASE"),
    ("DB_URL", "DATABASE_URL"),
];
const SSL_MODES: [&str; 5] = ["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"];

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Addresses to listen on.
    pub bind: Vec<String>,
    /// Addresses for `/metrics` alone; empty: on the main port.
    pub metrics_bind: Vec<String>,
    /// Whether an address that is not loopback may be listened on without sign-in.
    pub allow_open: bool,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Where the service's clock starts; empty: now.
    pub clock: String,
    /// Where the embedded database lives.
    pub data_dir: PathBuf,
    /// Logging.
    pub log: LogConfig,
    /// How often one client may ask.
    pub rate_limit: RateLimitConfig,
    /// How to stop.
    pub shutdown: ShutdownConfig,
    /// What one caller may take from the others.
    pub server: ServerConfig,
    /// Which database, and how to use it.
    pub database: DatabaseConfig,
    /// MySQL, part by part.
    pub mysql: MySqlConfig,
    /// For how long answers are kept.
    pub cache: CacheConfig,
    /// Where objects go.
    pub storage: StorageConfig,
    /// The organisation served.
    pub customer: CustomerConfig,
    /// CSV uploads.
    pub import: ImportConfig,
    /// Bookings.
    pub reservations: ReservationsConfig,
}

/// The `[reservations]` section.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReservationsConfig {
    /// For how long overdue units are taken to stay away from now on, in seconds.
    pub overdue_grace_s: u32,
}

/// The `[import]` section.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ImportConfig {
    /// Bytes of one upload at most.
    pub max_bytes: u64,
}

/// Which database to use.
#[derive(Clone, Debug)]
pub enum Database {
    /// A `mysql://` URL.
    MySqlUrl(Secret),
    /// MySQL, part by part.
    MySql(Box<MySqlConfig>),
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl Config {
    /// Reads defaults, the file that `CONFIG_FILE` names, and the environment, and checks them.
    ///
    /// # Errors
    /// The first key that is wrong, with what would be right.
    pub fn load(env: std::collections::BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let file = env.get("CONFIG_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let aws = AwsVariables::of(&env)?;
        let password_file = MySqlConfig::password_file(&env);
        let sources = Sources { defaults: DEFAULTS, short_names: SHORT_NAMES, mistakes: MISTAKES, file, env };
        let mut config: Self = sources.load()?;
        config.storage.aws = aws;
        config.mysql.password_file = password_file;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        self.refuse_open_addresses()?;
        self.server.validate()?;
        if !SSL_MODES.contains(&self.mysql.ssl_mode.as_str()) {
            let why = format!("`{}` is none of {}", self.mysql.ssl_mode, SSL_MODES.join(", "));
            return Err(ConfigError::key("MYSQL_SSL_MODE", why));
        }
        if self.database.max_connections == 0 {
            return Err(ConfigError::key("DATABASE__MAX_CONNECTIONS", "must be at least 1"));
        }
        self.proxies()?;
        self.clock()?;
        if let Database::MySql(mysql) = self.database()? {
            mysql.check_ca()?;
        }
        self.storage()?;
        self.cache.bounds()?;
        Ok(())
    }

    /// What is not behind a sign-in is not for others, unless that is meant.
    fn refuse_open_addresses(&self) -> Result<(), ConfigError> {
        let open = |addresses: &[SocketAddr]| addresses.iter().any(|address| !address.ip().is_loopback());
        let addresses = self.addresses()?;
        for (key, addresses) in [("BIND", &addresses), ("METRICS_BIND", &self.metrics_addresses()?)] {
            if open(addresses) && !self.allow_open {
                let why = "is open to others, and there is no sign-in yet; listen on 127.0.0.1, or set ALLOW_OPEN=true";
                return Err(ConfigError::key(key, why));
            }
        }
        if !self.clock.is_empty() && open(&addresses) {
            return Err(ConfigError::key(
                "CLOCK",
                "moves the service's time and is for loopback addresses only",
            ));
        }
        Ok(())
    }

    /// [`Config::bind`], read.
    ///
    /// # Errors
    /// The entry that is no address.
    pub fn addresses(&self) -> Result<Vec<SocketAddr>, ConfigError> {
        parse_addresses("BIND", &self.bind)
    }

    /// [`Config::metrics_bind`], read.
    ///
    /// # Errors
    /// The entry that is no address.
    pub fn metrics_addresses(&self) -> Result<Vec<SocketAddr>, ConfigError> {
        if self.metrics_bind.is_empty() {
            Ok(Vec::new())
        } else {
            parse_addresses("METRICS_BIND", &self.metrics_bind)
        }
    }

    /// [`Config::trusted_proxies`], read.
    ///
    /// # Errors
    /// The entry that is no network.
    pub fn proxies(&self) -> Result<TrustedProxies, ConfigError> {
        TrustedProxies::parse(&self.trusted_proxies).map_err(|why| ConfigError::key("TRUSTED_PROXIES", why))
    }

    /// The clock to go by.
    ///
    /// # Errors
    /// [`Config::clock`] is not an RFC 3339 time with an offset.
    pub fn clock(&self) -> Result<Clock, ConfigError> {
        if self.clock.is_empty() {
            return Ok(Clock::system());
        }
        match self.clock.parse::<Moment>() {
            Ok(Moment::Instant(at_s)) => Ok(Clock::starting_at(at_s)),
            _ => Err(ConfigError::key("CLOCK", "is not a time with an offset, such as 2026-06-11T14:00:00Z")),
        }
    }

    /// Where objects go.
    ///
    /// # Errors
    /// See [`StorageConfig::open`].
    pub fn storage(&self) -> Result<Storage, ConfigError> {
        self.storage.open(&self.data_dir)
    }

    /// `DATABASE_URL` if set; else MySQL if any of `MYSQL_HOST`, `_USER`, `_PASSWORD`, `_DATABASE` is; else the
    /// embedded SQLite file in `DATA_DIR`.
    ///
    /// # Errors
    /// A URL of another kind.
    pub fn database(&self) -> Result<Database, ConfigError> {
        let url = self.database.url.reveal();
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(":memory:") {
                let why = "needs a file: in memory, every connection would have a database of its own";
                return Err(ConfigError::key("DATABASE_URL", why));
            }
            return Ok(Database::Sqlite(path.into()));
        }
        if url.starts_with("mysql://") || url.starts_with("mariadb://") {
            return Ok(Database::MySqlUrl(self.database.url.clone()));
        }
        if !url.is_empty() {
            return Err(ConfigError::key("DATABASE_URL", "must begin with sqlite:// or mysql://"));
        }
        let mysql = &self.mysql;
        let parts = [&mysql.host, &mysql.user, mysql.password.reveal(), &mysql.database];
        if parts.iter().any(|part| !part.is_empty()) {
            return Ok(Database::MySql(Box::new(mysql.clone())));
        }
        Ok(Database::Sqlite(self.data_dir.join("hardware.db")))
    }
}

mod cache;
mod customer;
mod database;
mod storage;
#[cfg(test)]
mod tests;
