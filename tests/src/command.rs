//! The binaries, run in an environment that holds nothing but what a test gives them.

use std::{
    collections::BTreeMap,
    env::{consts::EXE_EXTENSION, current_exe},
    fmt::Display,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;
use tokio::{process::Command, time::timeout};

/// No command of ours takes this long.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// A binary of this workspace, built beside the running test.
pub fn binary(name: &str) -> PathBuf {
    let file = path(name);
    assert!(file.is_file(), "{} is missing: run `cargo build --workspace` first", file.display());
    file
}

/// Where [`binary`] looks.
pub fn path(name: &str) -> PathBuf {
    let test = current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    folder.join(name).with_extension(EXE_EXTENSION)
}

/// Environment variables, and no others.
#[derive(Clone, Debug, Default)]
pub struct Settings(pub BTreeMap<String, String>);

impl Settings {
    /// A portal that waits for its answers however busy the machine is.
    pub fn patient() -> Self {
        Self::default().with("HARDWARE__TIMEOUT_MS", 20_000)
    }

    /// With this one set.
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.insert(name.to_owned(), value.to_string());
        self
    }

    /// With this one not set.
    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// `hardware` on an SQLite file in `folder`.
    pub fn sqlite(folder: &Path) -> Self {
        Self::default().with("DATA_DIR", folder.display())
    }
}

/// A command that came to its end.
#[derive(Debug)]
pub struct Finished {
    /// Its exit status; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to stdout.
    pub out: String,
    /// What it wrote to stderr.
    pub err: String,
}

impl Finished {
    /// It must have ended well.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// The last line of stdout, which is JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let line = self.out.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs `hardware ARGUMENTS` to its end.
pub async fn run(arguments: &[&str], settings: &Settings) -> Finished {
    run_binary("hardware", arguments, settings).await
}

/// Runs a binary of ours to its end.
pub async fn run_binary(name: &str, arguments: &[&str], settings: &Settings) -> Finished {
    let mut command = Command::new(binary(name));
    command.args(arguments).env_clear().envs(&settings.0).stdin(Stdio::null()).kill_on_drop(true);
    let ended = timeout(COMMAND_TIMEOUT, command.output()).await;
    let output = ended.unwrap_or_else(|_| panic!("{name} {arguments:?} did not end")).unwrap();
    Finished {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
