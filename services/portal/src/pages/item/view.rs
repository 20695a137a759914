//! What `item.hbs` prints.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{
    around::{Around, Upcoming},
    chart::Chart,
};
use crate::{
    booking::Booking,
    hardware_client::{Entry, Hardware},
    pages::{new_task, next_times::NextTime},
    search::{Mistake, Search},
    state::App,
    view::{
        Errors, LinkView,
        booking_form::BookingForm,
        layout::{Here, Layout},
        level::Amount,
        stock::Next,
        times::{TimeView, Writer},
        window_form::{Filled, WindowForm},
        words,
    },
    visit::Visit,
};

const DEFAULT_WINDOW: TimeDelta = TimeDelta::hours(1);

/// The window that the service used, or the one it must have used.
pub(super) fn window(
    told: Option<(DateTime<Utc>, DateTime<Utc>)>,
    now: DateTime<Utc>,
) -> (DateTime<Utc>, DateTime<Utc>) {
    told.unwrap_or((now, now + DEFAULT_WINDOW))
}

/// What is free of it, and over which window.
#[derive(Debug)]
pub(super) struct Outlook {
    row: Hardware,
    window: (DateTime<Utc>, DateTime<Utc>),
}

impl Outlook {
    pub(super) fn new(
        row: Hardware,
        window: Option<(DateTime<Utc>, DateTime<Utc>)>,
        now: DateTime<Utc>,
    ) -> Self {
        Self { row, window: self::window(window, now) }
    }
}

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct ItemPage {
    layout: Layout,
    crumbs: Crumbs,
    errors: Option<Errors>,
    name: String,
    state: Option<State>,
    next_times: Vec<NextTime>,
    facts: Vec<Fact>,
    tags: Vec<LinkView>,
    path: String,
    /// Where its units can be taken out of use.
    maintenance: String,
    form: WindowForm,
    booking: BookingForm,
    chart: Option<Chart>,
    upcoming: Option<Upcoming>,
}

#[derive(Debug, Serialize)]
struct Crumbs {
    free: String,
    provider: LinkView,
}

/// How much is free, in words.
#[derive(Debug, Serialize)]
struct State {
    amount: Amount,
    from: TimeView,
    to: TimeView,
    length: String,
    /// `Enough for 2 units.`, or `Free again for that long from` before `verdict_at`.
    verdict: String,
    verdict_at: Option<TimeView>,
    free_now: String,
    units: String,
    next: Next,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    text: String,
    href: Option<String>,
    code: bool,
}

impl ItemPage {
    /// The page with what is free.
    pub(super) fn new(
        app: &App,
        visit: &Visit,
        search: &Search,
        entry: Entry,
        outlook: &Outlook,
        around: &Around,
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let state = State::new(search, outlook, &times);
        let page = Self::plain(app, visit, search, entry, outlook.window, &[], around);
        let booking = page.booking.with_hint(hint(outlook, &times));
        Self { state: Some(state), booking, ..page }
    }

    /// The page that says what is wrong with the window that was typed.
    pub(super) fn refused(
        app: &App,
        visit: &Visit,
        search: &Search,
        entry: Entry,
        mistakes: &[Mistake],
        around: &Around,
    ) -> Self {
        let window = (visit.now, visit.now + DEFAULT_WINDOW);
        Self::plain(app, visit, search, entry, window, mistakes, around)
    }

