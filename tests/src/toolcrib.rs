//! Both services on SQLite, as `make run` starts them.

use std::{
    fs,
    io::{Seek, Write},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;
use tempfile::TempDir;

use super::{Service, Settings, command::Finished, run};

/// The two services and their data.
pub struct Toolcrib {
    /// The API.
    pub hardware: Service,
    /// The pages.
    pub portal: Service,
    /// Where the database is.
    pub folder: TempDir,
}

impl Toolcrib {
    /// Migrated, seeded and ready.
    pub async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    /// The same with further settings for both services.
    pub async fn start_with(both: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::sqlite(folder.path());
        settings.0.extend(both.0.clone());
        run(&["migrate"], &settings).await.ok();
        run(&["seed"], &settings).await.ok();
        let hardware = Service::ready("hardware", settings).await;
        let portal = portal_of(&hardware, both).await;
        Self { hardware, portal, folder }
    }

    /// The same with the real list of instance types.
    pub async fn with_catalogue() -> Self {
        let toolcrib = Self::start().await;
        let imported = toolcrib.import(&instance_types(toolcrib.folder.path())).await.ok();
        assert_eq!(imported.json()["created"], 1363);
        toolcrib
    }

    /// `hardware import hardware FILE` on this database.
    pub async fn import(&self, file: &Path) -> Finished {
        run(&["import", "hardware", file.to_str().unwrap()], &self.hardware.settings).await
    }

    /// Adds one line to the catalogue; its id.
    pub async fn add(&self, provider: &str, name: &str) -> i64 {
        let tags = [format!("note={name}")];
        let body = json!({ "provider": provider, "name": name, "description": name, "tags": tags });
        self.hardware.post("/hardware", &body).await.is(201).json()["id"].as_i64().unwrap()
    }
}

/// A portal in front of `hardware`.
pub async fn portal_of(hardware: &Service, settings: Settings) -> Service {
    Service::ready("portal", settings.with("HARDWARE_HOST", &hardware.url)).await
}

/// Unpacks the real list of 1,363 instance types.
pub fn instance_types(folder: &Path) -> PathBuf {
    let packed = fs::read(repository().join("tests/data/ec2-instance-types.csv.gz")).unwrap();
    let file = folder.join("ec2-instance-types.csv");
    fs::write(&file, gunzip(&packed)).unwrap();
    file
}

/// The root of the checkout.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What `gzip` makes of it.
pub fn gunzip(packed: &[u8]) -> Vec<u8> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(packed).unwrap();
    file.rewind().unwrap();
    let unpacked = Command::new("gzip").args(["--decompress", "--stdout"]).stdin(file).output().unwrap();
    assert!(unpacked.status.success(), "{}", String::from_utf8_lossy(&unpacked.stderr));
    unpacked.stdout
}
