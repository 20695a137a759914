//! How connections to MySQL log in. The password may change while we run: once it is refused, the file it came from is
//! read again.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chassis::config::Secret;
use sqlx::{ConnectOptions, MySqlConnection, mysql::MySqlConnectOptions};

use super::{
    error::refuses_password,
    options::{mysql_common, mysql_options},
};
use crate::config::MySqlConfig;

/// Shared by all that connect: what one of them has read, the others need not read.
#[derive(Clone)]
pub struct Login(Arc<Inner>);

struct Inner {
    now: Mutex<Credentials>,
    file: Option<PathBuf>,
    /// Whether the file could not be read when it was last tried: told once.
    unreadable: AtomicBool,
}

#[derive(Clone)]
struct Credentials {
    options: MySqlConnectOptions,
    password: Secret,
}

// Not derived: the driver's options would print the password.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("file", &self.0.file).finish_non_exhaustive()
    }
}

impl Login {
    /// As a URL says; what it holds does not change.
    pub(super) fn fixed(options: MySqlConnectOptions) -> Self {
        Self::new(mysql_common(options), Secret::default(), None)
    }

    /// As `[mysql]` says.
    pub(super) fn of(config: &MySqlConfig) -> Result<Self, sqlx::Error> {
        let options = mysql_common(mysql_options(config)?);
        Ok(Self::new(options, config.password.clone(), config.password_file.clone()))
    }

    fn new(options: MySqlConnectOptions, password: Secret, file: Option<PathBuf>) -> Self {
        let now = Mutex::new(Credentials { options, password });
        Self(Arc::new(Inner { now, file, unreadable: AtomicBool::new(false) }))
    }

    /// A connection. A password that is refused is looked for anew, once, before anybody hears of it.
    pub(super) async fn connect(&self) -> Result<MySqlConnection, sqlx::Error> {
        let tried = self.now();
        match tried.options.connect().await {
            Err(refused) if refuses_password(&refused) => match self.another_than(&tried.password).await {
                Some(other) => other.options.connect().await,
                None => Err(refused),
            },
            other => other,
        }
    }

    fn now(&self) -> Credentials {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What to try after `refused`: what somebody else has read meanwhile, or what is in the file now.
    async fn another_than(&self, refused: &Secret) -> Option<Credentials> {
        let file = self.0.file.as_deref()?;
        let now = self.now();
        if now.password != *refused {
            return Some(now);
        }
        let password = self.read(file).await.filter(|password| password != refused)?;
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.password != password {
            now.options = now.options.clone().password(password.reveal());
            now.password = password;
            tracing::info!(
                "password read again: MySQL refuses the former one, and MYSQL_PASSWORD_FILE has changed"
            );
        }
        Some(now.clone())
    }

    /// A file that is empty or away is about to be replaced: the next connection looks again.
    async fn read(&self, file: &Path) -> Option<Secret> {
        let read = tokio::fs::read_to_string(file).await;
        let unreadable = read.is_err();
        if let (Err(error), false) = (&read, self.0.unreadable.swap(unreadable, Ordering::Relaxed)) {
            tracing::warn!("MYSQL_PASSWORD_FILE: cannot read {} again: {error}", file.display());
        }
        let text = read.ok()?;
        let password = text.trim_end_matches(['\n', '\r']);
        (!password.is_empty()).then(|| Secret::new(password))
    }
}
