//! HTTP to a bucket: hyper with rustls on ring, and Mozilla's roots built in, as towards MySQL, unless a file names others.
//! `object_store`'s own client would bring a second cryptography.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, builderstates::WantsSchemes};
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector as Tcp},
    rt::{TokioExecutor, TokioTimer},
};
use object_store::{
    ClientConfigKey, ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
        HttpResponseBody, HttpService,
    },
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// For how long one address may take to accept a connection; a name may have several.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// For how long an unused connection is kept: shorter than S3 does.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Unused connections at most.
const MAX_IDLE: usize = 4;
/// Bytes of an answer at most: of a token, or of nothing at all.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// Makes clients.
#[derive(Debug)]
pub struct Connector {
    /// Whom they trust; none: Mozilla's.
    authorities: Option<Arc<RootCertStore>>,
}

impl Connector {
    pub fn new(authorities: Option<RootCertStore>) -> Self {
        Self { authorities: authorities.map(Arc::new) }
    }

    fn tls(&self) -> Result<HttpsConnectorBuilder<WantsSchemes>, rustls::Error> {
        let (builder, ring) = (HttpsConnectorBuilder::new(), ring::default_provider());
        let Some(authorities) = &self.authorities else {
            return builder.with_provider_and_webpki_roots(ring);
        };
        let config =
            ClientConfig::builder_with_provider(ring.into()).with_safe_default_protocol_versions()?;
        Ok(builder
            .with_tls_config(config.with_root_certificates(Arc::clone(authorities)).with_no_client_auth()))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let plain =
            options.get_config_value(&ClientConfigKey::AllowHttp).is_some_and(|value| is_true(&value));
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let tls =
            self.tls().map_err(|error| object_store::Error::Generic { store: "S3", source: error.into() })?;
        let schemes = if plain { tls.https_or_http() } else { tls.https_only() };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE)
            .build(schemes.enable_http1().wrap_connector(tcp));
        Ok(HttpClient::new(Service(client)))
    }
}

#[derive(Debug)]
struct Service(Client<HttpsConnector<Tcp>, HttpRequestBody>);

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.0.request(request).await.map_err(failed)?;
        if !response.status().is_success() {
            // What S3 says about an error quotes the key's id and the signature, and would be logged.
            return Ok(response.map(|_| Vec::new().into()));
        }
        let unread = |error| HttpError::new_boxed(HttpErrorKind::Decode, error);
        Ok(response.map(|body| HttpResponseBody::new(Limited::new(body, MAX_ANSWER_BYTES).map_err(unread))))
    }
}

fn failed(error: Error) -> HttpError {
    let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted };
    HttpError::new(kind, error)
}

/// As `object_store` reads it.
pub fn is_true(value: &str) -> bool {
    ["1", "true", "on", "yes", "y"].contains(&value.to_ascii_lowercase().as_str())
}
