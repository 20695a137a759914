//! What `reservation.hbs` prints.

use serde::Serialize;

use super::{
    Asked,
    act::Refused,
    actions::Actions,
    siblings::{Siblings, Told},
};
use crate::{
    form::Form,
    hardware_client::{Line, NotFree, Reservation, State},
    report::Report,
    search::Mistake,
    state::App,
    view::{
        Errors,
        blocked::Blocked,
        layout::{Here, Layout},
        times::{TimeView, Writer},
        words::{self, number},
    },
    visit::Visit,
};

/// Lines that are shown: a booking has no more.
const MAX_LINES: usize = 100;

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct ReservationPage {
    layout: Layout,
    number: i64,
    flash: Option<&'static str>,
    told: Option<Told>,
    siblings: Option<Siblings>,
    errors: Option<Errors>,
    blocked: Vec<Blocked>,
    state: StateWords,
    overdue: bool,
    at_risk: bool,
    from: TimeView,
    to: TimeView,
    length: String,
    who: Option<String>,
    purpose: Option<String>,
    booked: Option<TimeView>,
    lines: Vec<LineRow>,
    actions: Actions,
}

/// `Out:` `2 units are handed out, and due back by` a time.
#[derive(Debug, Serialize)]
struct StateWords {
    word: &'static str,
    text: String,
    at: Option<TimeView>,
}

#[derive(Debug, Serialize)]
struct LineRow {
    href: String,
    name: String,
    provider: String,
    qty: String,
    /// `1 out, 1 returned`
    moved: String,
}

impl ReservationPage {
    /// The booking as it stands, and what was just done with it.
    pub(super) fn new(app: &App, visit: &Visit, asked: &Asked, done: &str, report: Option<&Report>) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let page = Self::plain(app, visit, asked, &Form::default(), &[], "");
        let told = report.map(|report| Told::new(report, &times));
        let flash = if told.is_some() { None } else { flash(done, asked.booking.state) };
        Self { flash, told, ..page }
    }

    /// The booking as it stands, and why something was not done with it.
    pub(super) fn refused(app: &App, visit: &Visit, asked: &Asked, form: &Form, why: Refused) -> Self {
        const HEADING: &str = "Nothing was changed";
        let times = Writer::new(app.tz, visit.now);
        let mistakes = match &why {
            Refused::Mistakes(mistakes) => named_by_hardware(mistakes, form),
            _ => Vec::new(),
        };
        let page = Self::plain(app, visit, asked, form, &mistakes, "Error: ");
        let lead = |lead: String| Some(Errors::ways_out(HEADING, lead, Vec::new()));
        let (errors, blocked) = match why {
            Refused::Mistakes(_) => (Errors::new(HEADING, &mistakes, place), Vec::new()),
            Refused::NotFree(why) => (lead(too_few(&why)), Blocked::of(&why, &times)),
            Refused::State(said) => (lead(wrong_state(&said, &asked.booking)), Vec::new()),
            Refused::Changed => {
                let text = "The booking was changed after its page was loaded, perhaps by this very form sent \
                            twice. Below is how it stands now.";
                (lead(text.to_owned()), Vec::new())
            }
        };
        Self { errors, blocked, ..page }
    }

    fn plain(
        app: &App,
        visit: &Visit,
        Asked { booking, series }: &Asked,
        form: &Form,
        mistakes: &[Mistake],
        prefix: &str,
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let length = u64::try_from((booking.ends_at - booking.starts_at).num_seconds()).unwrap_or(0);
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let title = format!("{prefix}Booking {}", booking.id);
        Self {
            layout: Layout::new(&title, Here::BelowBookings, visit, app, &times),
            number: booking.id,
            flash: None,
            told: None,
            siblings: Siblings::new(booking, series, &times),
            errors: None,
            blocked: Vec::new(),
            state: StateWords::new(booking, &times),
            overdue: booking.overdue,
            at_risk: booking.at_risk,
            from: times.date_time(booking.starts_at),
            to: times.end(booking.starts_at, booking.ends_at),
            length: words::duration(length),
            who: given(&booking.user),
            purpose: given(&booking.purpose),
            booked: booking.created_at.map(|at| times.date_time(at)),
            lines: booking.lines.iter().take(MAX_LINES).map(line_row).collect(),
            actions: Actions::new(booking, form, mistakes, &times),
        }
    }
}