    fn plain(
        app: &App,
        visit: &Visit,
        search: &Search,
        entry: Entry,
        window: (DateTime<Utc>, DateTime<Utc>),
        mistakes: &[Mistake],
        around: &Around,
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let path = format!("/hardware/{}", entry.id);
        let title = if mistakes.is_empty() { entry.name.clone() } else { format!("Error: {}", entry.name) };
        let filled = Filled { path: &path, search, window, mistakes, tz: app.tz, now: visit.now };
        Self {
            layout: Layout::new(&title, Here::BelowFree, visit, app, &times),
            crumbs: Crumbs {
                free: search.link("/"),
                provider: LinkView {
                    href: search.with("provider", &entry.provider).link("/"),
                    text: entry.provider.clone(),
                },
            },
            errors: Errors::new("This could not be looked up", mistakes, |field| {
                matches!(field, "from" | "to" | "qty").then(|| format!("#{field}"))
            }),
            state: None,
            next_times: NextTime::of(entry.id, search, &around.next, &times),
            facts: facts(&entry, search, app.tz.name(), &times),
            tags: entry
                .tags
                .iter()
                .map(|tag| LinkView { href: search.with("tag", tag).link("/"), text: tag.clone() })
                .collect(),
            maintenance: new_task::address(entry.id),
            form: WindowForm::new(&filled),
            booking: BookingForm::fresh(
                format!("Book {}", entry.name),
                &Booking::of(entry.id, search),
                window,
                entry.capacity,
                &times,
            ),
            chart: around.steps.as_ref().and_then(|steps| Chart::new(steps, &around.days, &times)),
            upcoming: around
                .bookings
                .as_ref()
                .map(|bookings| Upcoming::new(entry.id, bookings, &around.late, &times)),
            name: entry.name,
            path,
        }
    }
}

impl State {
    fn new(search: &Search, Outlook { row, window: (from, to) }: &Outlook, times: &Writer) -> Self {
        let units = words::count(search.qty.parse().unwrap_or(1), "unit");
        let (verdict, verdict_at) = match (row.fits, row.next_free_at) {
            (true, _) => (format!("Enough for {units}."), None),
            (false, Some(at)) => (format!("Next free for {units} from"), Some(times.date_time(at))),
            (false, None) => (format!("Not free for {units} in the 90 days from then."), None),
        };
        Self {
            amount: Amount::of(row),
            from: times.date_time(*from),
            to: times.end(*from, *to),
            length: words::duration(u64::try_from((*to - *from).num_seconds()).unwrap_or(0)),
            verdict,
            verdict_at,
            free_now: words::number(row.free_now),
            units,
            next: next(row, *from, times),
        }
    }
}

/// What the booking form says of the units.
fn hint(Outlook { row, window: (from, to) }: &Outlook, times: &Writer) -> String {
    let (from_text, to_text) = (times.date_time(*from).text, times.end(*from, *to).text);
    format!(
        "{} of {} free from {from_text} to {to_text}.",
        words::number(row.free),
        words::number(row.capacity)
    )
}

/// Far from the heading that names the day, `from 14:00` would not say which.
fn next(row: &Hardware, from: DateTime<Utc>, times: &Writer) -> Next {
    match Next::new(row.next_free_at, from, times) {
        Next { at_once: true, .. } => Next { at_once: true, time: Some(times.date_time(from)) },
        later => later,
    }
}

fn facts(entry: &Entry, search: &Search, customer_zone: &str, times: &Writer) -> Vec<Fact> {
    let filter = |field: &str, value: &str| Some(search.with(field, value).link("/"));
    let fact = |name, text: &str, href| Fact { name, text: text.to_owned(), href, code: false };
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let mut facts = vec![fact("Provider", &entry.provider, filter("provider", &entry.provider))];
    if let Some(text) = given(&entry.description) {
        facts.push(fact("What it is", &text, None));
    }
    if let Some(text) = given(&entry.category) {
        facts.push(fact("Category", &text, filter("category", &text)));
    }
    facts.push(fact("Capacity", &words::count(entry.capacity, "unit"), None));
    if let Some(text) = given(&entry.location) {
        facts.push(fact("Location", &text, filter("location", &text)));
    }
    let buffer = if entry.buffer_s == 0 { "none".to_owned() } else { words::duration(entry.buffer_s) };
    facts.push(fact("Buffer after a booking", &buffer, None));
    facts.push(fact("Time zone", entry.tz.as_deref().unwrap_or(customer_zone), None));
    if let Some(at) = entry.updated_at {
        facts.push(fact("Last changed", &times.date_time(at).text, None));
    }
    facts.push(Fact { code: true, ..fact("In the API", &format!("/hardware/{}", entry.id), None) });
    facts
}
