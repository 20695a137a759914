//! The command line: what each command does. Data goes to stdout, everything else to stderr.

pub mod bookings;
pub mod catalogue;
pub mod database;
pub mod serve;
pub mod verify;

use std::{io::Write, path::PathBuf};

use clap::{Parser, Subcommand};

/// Tells what hardware is free, how much of it, and when; and books it without promising a unit twice.
#[derive(Debug, Parser)]
#[command(name = "hardware", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API on BIND until SIGTERM.
    Serve,
    /// Bring the database's schema up to date. Harmless when it is.
    Migrate {
        /// Only say whether it is: exit 0 if so, 1 if not.
        #[arg(long)]
        check: bool,
    },
    /// Prepare MySQL for a customer, as the administrator whom MYSQL_USER and MYSQL_PASSWORD name.
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Import from CSV.
    #[command(subcommand)]
    Import(Import),
    /// Export to CSV, on stdout.
    #[command(subcommand)]
    Export(Export),
    /// Add the sample hardware, once.
    Seed,
    /// Check that what is stored keeps every promise. Ends with one line of JSON; exit 1 if something does not.
    Verify,
    /// Print the OpenAPI document.
    Openapi,
    /// Print the configuration in force, without secrets.
    Config,
    /// Ask a running service whether it is ready: exit 0 if so, 1 if not.
    Healthcheck {
        /// The service's address; without it, the first of BIND.
        #[arg(long)]
        url: Option<String>,
    },
    /// Print completions for a shell.
    Completions {
        /// Which one.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// What an administrator of MySQL can do for a customer.
#[derive(Debug, Subcommand)]
pub enum DatabaseCommand {
    /// Make the schema, the user with the password in `APP_PASSWORD`, and the rights it needs, as far as they are missing.
    Ensure {
        /// The customer's schema, such as `customer_a`.
        #[arg(long)]
        database: String,
        /// The customer's user, such as `customer_a`.
        #[arg(long)]
        user: String,
        /// For how many seconds a server that is not there yet is waited for.
        #[arg(long, default_value_t = 60, value_name = "SECONDS")]
        wait: u64,
    },
    /// Give the user the password in `APP_PASSWORD`; the former one stays good as well.
    Rotate {
        /// The customer's user.
        #[arg(long)]
        user: String,
    },
    /// Make the former password worthless. With `APP_PASSWORD` set, that one is sure to stay good.
    Discard {
        /// The customer's user.
        #[arg(long)]
        user: String,
    },
}

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// The catalogue, by provider and name. Ends with one line of JSON; exit 1 if a row was refused.
    Hardware {
        /// A CSV file; `-` is stdin.
        file: PathBuf,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        /// Where to write a line for every row; without it, refused rows go to stderr.
        #[arg(long)]
        report: Option<PathBuf>,
    },
    /// Bookings of one hardware, in the file's order. Ends with one line of JSON; exit 1 if a row cannot be read.
    Reservations {
        /// A CSV file with the columns job (or key), `starts_at`, `ends_at`, and perhaps qty, user, purpose; `-` is stdin.
        file: PathBuf,
        /// The hardware's id.
        #[arg(long)]
        hardware: i64,
        /// Where to write a line for every row; without it, refused and failed rows go to stderr.
        #[arg(long)]
        report: Option<PathBuf>,
    },
}

/// What can be exported.
#[derive(Debug, Subcommand)]
pub enum Export {
    /// The catalogue.
    Hardware,
}

/// Writes a command's data to stdout. A reader that has enough (`| head`) is no error.
///
/// # Errors
/// Stdout cannot be written for another reason.
pub fn write_stdout(data: &[u8]) -> std::io::Result<Exit> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(data).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Ok),
        other => other.map(|()| Exit::Ok),
    }
}

/// How a command ended, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Ok = 0,
    /// It ran, and something is not well.
    Failed = 1,
    /// It could not start.
    CouldNotStart = 3,
}
