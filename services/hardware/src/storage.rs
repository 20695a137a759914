//! Object storage: a bucket of S3, or a folder of this machine. A write ends in bounded time, and nothing that went
//! wrong lasts: the next write begins anew.

mod authorities;
mod aws;
mod client;
mod location;

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use chassis::config::ConfigError;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

pub use self::{aws::AwsVariables, location::Location};

/// For how long a write may go on, everything included.
pub const WRITE_TIMEOUT: Duration = Duration::from_millis(2_500);
/// Writes at once; others wait for their turn, within the same time.
const WRITES_AT_ONCE: usize = 16;
/// The storage did not take an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StorageError(String);

impl StorageError {
    /// The innermost cause: what stands around it are addresses and counts of attempts.
    fn caused_by(error: &(dyn Error + 'static)) -> Self {
        let mut cause = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        Self(cause.to_string())
    }
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error as E;
        match error {
            E::NotFound { .. } => Self("the bucket is not there".to_owned()),
            E::PermissionDenied { .. } | E::Unauthenticated { .. } => Self("access is denied".to_owned()),
            other => Self::caused_by(&other),
        }
    }
}

/// Where objects are put.
#[derive(Clone, Debug)]
pub struct Storage {
    place: Place,
    turns: Arc<Semaphore>,
}

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Bucket { store: Arc<dyn ObjectStore>, prefix: String },
}

impl Storage {
    /// Makes ready to write to `location`, without a look at it. `aws` holds the `AWS_*` variables.
    ///
    /// # Errors
    /// What is wrong with the `AWS_*` variables.
    pub fn open(location: Location, aws: &AwsVariables) -> Result<Self, ConfigError> {
        let place = match location {
            Location::Folder(folder) => Place::Folder(folder),
            Location::Bucket { name, prefix } => Place::Bucket { store: aws::bucket(name, aws)?, prefix },
        };
        Ok(Self { place, turns: Arc::new(Semaphore::new(WRITES_AT_ONCE)) })
    }

    /// Writes one object, over what has that name.
    ///
    /// # Errors
    /// The storage is away, refuses, or takes too long.
    pub async fn put(&self, name: &str, body: impl Into<Bytes>) -> Result<(), StorageError> {
        let slow = |_| StorageError(format!("no answer within {} ms", WRITE_TIMEOUT.as_millis()));
        timeout(WRITE_TIMEOUT, self.write(name, body.into())).await.unwrap_or_else(|late| Err(slow(late)))
    }

    async fn write(&self, name: &str, body: Bytes) -> Result<(), StorageError> {
        let _turn = self.turns.acquire().await.map_err(|closed| StorageError::caused_by(&closed))?;
        match &self.place {
            Place::Folder(folder) => {
                open_folder(folder.clone()).await?.put(&Key::from(name), body.into()).await?
            }
            Place::Bucket { store, prefix } => {
                store.put(&Key::from(format!("{prefix}/{name}")), body.into()).await?
            }
        };
        Ok(())
    }
}

/// Each time anew: a folder that was removed, or a disk that came back, is found again.
async fn open_folder(folder: PathBuf) -> Result<LocalFileSystem, StorageError> {
    let open = move || made(&folder);
    spawn_blocking(open).await.map_err(|error| StorageError::caused_by(&error))?
}

fn made(folder: &Path) -> Result<LocalFileSystem, StorageError> {
    std::fs::create_dir_all(folder).map_err(|error| StorageError::caused_by(&error))?;
    Ok(LocalFileSystem::new_with_prefix(folder)?)
}

#[cfg(test)]
mod tests;
