//! The command line of the hardware service. The only place that ends the process.

use std::process::ExitCode;

use anyhow::Context as _;
use chassis::{config::process_env, telemetry};
use clap::{CommandFactory, Parser};
use hardware::{
    api::Context,
    cli::{Cli, Command, Exit, Export, Import, bookings, catalogue, database, serve, verify, write_stdout},
    config::Config,
    db::Db,
    domain::present::Present,
    openapi, readiness,
    store::reservation_import::Mode,
};
use tokio::runtime::Runtime;

// Linked, and so used by everything.
#[cfg(all(target_env = "musl", target_arch = "x86_64"))]
use memory as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program. Public for the build that only the concurrency checker makes.
pub fn main() -> ExitCode {
    // clap ends the process with 2 on wrong usage, and with 0 for --help.
    let cli = Cli::parse();
    let ended = run(cli.command);
    telemetry::flush();
    match ended {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            eprintln!("hardware: {error:#}");
            ExitCode::from(Exit::CouldNotStart as u8)
        }
    }
}

fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hardware", &mut script);
            return Ok(write_stdout(&script)?);
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            return Ok(write_stdout(&page)?);
        }
        _ => {}
    }
    let config = Config::load(process_env())?;
    telemetry::init(&config.log).map_err(anyhow::Error::msg)?;
    Runtime::new()?.block_on(with_config(command, config))
}

async fn with_config(command: Command, config: Config) -> anyhow::Result<Exit> {
    match command {
        Command::Serve => serve::serve(config).await,
        Command::Healthcheck { url } => serve::healthcheck(url.as_deref(), &config).await,
        Command::Database(command) => database::run(command, &config).await,
        Command::Config => Ok(write_stdout(toml::to_string_pretty(&config)?.as_bytes())?),
        Command::Openapi => Ok(write_stdout(openapi_document(&config)?.as_bytes())?),
        other => with_database(other, config).await,
    }
}

async fn with_database(command: Command, config: Config) -> anyhow::Result<Exit> {
    let database = config.database()?;
    let place = readiness::place(&database);
    let db = Db::open(&database, &config.database).with_context(|| place.clone())?;
    let pending = match db.pending_migrations().await {
        Ok(pending) => pending,
        Err(error) => anyhow::bail!("{}", db.diagnose(&error, &place).await),
    };
    let clock = config.clock()?;
    let present = Present { now_s: clock.now_s(), grace_s: config.reservations.overdue_grace_s.into() };
    let exit = match command {
        Command::Migrate { check: true } => {
            eprintln!("{place}: {pending} migrations to apply");
            Ok(if pending == 0 { Exit::Ok } else { Exit::Failed })
        }
        Command::Migrate { check: false } => {
            db.migrate().await.with_context(|| place.clone())?;
            eprintln!("{place}: {pending} migrations applied, the schema is up to date");
            Ok(Exit::Ok)
        }
        _ if pending > 0 => anyhow::bail!("{place}: schema behind by {pending}: run `hardware migrate`"),
        Command::Import(Import::Hardware { file, dry_run, report }) => {
            catalogue::import(&db, present, &file, dry_run, report.as_deref()).await
        }
        Command::Import(Import::Reservations { file, hardware, report }) => {
            let mode = Mode { hardware, present, tz: config.customer.tz, actor: catalogue::ACTOR };
            bookings::import(&db, mode, &file, report.as_deref()).await
        }
        Command::Export(Export::Hardware) => catalogue::export(&db).await,
        Command::Seed => catalogue::seed(&db, &clock).await,
        Command::Verify => verify::verify(&db).await,
        other => anyhow::bail!("{other:?} needs no database"),
    };
    db.close().await;
    exit
}

/// The document does not depend on the database, so none is touched.
fn openapi_document(config: &Config) -> anyhow::Result<String> {
    let runtime_free = hardware::config::Database::Sqlite(std::env::temp_dir().join("unused.db"));
    let context = Context {
        db: Db::open(&runtime_free, &config.database)?,
        clock: config.clock()?,
        salutation: config.customer.salutation(),
        storage: config.storage()?,
        tz: config.customer.tz,
        max_import_bytes: config.import.max_bytes,
        overdue_grace_s: config.reservations.overdue_grace_s.into(),
    };
    Ok(openapi::document(&openapi::service(context.into())))
}
