//! Prometheus metrics: one recorder a process, rendered on a route of our own.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use poem::{Endpoint, EndpointExt, Response, endpoint::make_sync};

/// Upper bounds of the latency buckets, in seconds: from a cached answer to a time-out.
const LATENCY_BUCKETS_S: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder on the first call, and keeps its histograms small from then on.
///
/// Must be called inside a tokio runtime.
pub fn install() {
    let mut first = false;
    let handle = HANDLE.get_or_init(|| {
        first = true;
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &LATENCY_BUCKETS_S);
        builder
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(|error| tracing::error!(%error, "no metrics"))
            .ok()
    });
    if let (true, Some(handle)) = (first, handle.clone()) {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP_EVERY).await;
                handle.run_upkeep();
            }
        });
    }
}

/// All metrics in Prometheus' text format; empty before [`install`].
#[must_use]
pub fn render() -> String {
    HANDLE.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default()
}

/// `GET /metrics`. `refresh` runs before each rendering, for gauges that are read rather than counted.
pub fn endpoint(refresh: Arc<dyn Fn() + Send + Sync>) -> impl Endpoint<Output = Response> {
    make_sync(move |_| {
        refresh();
        Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8").body(render())
    })
    .map_to_response()
}
