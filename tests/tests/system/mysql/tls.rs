//! Whom the service takes for its database: servers with certificates of authorities of our own.

use std::{fs, path::Path};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::harness::{
    Service, Settings,
    mysql::{Account, Server},
    ports, run,
    wait::until,
};

/// Somebody who signs certificates.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What a server shows, and what it proves it with; both PEM.
pub struct Signed {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// A certificate made out to this name or address.
    pub fn signs(&self, name: &str) -> Signed {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Signed { certificate, key: key.serialize_pem() }
    }

    /// `MYSQL_SSL_*`; its own certificate goes into `folder`.
    pub fn settings(&self, mode: &str, folder: &Path) -> Settings {
        let file = folder.join("authority.pem");
        fs::write(&file, &self.certificate).unwrap();
        Settings::default().with("MYSQL_SSL_MODE", mode).with("MYSQL_SSL_CA", file.display())
    }
}

fn all(account: &Account, tls: Settings) -> Settings {
    Settings(account.settings().0.into_iter().chain(tls.0).collect()).with("RUST_LOG", "warn")
}

/// One line says why, of a command and of a service that stays up.
async fn is_refused(settings: Settings, words: [&str; 2]) {
    let told = run(&["migrate"], &settings).await;
    assert_eq!((told.code, told.err.lines().count()), (Some(3), 1), "{told:?}");
    let mut service = Service::start("hardware", settings);
    until("a line about the database", async || (!service.told().is_empty()).then_some(())).await;
    for word in words {
        assert!(told.err.contains(word), "`{word}` is not in: {told:?}");
        service.becomes_unready(word).await;
    }
    assert_eq!(service.told().lines().count(), 1, "{}", service.told());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_authority_is_believed_and_no_other() {
    let (ours, other) = (Authority::new("ours"), Authority::new("another"));
    let Signed { certificate, key } = ours.signs("127.0.0.1");
    let server = Server::certified(ports::free(), certificate, key).await;
    let account = server.account("12345").await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for mode in ["VERIFY_CA", "VERIFY_IDENTITY"] {
        let right = all(&account, ours.settings(mode, folders[0].path()));
        run(&["migrate"], &right).await.ok();
        Service::ready("hardware", right.clone()).await.get("/hardware").await.is(200);
        let words =
            ["UnknownIssuer", "MYSQL_SSL_CA must hold the authority that signed the server's certificate"];
        is_refused(all(&account, other.settings(mode, folders[1].path())), words).await;
        is_refused(right.without("MYSQL_SSL_CA"), words).await;
    }
    server.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_another_name_is_refused_where_identity_counts() {
    let authority = Authority::new("ours");
    let Signed { certificate, key } = authority.signs("db.example");
    let server = Server::certified(ports::free(), certificate, key).await;
    let account = server.account("12345").await;
    let folder = tempfile::tempdir().unwrap();
    run(&["migrate"], &all(&account, authority.settings("VERIFY_CA", folder.path()))).await.ok();
    let identity = all(&account, authority.settings("VERIFY_IDENTITY", folder.path()));
    is_refused(
        identity,
        ["db.example", "MYSQL_HOST must be a name that the server's certificate is made out to"],
    )
    .await;
    server.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_is_made_over_a_link_that_is_looked_at() {
    let authority = Authority::new("ours");
    let Signed { certificate, key } = authority.signs("127.0.0.1");
    let server = Server::certified(ports::free(), certificate, key).await;
    let folder = tempfile::tempdir().unwrap();
    let admin = all(&server.admin().await, authority.settings("VERIFY_IDENTITY", folder.path()));
    let admin = admin.without("MYSQL_DATABASE").with("APP_PASSWORD", "another one");
    let ensure = ["database", "ensure", "--database", "customer_a", "--user", "customer_a"];
    for _ in 0..2 {
        run(&ensure, &admin).await.ok();
    }
    let service = admin
        .without("APP_PASSWORD")
        .with("MYSQL_USER", "customer_a")
        .with("MYSQL_DATABASE", "customer_a")
        .with("MYSQL_PASSWORD", "another one");
    run(&["migrate"], &service).await.ok();
    Service::ready("hardware", service).await.get("/hardware").await.is(200);
    server.remove().await;
}
