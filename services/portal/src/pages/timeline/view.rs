//! What `timeline.hbs` prints.

use serde::Serialize;

use super::{
    columns::{Column, columns},
    lane::Scene,
    rows::{Group, groups},
    wish::Wish,
};
use crate::{
    calendar::{Calendar, Span},
    hardware_client::{Listing, Outline},
    search::{MAX_TEXT, Mistake, Search},
    state::App,
    view::{
        Errors, Hidden, LinkView,
        field::Field,
        layout::{Here, Layout},
        results::{Empty, Pager, chips, filters, seen},
        times::{TimeView, Writer},
        why,
        words::{self, number},
    },
    visit::Visit,
};

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct TimelinePage {
    layout: Layout,
    errors: Option<Errors>,
    heading: Option<Heading>,
    spans: Vec<Choice>,
    moves: Vec<Choice>,
    form: Form,
    chart: Option<Chart>,
}

/// `Mon 8 Jun to Sun 14 Jun 2026`
#[derive(Debug, Serialize)]
struct Heading {
    from: TimeView,
    /// `None` within one day.
    to: Option<TimeView>,
    /// `, 23 hours long: the clocks change`
    note: String,
    /// The customer's zone with its offset at that time.
    zone: String,
}

#[derive(Debug, Serialize)]
struct Choice {
    href: String,
    text: &'static str,
    current: bool,
}

#[derive(Debug, Serialize)]
struct Form {
    date: Field,
    qty: Field,
    q: String,
    q_why: Option<String>,
    max_text: usize,
    free_only: bool,
    hidden: Vec<Hidden>,
}

/// Everything below the form.
#[derive(Debug, Serialize)]
struct Chart {
    count: String,
    count_text: &'static str,
    chips: Vec<LinkView>,
    list: String,
    empty: Option<Empty>,
    now: Option<Now>,
    columns: Vec<Column>,
    groups: Vec<Group>,
    over: bool,
    pager: Option<Pager>,
    /// Of all columns, as the paths have it.
    width: u64,
    /// What the numbers and the heights mean.
    hint: &'static str,
    caption: &'static str,
    cells_hint: &'static str,
}

#[derive(Debug, Serialize)]
struct Now {
    x: String,
    time: TimeView,
}

impl TimelinePage {
    /// The page with hardware on it.
    pub(super) fn answered(
        app: &App,
        visit: &Visit,
        wish: &Wish,
        calendar: &Calendar,
        listing: Listing,
        outlines: Vec<Outline>,
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let page = Self::plain(app, visit, wish, &[]);
        Self {
            heading: Some(Heading::new(calendar, &times)),
            spans: spans(wish, calendar.span),
            moves: moves(wish, calendar, &times),
            chart: Some(Chart::new(wish, calendar, listing, outlines, &times)),
            ..page
        }
    }

    /// What is wrong with what was asked.
    pub(super) fn refused(app: &App, visit: &Visit, wish: &Wish, mistakes: &[Mistake]) -> Self {
        let place = |field: &str| match field {
            "date" | "qty" | "q" => Some(format!("#{field}")),
            "view" => Some(Wish { view: String::new(), ..wish.clone() }.link()),
            field => Some(wish.with_search(&wish.search.without(field)).link()),
        };
        let errors = Errors::new("This could not be looked up", mistakes, place);
        Self { errors, ..Self::plain(app, visit, wish, mistakes) }
    }

    fn plain(app: &App, visit: &Visit, wish: &Wish, mistakes: &[Mistake]) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let title = if mistakes.is_empty() { "Timeline" } else { "Error: Timeline" };
        let search = &wish.search;
        Self {
            layout: Layout::new(title, Here::Timeline, visit, app, &times),
            errors: None,
            heading: None,
            spans: Vec::new(),
            moves: Vec::new(),
            form: Form {
                date: date_field(wish, &times, why("date", mistakes)),
                qty: Field::units(&search.qty, why("qty", mistakes)),
                q: search.q.clone(),
                q_why: why("q", mistakes),
                max_text: MAX_TEXT,
                free_only: search.free_only(),
                hidden: wish.hidden(),
            },
            chart: None,
        }
    }
}

