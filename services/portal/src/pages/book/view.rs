//! What `book.hbs` prints: a booking that was refused, what is in its way, and what would fit.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    booking::Booking,
    hardware_client::{Entry, NotFree, ShortLine, Span, instant},
    search::{Mistake, Moment, read_moment},
    state::App,
    view::{
        Errors, Hidden, LinkView,
        blocked::Blocked,
        booking_form::{BookingForm, place},
        layout::{Here, Layout},
        times::{TimeView, Writer},
        words,
    },
    visit::Visit,
};

/// Other times that are shown; the service names as many.
const MAX_ALTERNATIVES: usize = 3;

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct BookPage {
    layout: Layout,
    item: Option<LinkView>,
    errors: Option<Errors>,
    heading: String,
    alternatives: Vec<AlternativeView>,
    blocked: Vec<Blocked>,
    form: BookingForm,
}

/// A button that books another time at once.
#[derive(Debug, Serialize)]
struct AlternativeView {
    hidden: Vec<Hidden>,
    start: TimeView,
    end: TimeView,
    /// `4 hours later`; `None` where it is not known later than what.
    later: Option<String>,
}

impl BookPage {
    /// There are too few units.
    pub(super) fn not_free(app: &App, visit: &Visit, booking: &Booking, why: &NotFree) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let name = why.lines.first().map(|line| line.name.as_str());
        let fields: Vec<Mistake> = why.lines.first().map(short).into_iter().collect();
        let page = Self::new(app, visit, booking, name, &fields);
        let lead = lead(why, booking, &times);
        let mut ways = ways_out(why);
        if booking.series.repeats() {
            let text = "leave out what does not fit".to_owned();
            ways.push(LinkView { href: "#conflict".to_owned(), text });
        }
        Self {
            errors: Some(Errors::ways_out("Nothing was booked", lead, ways)),
            alternatives: alternatives(why, booking, &times),
            blocked: Blocked::of(why, &times),
            ..page
        }
    }

    /// What was typed cannot be booked.
    pub(super) fn mistaken(
        app: &App,
        visit: &Visit,
        booking: &Booking,
        entry: Option<&Entry>,
        mistakes: &[Mistake],
    ) -> Self {
        let page = Self::new(app, visit, booking, entry.map(|entry| entry.name.as_str()), mistakes);
        Self { errors: Errors::new("Nothing was booked", mistakes, place), ..page }
    }

    fn new(app: &App, visit: &Visit, booking: &Booking, name: Option<&str>, mistakes: &[Mistake]) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let heading = name.map_or_else(|| "Book".to_owned(), |name| format!("Book {name}"));
        let item = name.map(|name| LinkView { href: booking.page(), text: name.to_owned() });
        Self {
            layout: Layout::new(&format!("Error: {heading}"), Here::BelowFree, visit, app, &times),
            item,
            errors: None,
            heading,
            alternatives: Vec::new(),
            blocked: Vec::new(),
            form: BookingForm::refused("Your booking".to_owned(), booking, mistakes, &times),
        }
    }
}

/// The words above the units.
fn short(line: &ShortLine) -> Mistake {
    let (asked, free) = (words::number(line.requested), words::number(line.free));
    Mistake { field: "qty".to_owned(), text: format!("{asked} asked for, {free} free"), impossible: true }
}

fn lead(why: &NotFree, booking: &Booking, times: &Writer) -> String {
    if booking.series.repeats() {
        return series_lead(why);
    }
    let Some(line) = why.lines.first() else {
        return "There are too few units at that time. You can".to_owned();
    };
    let span = match asked(booking, times) {
        Some((from, to)) => format!("from {} to {}", times.date_time(from).text, times.end(from, to).text),
        None => "all that time".to_owned(),
    };
    let units = words::count(line.requested, "unit");
    let told = match line.free {
        _ if line.requested > line.capacity => {
            let all = words::number(line.capacity);
            format!("{units} of {} were asked for, and there are only {all} in all.", line.name)
        }
        0 => format!("No unit of {} is free {span} without a break.", line.name),
        free => {
            let free = words::count(free, "unit");
            format!("Only {free} of {} can be had {span}, not {}.", line.name, words::number(line.requested))
        }
    };
    let none = if why.alternatives.is_empty() { " No other time was found that fits." } else { "" };
    format!("{told}{none} You can")
}

/// How much of a series does not fit.
fn series_lead(why: &NotFree) -> String {
    let many = why.occurrences.map_or_else(String::new, |of| {
        let (refused, wanted) = (words::number(of.refused), words::count(of.wanted, "booking"));
        format!(": of {wanted} {refused} cannot be made")
    });
    let itself = why.occurrences.is_some_and(|of| of.overlaps_itself);
    let itself = if itself { " Some of them lie over each other." } else { "" };
    format!("The series does not fit as a whole{many}.{itself} You can")
}

fn ways_out(why: &NotFree) -> Vec<LinkView> {
    let way = |href: &str, text: String| LinkView { href: href.to_owned(), text };
    let mut ways = Vec::new();
    if let Some(line) = why.lines.first().filter(|line| line.free > 0) {
        ways.push(way("#units", format!("ask for {} or fewer", words::count(line.free, "unit"))));
    }
    ways.push(way("#starts_at", "choose another time".to_owned()));
    match why.alternatives.len().min(MAX_ALTERNATIVES) {
        0 => {}
        1 => ways.push(way("#alternatives", "take a time that fits".to_owned())),
        2 => ways.push(way("#alternatives", "take one of two times that fit".to_owned())),
        _ => ways.push(way("#alternatives", "take one of three times that fit".to_owned())),
    }
    ways
}

fn alternatives(why: &NotFree, booking: &Booking, times: &Writer) -> Vec<AlternativeView> {
    let wanted = asked(booking, times).map(|(from, _)| from);
    let view = |span: &Span| {
        let form =
            Booking { starts_at: instant(span.starts_at), ends_at: instant(span.ends_at), ..booking.again() };
        AlternativeView {
            hidden: form.hidden(),
            start: times.date_time(span.starts_at),
            end: times.end(span.starts_at, span.ends_at),
            later: wanted.and_then(|wanted| later(wanted, span.starts_at)),
        }
    };
    why.alternatives.iter().take(MAX_ALTERNATIVES).map(view).collect()
}

/// What was asked for, as far as it can be read here.
fn asked(booking: &Booking, times: &Writer) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let read = |text: &str| match read_moment(text, times.tz()) {
        Moment::At(at) => Some(at),
        Moment::Skipped | Moment::Unreadable => None,
    };
    Some((read(&booking.starts_at)?, read(&booking.ends_at)?))
}

/// `4 hours later`, `30 minutes earlier`.
fn later(wanted: DateTime<Utc>, at: DateTime<Utc>) -> Option<String> {
    let seconds = (at - wanted).num_seconds();
    let word = if seconds < 0 { "earlier" } else { "later" };
    (seconds != 0).then(|| format!("{} {word}", words::duration(seconds.unsigned_abs())))
}
