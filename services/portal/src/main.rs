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

/// Exit code: it could not start, or it is not healthy.
const FAILED: u8 = 3;
/// Exit code: the command line or a setting is wrong.
const USAGE: u8 = 2;

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
    /// Ask this machine's portal whether it is ready; exit code 0 when it is.
    Healthcheck,
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
    Usage(anyhow::Error),
    Failed(anyhow::Error),
}

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => {
            let (error, code) = match stopped {
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
        Command::Healthcheck => on_runtime(healthcheck(&load()?)),
        Command::Serve => {
            let config = load()?;
            telemetry::init(&config.log).map_err(|error| Stopped::Usage(anyhow::Error::msg(error)))?;
            on_runtime(serve_pages(&config))
        }
    }
}

fn load() -> Result<Config, Stopped> {
    Config::load(process_env()).map_err(|error| Stopped::Usage(error.into()))
}

fn on_runtime(work: impl Future<Output = anyhow::Result<()>>) -> Result<(), Stopped> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("cannot start the runtime").map_err(Stopped::Failed)?;
    runtime.block_on(work).map_err(Stopped::Failed)
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
    let addresses = config.addresses()?;
    let listeners = serve::bind(&addresses).await?;
    let metrics_addresses = config.metrics_addresses()?;
    if !metrics_addresses.is_empty() {
        let listeners = serve::bind(&metrics_addresses).await?;
        let metrics = Route::new().at("/metrics", get(app::metrics())).map_to_response().boxed();
        let (unwatched, _) = watch::channel(Readiness::Ready);
        tokio::spawn(serve::run(metrics, listeners, unwatched, config.shutdown, serve::stop_signal()));
    }
    for listener in &listeners {
        let address = listener.local_addr()?;
        tracing::info!(%address, hardware = config.hardware_url()?.as_str(), "the portal is at http://{address}/");
    }
    serve::run(pages, listeners, readiness, config.shutdown, serve::stop_signal()).await?;
    Ok(())
}

/// Asks the first address of `BIND`; a wildcard address is asked on the loopback of its family.
async fn healthcheck(config: &Config) -> anyhow::Result<()> {
    let addresses = config.addresses()?;
    let mut address = *addresses.first().context("BIND has no address")?;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            std::net::Ipv4Addr::LOCALHOST.into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    let client = reqwest::Client::builder().timeout(PROBE_TIMEOUT).no_proxy().build()?;
    let answer =
        client.get(format!("http://{address}/readyz")).send().await.context("the portal does not answer")?;
    anyhow::ensure!(answer.status().is_success(), "the portal is not ready: {}", answer.status());
    Ok(())
}