/// Today where none was typed; what is no day stays visible as text.
fn date_field(wish: &Wish, times: &Writer, why: Option<String>) -> Field {
    let today = times.day(times.now()).iso;
    Field::date(if wish.date.is_empty() { &today } else { &wish.date }, why)
}

impl Heading {
    fn new(calendar: &Calendar, times: &Writer) -> Self {
        let (from, to) = calendar.window();
        let last = to - chrono::TimeDelta::seconds(1);
        let minutes = u64::try_from((to - from).num_minutes()).unwrap_or(0);
        let odd = calendar.span == Span::Day && minutes != 24 * 60;
        Self {
            zone: Writer::new(times.tz(), from).zone(),
            from: times.day(from),
            to: (calendar.span != Span::Day).then(|| times.full_day(last)),
            note: if odd {
                format!(", {} long: the clocks change", words::hours(minutes))
            } else {
                String::new()
            },
        }
    }
}

fn spans(wish: &Wish, current: Span) -> Vec<Choice> {
    let choice = |span: Span| Choice {
        href: wish.at(span, &wish.date).link(),
        text: match span {
            Span::Day => "Day",
            Span::Week => "Week",
            Span::Month => "Month",
        },
        current: span == current,
    };
    Span::ALL.into_iter().map(choice).collect()
}

fn moves(wish: &Wish, calendar: &Calendar, times: &Writer) -> Vec<Choice> {
    let to = |date: String, text| Choice { href: wish.at(calendar.span, &date).link(), text, current: false };
    let earlier = calendar.earlier().map(|date| to(date.to_string(), "Earlier"));
    let today = Choice { current: calendar.contains(times.now()), ..to(String::new(), "Today") };
    let later = calendar.later().map(|date| to(date.to_string(), "Later"));
    earlier.into_iter().chain([today]).chain(later).collect()
}

impl Chart {
    fn new(
        wish: &Wish,
        calendar: &Calendar,
        listing: Listing,
        outlines: Vec<Outline>,
        times: &Writer,
    ) -> Self {
        let search = &wish.search;
        let link = |search: &Search| wish.with_search(search).link();
        let filters = filters(search);
        let here = listing.rows.len() as u64;
        let next = listing.next.as_ref().map(|next| {
            let seen = (seen(search) + here).to_string();
            // The day is named, so that all pages are about the same one.
            let date = if wish.date.is_empty() { times.day(times.now()).iso } else { wish.date.clone() };
            let search = Search { cursor: next.cursor.clone(), seen, ..search.clone() };
            Wish { date, search, view: calendar.span.word().to_owned() }.link()
        });
        let scene = Scene { calendar, times, qty: search.qty.parse().unwrap_or(1) };
        let over = outlines.iter().any(|outline| outline.steps.iter().any(|step| step.overcommitted > 0));
        let now = calendar.contains(times.now());
        Self {
            count: number(listing.total.unwrap_or(here)),
            count_text: if search.has_filters() { "match" } else { "in the catalogue" },
            chips: chips(search, &filters, &link),
            list: search.first_page().with_window(calendar.window()).link("/"),
            empty: (here == 0).then(|| Empty::new(search, &filters, &link)),
            now: now.then(|| Now { x: scene.percent(times.now()), time: times.date_time(times.now()) }),
            columns: columns(wish, &scene),
            pager: Pager::new(search, here, listing.total, link(&search.first_page()), next),
            groups: groups(listing.rows, outlines, wish, &scene),
            over,
            width: calendar.width(),
            hint: match calendar.span {
                Span::Month => "Numbers are free units; a day shows its busiest moment",
                _ => "Numbers are free units; an hour shows its busiest moment",
            },
            caption: if calendar.span == Span::Day { "Free units by hour" } else { "Free units by day" },
            cells_hint: match calendar.span {
                Span::Week => "Free units; where they change during a day, from when.",
                Span::Day => "Free units at the busiest moment of each hour.",
                Span::Month => "Free units at the busiest moment of each day.",
            },
        }
    }
}
