//! The portal's settings. `config.default.toml` documents each one and is the first layer.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use chassis::{
    client_ip::TrustedProxies,
    config::{ConfigError, Secret, Sources},
    rate_limit::RateLimitConfig,
    serve::{ServerConfig, ShutdownConfig, parse_addresses},
    telemetry::LogConfig,
};
use chrono_tz::Tz;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::{colours::ColoursConfig, hardware_client};

/// The reference of all settings, with their defaults.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// Characters of a customer's title at most.
const MAX_TITLE_CHARS: usize = 40;
/// Characters of a secret at least.
const MIN_SECRET_CHARS: usize = 16;

/// Environment names without a section.
const SHORT_NAMES: [(&str, &str); 9] = [
    ("BIND", "bind"),
    ("METRICS_BIND", "metrics_bind"),
    ("TRUSTED_PROXIES", "trusted_proxies"),
    ("PORTAL_SECRET", "secret"),
    ("CUSTOMER_NAME", "customer.name"),
    ("CUSTOMER_GREETING", "customer.greeting"),
    ("HARDWARE_HOST", "hardware.host"),
    ("LOG_FORMAT", "log.format"),
    ("RUST_LOG", "log.filter"),
];

/// All settings.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Addresses to listen on.
    pub bind: Vec<String>,
    /// Addresses for `/metrics`; none: it is on the main ones.
    pub metrics_bind: Vec<String>,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Signs what a visitor's browser keeps; empty: a random one.
    pub secret: Secret,
    /// Where the hardware service is.
    pub hardware: HardwareConfig,
    /// Whose portal this is.
    pub customer: CustomerConfig,
    /// How often one client may ask.
    pub rate_limit: RateLimitConfig,
    /// How it logs.
    pub log: LogConfig,
    /// What one caller may take from the others.
    pub server: ServerConfig,
    /// How it stops.
    pub shutdown: ShutdownConfig,
}

/// The `[hardware]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HardwareConfig {
    /// Host, host:port or URL.
    pub host: String,
    /// Milliseconds to connect.
    pub connect_timeout_ms: u64,
    /// Milliseconds for one whole call that reads.
    pub timeout_ms: u64,
    /// Milliseconds for one whole call that books or changes something.
    pub write_timeout_ms: u64,
}

/// The `[customer]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerConfig {
    /// Which customer; case and blanks matter. Empty: nobody.
    pub name: String,
    /// How it is greeted; empty: as it is built in.
    pub greeting: String,
    /// What the pages are called; empty: as the program.
    pub title: String,
    /// IANA name of the zone in which times are read and shown.
    pub tz: String,
    /// What the pages look like, over the portal's own colours.
    pub colours: ColoursConfig,
}

