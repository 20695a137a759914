//! A bucket behind TLS, with a certificate of an authority that nobody knows but us.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
};

use super::{bucket, hardware, refuses, uploads};
use crate::harness::{Service, Settings, ports, wait::until};

const EXTENSIONS: &str = "subjectAltName = DNS:localhost\n";

fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&done.stderr));
}

/// `ca.pem`, and `own.pem` with `own.key` for localhost.
fn make_certificates(folder: &Path) {
    let key = "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(folder, &format!("{key} -x509 -days 2 -subj /CN=ours -keyout ca.key -out ca.pem"));
    openssl(folder, &format!("{key} -subj /CN=localhost -keyout own.key -out own.csr"));
    fs::write(folder.join("extensions"), EXTENSIONS).unwrap();
    openssl(
        folder,
        "x509 -req -days 2 -in own.csr -CA ca.pem -CAkey ca.key -extfile extensions -out own.pem",
    );
}

struct Bucket {
    port: u16,
    child: Child,
}

impl Bucket {
    /// With one bucket, `toolcrib`; where moto is installed.
    async fn start(folder: &Path) -> Option<Self> {
        let port = ports::free();
        let mut command = bucket::command(port);
        command.args(["--ssl", "-c"]).arg(folder.join("own.pem")).arg("-k").arg(folder.join("own.key"));
        let Ok(child) = command.spawn() else {
            eprintln!("SKIPPED: moto_server is not installed; TLS to S3 was NOT tested");
            return None;
        };
        let bucket = Self { port, child };
        until("moto_server to make a bucket", async || {
            bucket.put("/toolcrib").contains(" 200 ").then_some(())
        })
        .await;
        Some(bucket)
    }

    /// By hand, since the tests' own client speaks no TLS.
    fn put(&self, path: &str) -> String {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-connect", &format!("localhost:{}", self.port)]);
        let mut asking =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let request = format!(
            "PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        // It is gone already where nobody listens yet.
        let _ = asking.stdin.take().unwrap().write_all(request.as_bytes());
        String::from_utf8_lossy(&asking.wait_with_output().unwrap().stdout).into_owned()
    }

    async fn service(&self, folder: &tempfile::TempDir, more: &[(&str, &Path)]) -> Service {
        let url = format!("https://localhost:{}", self.port);
        hardware(folder, |settings| {
            let all = settings
                .with("STORAGE_URL", "s3://toolcrib")
                .with("AWS_ENDPOINT_URL", &url)
                .with("AWS_REGION", "us-east-1")
                .with("AWS_ACCESS_KEY_ID", bucket::KEY_ID)
                .with("AWS_SECRET_ACCESS_KEY", bucket::SECRET);
            more.iter().fold(all, |all: Settings, (name, path)| all.with(name, path.display()))
        })
        .await
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn an_authority_of_our_own_is_trusted_once_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    make_certificates(folder.path());
    let Some(bucket) = Bucket::start(folder.path()).await else { return };
    let ours = folder.path().join("ca.pem");

    uploads(&bucket.service(&folder, &[("SSL_CERT_FILE", &ours)]).await).await;
    let gone = Path::new("/nowhere.pem");
    uploads(&bucket.service(&folder, &[("AWS_CA_BUNDLE", &ours), ("SSL_CERT_FILE", gone)]).await).await;

    let stranger = bucket.service(&folder, &[]).await;
    refuses(&stranger).await;
    assert!(stranger.told().contains("UnknownIssuer"), "{}", stranger.told());
}
