//! The `portal` command: serve the pages, or help to run them.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Context;
use chassis::{Clock, config::process_env, health::Readiness, probe, serve, telemetry};
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use portal::{app, config::Config};
use tokio::sync::watch;

// Linked, and so used by everything.
#[cfg(all(target_env = "musl", target_arch = "x86_64"))]
use memory as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code: the portal that was asked is not ready.
const NOT_READY: u8 = 1;
/// Exit code: it could not start, because of a setting or of the machine. (clap ends wrong usage with 2.)
const FAILED: u8 = 3;

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
    /// Print the settings in effect, as TOML; secrets as ***.
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
    NotReady(String),
    Failed(anyhow::Error),
}

fn main() -> ExitCode {
    let ended = run(&Cli::parse().command);
    telemetry::flush();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => {
            let (error, code) = match stopped {
                Stopped::NotReady(why) => (anyhow::Error::msg(why), NOT_READY),
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
            let addresses = load()?.addresses().map_err(|error| Stopped::Failed(error.into()))?;
            on_runtime(probe::readyz(url.as_deref(), &addresses))?.map_err(Stopped::NotReady)
        }
        Command::Serve => {
            let config = load()?;
            telemetry::init(&config.log).map_err(|error| Stopped::Failed(anyhow::Error::msg(error)))?;
            on_runtime(serve_pages(&config))?.map_err(Stopped::Failed)
        }
    }
}

fn load() -> Result<Config, Stopped> {
    Config::load(process_env()).map_err(|error| Stopped::Failed(error.into()))
}

fn on_runtime<T>(work: impl Future<Output = T>) -> Result<T, Stopped> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("cannot start the runtime").map_err(Stopped::Failed)?;
    Ok(runtime.block_on(work))
}

fn print_config(config: &Config) -> anyhow::Result<()> {
    let text = toml::to_string_pretty(config)?;
    write!(io::stdout(), "{text}").context("cannot print the settings")
}

async fn serve_pages(config: &Config) -> anyhow::Result<()> {
    chassis::metrics::install();
    let (readiness, ready) = watch::channel(Readiness::Ready);
    // Templates are compiled here: a portal that listens has them, and is ready whether or not the hardware
    // service is. While that is away the portal's work is to say so.
    let pages = app::build(config, Clock::system(), ready)?;
    let listeners = serve::bind(&config.addresses()?).await?;
    let metrics_listeners = serve::bind(&config.metrics_addresses()?).await?;
    serve::spawn_metrics(app::metrics(), metrics_listeners, config.server, config.shutdown);
    for listener in &listeners {
        let address = listener.local_addr()?;
        tracing::info!(%address, hardware = config.hardware_url()?.as_str(), "the portal is at http://{address}/");
    }
    serve::run(pages, listeners, readiness, config.server, config.shutdown, serve::stop_signal()).await;
    Ok(())
}