impl Config {
    /// Reads defaults, the file that `CONFIG_FILE` names, and the environment, and checks them.
    ///
    /// # Errors
    /// The first setting that is unknown, unreadable or impossible.
    pub fn load(env: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let file = env.get("CONFIG_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let sources = Sources { defaults: DEFAULTS, short_names: &SHORT_NAMES, mistakes: &[], file, env };
        let config: Self = sources.load()?;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        self.tz()?;
        self.hardware_url()?;
        self.proxies()?;
        self.addresses()?;
        self.metrics_addresses()?;
        self.check_secret()?;
        self.check_title()?;
        self.server.validate()?;
        self.customer.colours.stylesheet()?;
        let HardwareConfig { connect_timeout_ms, timeout_ms, write_timeout_ms, .. } = self.hardware;
        let timeouts = [
            ("HARDWARE__CONNECT_TIMEOUT_MS", connect_timeout_ms),
            ("HARDWARE__TIMEOUT_MS", timeout_ms),
            ("HARDWARE__WRITE_TIMEOUT_MS", write_timeout_ms),
        ];
        match timeouts.iter().find(|(_, millis)| *millis == 0) {
            Some((name, _)) => Err(ConfigError::key(*name, "a timeout of 0 would never wait for an answer")),
            None => Ok(()),
        }
    }

    /// A longer one would push the navigation off the page.
    fn check_title(&self) -> Result<(), ConfigError> {
        if self.customer.title.chars().count() > MAX_TITLE_CHARS {
            let told = format!("must be at most {MAX_TITLE_CHARS} characters");
            return Err(ConfigError::key("CUSTOMER__TITLE", told));
        }
        Ok(())
    }

    /// The text itself is never told.
    fn check_secret(&self) -> Result<(), ConfigError> {
        let chars = self.secret.reveal().chars().count();
        if (1..MIN_SECRET_CHARS).contains(&chars) {
            let told = format!("is too short: write at least {MIN_SECRET_CHARS} random characters");
            return Err(ConfigError::key("PORTAL_SECRET", told));
        }
        Ok(())
    }

    /// Where to listen.
    ///
    /// # Errors
    /// An entry that is no address with a port, or that there is none.
    pub fn addresses(&self) -> Result<Vec<SocketAddr>, ConfigError> {
        parse_addresses("BIND", &self.bind)
    }

    /// Where to serve `/metrics` alone; none: it is with the pages.
    ///
    /// # Errors
    /// An entry that is no address with a port.
    pub fn metrics_addresses(&self) -> Result<Vec<SocketAddr>, ConfigError> {
        if self.metrics_bind.is_empty() {
            Ok(Vec::new())
        } else {
            parse_addresses("METRICS_BIND", &self.metrics_bind)
        }
    }

    /// Whose `X-Forwarded-For` is believed.
    ///
    /// # Errors
    /// An entry that is neither an address nor a network.
    pub fn proxies(&self) -> Result<TrustedProxies, ConfigError> {
        TrustedProxies::parse(&self.trusted_proxies)
            .map_err(|message| ConfigError::key("TRUSTED_PROXIES", message))
    }

    /// The customer's zone.
    ///
    /// # Errors
    /// A name that is no zone.
    pub fn tz(&self) -> Result<Tz, ConfigError> {
        let tz = &self.customer.tz;
        tz.parse().map_err(|_| {
            ConfigError::key(
                "CUSTOMER__TZ",
                format!("`{tz}` is no time zone; write an IANA name such as Europe/Berlin"),
            )
        })
    }

    /// The hardware service's address.
    ///
    /// # Errors
    /// A value that is no address.
    pub fn hardware_url(&self) -> Result<Url, ConfigError> {
        hardware_client::base_url(&self.hardware.host)
            .map_err(|message| ConfigError::key("HARDWARE_HOST", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(env: &[(&str, &str)]) -> Result<Config, String> {
        let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::load(env).map_err(|error| error.to_string())
    }

    #[test]
    fn without_anything_it_asks_localhost_and_listens_there() {
        let config = load(&[]).unwrap();
        assert_eq!(config.bind, ["127.0.0.1:5000"]);
        assert_eq!(config.hardware_url().unwrap().as_str(), "http://localhost:5001/");
        assert_eq!((config.hardware.connect_timeout_ms, config.hardware.timeout_ms), (250, 750));
        assert_eq!(config.hardware.write_timeout_ms, 10_000);
        assert_eq!(config.tz().unwrap(), Tz::UTC);
        assert_eq!((config.rate_limit.per_second, config.rate_limit.burst), (500, 2_000));
    }

    #[test]
    fn the_environment_sets_what_operators_rely_on() {
        let config = load(&[
            ("BIND", "0.0.0.0:80,[::]:80"),
            ("HARDWARE_HOST", "hardware:5001"),
            ("CUSTOMER__TZ", "Europe/Berlin"),
            ("RATE_LIMIT__PER_SECOND", "0"),
            ("TRUSTED_PROXIES", "10.0.0.0/8"),
            ("METRICS_BIND", "127.0.0.1:9000"),
            ("PORTAL_SECRET", "0123456789abcdef"),
            ("LOG_FORMAT", "json"),
        ])
        .unwrap();
        assert_eq!(config.bind.len(), 2);
        assert_eq!(config.hardware_url().unwrap().as_str(), "http://hardware:5001/");
        assert_eq!(config.secret.reveal(), "0123456789abcdef");
        assert_eq!((config.tz().unwrap(), config.rate_limit.per_second), (Tz::Europe__Berlin, 0));
    }

    #[test]
    fn a_clusters_service_link_is_not_an_address() {
        let config = load(&[("HARDWARE_HOST", "tcp://10.96.0.12:5001")]).unwrap();
        assert_eq!(config.hardware_url().unwrap().as_str(), "http://localhost:5001/");
    }

    #[test]
    fn what_cannot_be_is_named_with_its_variable() {
        for (name, value) in [
            ("CUSTOMER__TZ", "Mars"),
            ("HARDWARE_HOST", "https://x"),
            ("HARDWARE__CONNECT_TIMEOUT_MS", "0"),
            ("HARDWARE__TIMEOUT_MS", "0"),
            ("HARDWARE__WRITE_TIMEOUT_MS", "0"),
            ("HARDWARE__WRITE_TIMEOUT_MS", "-1"),
            ("BIND", "here"),
            ("METRICS_BIND", "9000"),
            ("TRUSTED_PROXIES", "proxy"),
            ("PORTAL_SECRET", "fifteen letters"),
            ("CUSTOMER__TITLE", &"x".repeat(41)),
            ("CUSTOMER__COLOURS__ACCENT", "#742a5d"),
            ("CUSTOMER__COLOURS__SOLID", "#ffffff #ffffff"),
            ("CUSTOMER__COLOURS__WASH", "aubergine #000000"),
            ("CUSTOMER__COLOURS__WASH_EDGE", "#ffffff #000000"),
        ] {
            let told = load(&[(name, value)]).unwrap_err();
            assert!(told.starts_with(name) && !told.contains("fifteen"), "{told}");
        }
    }
}
