//! Logs: to stderr, one line each, as text for people or JSON for machines. Data goes to stdout, logs never do.

mod lines;

use std::{io::IsTerminal, sync::OnceLock};

use serde::{Deserialize, Serialize};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use self::lines::Lines;

static LINES: OnceLock<Lines> = OnceLock::new();

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The `[log]` section of both services.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// `text` or `json` (`LOG_FORMAT`).
    pub format: LogFormat,
    /// `tracing` filter directives (`RUST_LOG`), such as `info,sqlx=warn`.
    pub filter: String,
}

/// Starts logging. A second call in one process (tests) changes nothing.
///
/// # Errors
/// The filter directive that cannot be read.
pub fn init(config: &LogConfig) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|e| format!("RUST_LOG: {e}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = LINES.get_or_init(Lines::default).clone();
    let started = match config.format {
        LogFormat::Json => registry
            .with(fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(lines.clone()))
            .try_init(),
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal();
            registry.with(fmt::layer().with_ansi(colours).with_writer(lines.clone())).try_init()
        }
    };
    match started {
        Ok(()) => lines.write_soon().map_err(|error| format!("no thread for the log: {error}")),
        Err(_) => {
            tracing::debug!("logging had been started before");
            Ok(())
        }
    }
}

/// Writes what waits to be written. To be called before the process ends.
pub fn flush() {
    if let Some(lines) = LINES.get() {
        lines.flush();
    }
}
