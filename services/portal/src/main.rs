//! The `portal` command: serve the pages, or help to run them.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use chassis::{Clock, config::process_env, health::Readiness, serve, telemetry};
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use poem::{EndpointExt, Route, get};
use portal::{app, config::Config};
use tokio::sync::watch;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code: the portal that was asked is not ready.
const NOT_READY: u8 = 1;
/// Exit code: the command line or a setting is wrong.
const USAGE: u8 = 2;
/// Exit code: it could not start.
const FAILED: u8 = 3;

/// `healthcheck` gives up after this long.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Toolcrib's web frontend: shows what hardware is free, how much of it, and when.
///
/// Settings come from defaults, the file that CONFIG_FILE names, and the environment; `portal config` prints
/// them all.
#[derive(Debug, Parser)]
#[command(name = "portal", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages until told to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Ask a running portal whether it is ready: exit 0 if so, 1 if not.
    Healthcheck {
        /// The portal's address; without it, the first of BIND.
        #[arg(long)]
        url: Option<String>,
    },
    /// Print the settings in effect, as JSON; secrets as ***.
    Config,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, as roff.
    Man,
}

/// What ends the process, and with which code.
#[derive(Debug)]
enum Stopped {
    NotReady(anyhow::Error),
    Usage(anyhow::Error),
    Failed(anyhow::Error),
}

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => {
            let (error, code) = match stopped {
                Stopped::NotReady(error) => (error, NOT_READY),
                Stopped::Usage(error) => (error, USAGE),
                Stopped::Failed(error) => (error, FAILED),
            };
            // Logging may not have begun, and may be off: this line must reach the operator.
            let _ = writeln!(io::stderr(), "portal: {error:#}");
            ExitCode::from(code)
        }
    }
}

fn run(command: &Command) -> Result<(), Stopped> {
    match command {
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "portal", &mut io::stdout());
            Ok(())
        }
        Command::Man => clap_mangen::Man::new(Cli::command())
            .render(&mut io::stdout())
            .context("cannot print the manual page")
            .map_err(Stopped::Failed),
        Command::Config => print_config(&load()?).map_err(Stopped::Failed),
        Command::Healthcheck { url } => {
            on_runtime(healthcheck(url.as_deref(), &load()?))?.map_err(Stopped::NotReady)
        }
        Command::Serve => {
            let config = load()?;
            telemetry::init(&config.log).map_err(|error| Stopped::Usage(anyhow::Error::msg(error)))?;
            on_runtime(serve_pages(&config))?.map_err(Stopped::Failed)
        }
    }
}

fn load() -> Result<Config, Stopped> {
    Config::load(process_env()).map_err(|error| Stopped::Usage(error.into()))
}

fn on_runtime<T>(work: impl Future<Output = T>) -> Result<T, Stopped> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("cannot start the runtime").map_err(Stopped::Failed)?;
    Ok(runtime.block_on(work))
}

fn print_config(config: &Config) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(config)?;
    writeln!(io::stdout(), "{text}").context("cannot print the settings")
}

async fn serve_pages(config: &Config) -> anyhow::Result<()> {
    chassis::metrics::install();
    let (readiness, ready) = watch::channel(Readiness::Ready);
    // Templates are compiled here: a portal that listens has them, and is ready whether or not the hardware
    // service is. While that is away the portal's work is to say so.
    let pages = app::build(config, Clock::system(), ready)?;
    let listeners = serve::bind(&config.addresses()?).await?;
    let metrics_listeners = serve::bind(&config.metrics_addresses()?).await?;
    if !metrics_listeners.is_empty() {
        let metrics = Route::new().at("/metrics", get(app::metrics())).map_to_response().boxed();
        let (unwatched, _) = watch::channel(Readiness::Ready);
        let forever = std::future::pending();
        tokio::spawn(serve::run(metrics, metrics_listeners, unwatched, config.shutdown, forever));
    }
    for listener in &listeners {
        let address = listener.local_addr()?;
        tracing::info!(%address, hardware = config.hardware_url()?.as_str(), "the portal is at http://{address}/");
    }
    serve::run(pages, listeners, readiness, config.shutdown, serve::stop_signal()).await?;
    Ok(())
}

/// Asks `url`, or the first address of `BIND`, for `/readyz`.
async fn healthcheck(url: Option<&str>, config: &Config) -> anyhow::Result<()> {
    let first = config.addresses()?.first().copied().map(serve::local_url);
    let base = url.map(str::to_owned).or(first).context("BIND has no address")?;
    let client = reqwest::Client::builder().timeout(PROBE_TIMEOUT).no_proxy().build()?;
    let asked = client.get(format!("{}/readyz", base.trim_end_matches('/'))).send().await;
    let answer = asked.with_context(|| format!("{base} does not answer"))?;
    anyhow::ensure!(answer.status().is_success(), "{base} is not ready: {}", answer.status());
    Ok(())
}