impl StateWords {
    fn new(booking: &Reservation, times: &Writer) -> Self {
        let units = words::count(booking.lines.iter().map(|line| line.qty).sum(), "unit");
        let now = times.now();
        let (text, at) = match booking.state {
            State::Confirmed if booking.ends_at <= now => {
                ("Nobody has fetched it, and it was over at".to_owned(), Some(booking.ends_at))
            }
            State::Confirmed if booking.starts_at <= now => {
                (format!("{units} ready to be fetched, held until"), Some(booking.ends_at))
            }
            State::Confirmed => (format!("{units} reserved from"), Some(booking.starts_at)),
            State::Out => {
                let out = words::count(booking.units_out(), "unit");
                (format!("{out} handed out, due back by"), Some(booking.ends_at))
            }
            State::Returned => ("Everything is back.".to_owned(), None),
            State::Cancelled => ("It was called off, and holds nothing.".to_owned(), None),
            State::NoShow => ("Nobody came, and it holds nothing.".to_owned(), None),
        };
        Self { word: booking.state.said(), text, at: at.map(|at| times.date_time(at)) }
    }
}

fn line_row(line: &Line) -> LineRow {
    let moved = [(line.out, "out"), (line.returned, "returned")].into_iter().filter(|(n, _)| *n > 0);
    LineRow {
        href: format!("/hardware/{}", line.hardware),
        name: line.name.clone(),
        provider: line.provider.clone(),
        qty: number(line.qty),
        moved: moved.map(|(n, word)| format!("{} {word}", number(n))).collect::<Vec<_>>().join(", "),
    }
}

/// What was just done, where the booking is in a state that this leads to: an address can say anything.
fn flash(done: &str, state: State) -> Option<&'static str> {
    match (done, state) {
        ("booked", State::Confirmed) => Some("Booked"),
        ("checkout", State::Out) => Some("Checked out"),
        ("return", State::Returned) => Some("Everything was returned"),
        ("return-part", State::Out | State::Returned) => Some("Units were returned"),
        ("extend", State::Confirmed) => Some("The time was changed"),
        ("extend", State::Out) => Some("The end was changed"),
        ("cancel", State::Cancelled) => Some("Cancelled"),
        ("no-show", State::NoShow) => Some("Marked as no-show"),
        _ => None,
    }
}

fn too_few(why: &NotFree) -> String {
    let told: Vec<String> = why
        .lines
        .iter()
        .map(|line| {
            let (asked, free) = (number(line.requested), number(line.free));
            format!("{}: {asked} needed, {free} free.", line.name)
        })
        .collect();
    format!("There are too few units at that time. {}", told.join(" "))
}

/// The service's own words name the state.
fn wrong_state(said: &str, booking: &Reservation) -> String {
    if said.is_empty() { format!("The booking is {} now.", booking.state.said()) } else { said.to_owned() }
}

/// The service names a line of a return by its position among those that were sent.
fn named_by_hardware(mistakes: &[Mistake], form: &Form) -> Vec<Mistake> {
    let sent: Vec<&str> = form
        .fields()
        .filter(|(name, value)| name.starts_with(super::action::UNITS_OF) && !matches!(*value, "" | "0"))
        .map(|(name, _)| name)
        .collect();
    let named = |mistake: &Mistake| {
        let at = if mistake.field == "qty" { Some(0) } else { position(&mistake.field) };
        let name = at.and_then(|at| sent.get(at));
        name.map_or_else(|| mistake.clone(), |name| Mistake { field: (*name).to_owned(), ..mistake.clone() })
    };
    mistakes.iter().map(named).collect()
}

/// The 2 of `lines[2].qty`.
fn position(field: &str) -> Option<usize> {
    field.strip_prefix("lines[")?.split_once(']')?.0.parse().ok()
}

/// Where a field of this page's forms can be put right.
fn place(field: &str) -> Option<String> {
    match field {
        "starts_at" | "ends_at" => Some(format!("#{field}")),
        "part" => Some("#part".to_owned()),
        other => other.strip_prefix(super::action::UNITS_OF).map(|hardware| format!("#qty-{hardware}")),
    }
}
