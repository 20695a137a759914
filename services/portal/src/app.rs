//! The portal as one endpoint: routes, and what is around them.

use std::sync::Arc;

use chassis::{
    Clock,
    health::{self, Readiness},
    rate_limit::Limiter,
    stack::Stack,
};
use poem::{Endpoint, EndpointExt, Response, Route, endpoint::BoxEndpoint, get, http::HeaderValue, post};
use tokio::sync::watch;

use crate::{
    config::Config,
    csrf,
    pages::{
        book, bookings, free, item, new_task, problem, reservation, static_files, tasks, theme, timeline,
    },
    state::App,
};

/// Nothing but our own stylesheet, images and forms: no script at all, nothing from outside, no frames.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// What is free changes by the minute: a page is shown again only after asking, and never kept by a proxy.
/// Not `no-store`: that would also cost the instant way back that browsers keep for a page in memory.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("private, no-cache");

/// `GET /metrics`.
pub fn metrics() -> impl Endpoint<Output = Response> {
    chassis::metrics::endpoint(Arc::new(|| {}))
}

/// All routes, inside the middleware that every service has.
///
/// # Errors
/// As [`App::new`], and an entry of `trusted_proxies` that is no address.
pub fn build(
    config: &Config,
    clock: Clock,
    readiness: watch::Receiver<Readiness>,
) -> anyhow::Result<BoxEndpoint<'static, Response>> {
    let app = Arc::new(App::new(config, clock)?);
    let proxies = config.proxies()?;
    let pages = Route::new()
        .at("/", get(free::show_free))
        .at("/timeline", get(timeline::show_timeline))
        .at("/hardware/:id", get(item::show_item))
        .at("/reservations", get(bookings::show_bookings).post(book::book))
        .at("/reservations/:id", get(reservation::show_reservation))
        .at("/reservations/:id/:action", get(reservation::show_again).post(reservation::act_on))
        .at("/tasks", get(tasks::show_tasks))
        .at("/tasks/new", get(new_task::show_form).post(new_task::add))
        .at("/tasks/update", get(tasks::show_list_instead).post(tasks::save_ticks))
        .at("/theme", post(theme::choose_theme))
        .at("/static/:name", get(static_files::show_static))
        .at("/customer.css", get(static_files::show_colours))
        .at("/favicon.ico", get(static_files::show_icon))
        .data(app.clone())
        .around(csrf::same_origin);
    let mut routes = health::routes(readiness).nest_no_strip("/", pages);
    if config.metrics_bind.is_empty() {
        routes = routes.at("/metrics", get(metrics()));
    }
    let stack = Stack {
        write_problem: Arc::new(move |asked, error| problem::answer(&app, asked, error)),
        at_hand: None,
        limiter: Limiter::new(config.rate_limit, proxies.clone()).map(Arc::new),
        proxies,
        content_security_policy: CONTENT_SECURITY_POLICY,
        cache_control: CACHE_CONTROL,
    };
    Ok(stack.around(routes))
}
