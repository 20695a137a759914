//! What every Toolcrib service stands on and none owns.
//!
//! | module | gives |
//! |---|---|
//! | [`config`] | layered configuration: documented defaults, a file, the environment |
//! | [`customer`] | how the customer of a deployment is greeted |
//! | [`clock`] | the one source of "now" |
//! | [`telemetry`] | logs on stderr, as text or JSON |
//! | [`metrics`] | Prometheus counters and their page |
//! | [`request_context`] | request id and W3C trace context, in and out |
//! | [`problem`] | RFC 9457 errors, and how a foreign error becomes one |
//! | [`json`] | JSON payloads: bounded and strict in, straight to bytes out |
//! | [`client_ip`], [`rate_limit`] | who asks, and how often they may |
//! | [`stack`] | the middleware every request passes, in order |
//! | [`health`] | `/livez`, `/readyz`, `/health` |
//! | [`serve`], [`probe`] | listening and shutting down; the question behind `healthcheck` |

pub mod client_ip;
pub mod clock;
pub mod config;
pub mod customer;
pub mod health;
pub mod json;
pub mod metrics;
pub mod probe;
pub mod problem;
pub mod rate_limit;
pub mod request_context;
pub mod serve;
pub mod stack;
pub mod telemetry;

pub use clock::Clock;
pub use problem::{FieldError, Problem};
pub use request_context::RequestContext;
