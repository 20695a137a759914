//! A server that speaks S3: moto, from PyPI.

use std::process::{Child, Command, Stdio};

use crate::harness::{Answer, Settings, ports, toolcrib::repository, wait::until, web::client};

pub const KEY_ID: &str = "AKIATESTKEYID0000001";
pub const SECRET: &str = "a-secret-that-nobody-may-see";

/// A running server; ended when dropped. It keeps its buckets in memory.
pub struct Moto {
    url: String,
    port: u16,
    child: Child,
}

impl Moto {
    /// Starts it, where it is installed.
    pub async fn start() -> Option<Self> {
        let port = ports::free();
        let Ok(child) = spawn(port) else {
            eprintln!(
                "SKIPPED: moto_server is not installed (scripts/setup-test.sh does); S3 was NOT tested"
            );
            return None;
        };
        let moto = Self { url: format!("http://127.0.0.1:{port}"), port, child };
        moto.answers().await;
        Some(moto)
    }

    async fn answers(&self) {
        let asked = async || Answer::of(client().get(&self.url)).await.ok();
        until("moto_server to answer", asked).await;
    }

    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub async fn start_again(&mut self) {
        self.child = spawn(self.port).unwrap();
        self.answers().await;
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent =
            Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\"", "sh", signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// What a service needs to put its objects here.
    pub fn settings(&self, settings: Settings, url: &str) -> Settings {
        settings
            .with("STORAGE_URL", url)
            .with("AWS_ENDPOINT_URL", &self.url)
            .with("AWS_ALLOW_HTTP", true)
            .with("AWS_REGION", "us-east-1")
            .with("AWS_ACCESS_KEY_ID", KEY_ID)
            .with("AWS_SECRET_ACCESS_KEY", SECRET)
    }

    pub async fn create(&self, bucket: &str) {
        Answer::of(client().put(format!("{}/{bucket}", self.url))).await.unwrap().is(200);
    }

    /// The keys of all objects of a bucket.
    pub async fn keys(&self, bucket: &str) -> Vec<String> {
        let list =
            Answer::of(client().get(format!("{}/{bucket}?list-type=2", self.url))).await.unwrap().is(200);
        let keys = list.body.split("<Key>").skip(1);
        keys.map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
    }

    pub async fn text(&self, bucket: &str, key: &str) -> String {
        // Moto does not check signatures, but wants to see that there is one.
        let signed = format!("AWS4-HMAC-SHA256 Credential={KEY_ID}/20260101/us-east-1/s3/aws4_request");
        let asked = client().get(format!("{}/{bucket}/{key}", self.url)).header("authorization", signed);
        Answer::of(asked).await.unwrap().is(200).body
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(port: u16) -> std::io::Result<Child> {
    command(port).spawn()
}

/// The server on that port.
pub fn command(port: u16) -> Command {
    // Where scripts/setup-test.sh puts it, else wherever this machine has it.
    let ours = repository().join(".cache/moto/bin/moto_server");
    let mut command = Command::new(if ours.is_file() { ours } else { "moto_server".into() });
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
