//! The `[storage]` section.

use std::path::Path;

use chassis::config::ConfigError;
use serde::{Deserialize, Serialize};

use crate::storage::{AwsVariables, Location, Storage};

/// The `[storage]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// `s3://bucket/prefix` or `file:///folder`; empty: `objects` in the data folder.
    pub url: String,
    /// How to reach a bucket; from the environment alone.
    #[serde(skip)]
    pub aws: AwsVariables,
}

impl StorageConfig {
    /// Where objects go.
    ///
    /// # Errors
    /// A URL of another kind, or `AWS_*` variables that cannot be.
    pub fn open(&self, data_dir: &Path) -> Result<Storage, ConfigError> {
        let Self { url, aws } = self;
        let location = if url.is_empty() {
            Location::Folder(data_dir.join("objects"))
        } else {
            Location::parse(url).map_err(|why| ConfigError::key("STORAGE_URL", why))?
        };
        if let (Location::Bucket { .. }, Some(key)) = (&location, aws.plain_by_mistake()) {
            return Err(ConfigError::key(key, "is plain http://; set AWS_ALLOW_HTTP=true if that is meant"));
        }
        Storage::open(location, aws)
    }
}
