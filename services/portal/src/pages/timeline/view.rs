//! What `timeline.hbs` prints.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc, Weekday};
use serde::Serialize;

use super::{
    lane::{Lane, Scene},
    steps::steps,
    wish::Wish,
    words::{Line, Lines, cells},
};
use crate::{
    calendar::{Calendar, Span},
    hardware_client::{Hardware, Listing, Outline},
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
    /// `, 23 hours: the clocks change`
    note: String,
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

#[derive(Debug, Serialize)]
struct Column {
    letter: String,
    rest: String,
    number: String,
    /// `Thu 11 Jun`, or `02:00 again`.
    name: String,
    today: bool,
    /// Where it begins; `None` at the left edge.
    x: Option<String>,
    /// How wide it is, where it is shaded: a weekend, or today.
    shade: Option<Shade>,
    /// The day alone.
    href: Option<String>,
}

#[derive(Debug, Serialize)]
struct Shade {
    class: &'static str,
    x: String,
    width: String,
}

#[derive(Debug, Serialize)]
struct Group {
    provider: String,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    href: String,
    name: String,
    /// `4 units, 2 free now`
    note: String,
    capacity: String,
    lane: Lane,
    lines: Vec<Line>,
    more: Option<String>,
    cells: Vec<String>,
    /// Something is known of it.
    known: bool,
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
        let hours = (to - from).num_minutes();
        let odd = calendar.span == Span::Day && hours != 24 * 60;
        let length = || words::duration(u64::try_from(hours * 60).unwrap_or(0));
        Self {
            from: times.day(from),
            to: (calendar.span != Span::Day).then(|| times.full_day(last)),
            note: if odd { format!(", {} long: the clocks change", length()) } else { String::new() },
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
            let date = if wish.date.is_empty() { calendar.first.to_string() } else { wish.date.clone() };
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
                Span::Week => "Free units: where they change during a day, the least and the most.",
                Span::Day => "Free units at the busiest moment of each hour.",
                Span::Month => "Free units at the busiest moment of each day.",
            },
        }
    }
}

fn columns(wish: &Wish, scene: &Scene<'_>) -> Vec<Column> {
    let Scene { calendar, times, .. } = scene;
    let hourly = calendar.span == Span::Day;
    let mut columns: Vec<Column> = Vec::new();
    for (at, (from, to)) in calendar.columns().enumerate() {
        let day = if hourly { hour_column(from, times, &columns) } else { day_column(wish, from, to, scene) };
        let x = (at > 0).then(|| scene.percent(from));
        columns.push(Column { x, ..day });
    }
    columns
}

fn hour_column(from: DateTime<Utc>, times: &Writer, before: &[Column]) -> Column {
    let name = times.hour(from).text;
    let again = before.iter().any(|column| column.name == name);
    Column {
        letter: String::new(),
        rest: String::new(),
        number: name.get(..2).unwrap_or(&name).to_owned(),
        name: if again { format!("{name} again") } else { name },
        today: false,
        x: None,
        shade: None,
        href: None,
    }
}

fn day_column(wish: &Wish, from: DateTime<Utc>, to: DateTime<Utc>, scene: &Scene<'_>) -> Column {
    let times = scene.times;
    let local = from.with_timezone(&times.tz());
    let name = local.format("%a").to_string();
    let (letter, rest) = name.split_at(1);
    let today = from <= times.now() && times.now() < to;
    let off = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    let class = if today { "g-today" } else { "g-off" };
    let width = || {
        let all = scene.calendar.columns().count() as u64;
        format!("{}%", crate::view::level::hundredths(10_000 / all.max(1)))
    };
    Column {
        letter: letter.to_owned(),
        rest: rest.to_owned(),
        number: local.day().to_string(),
        name: times.day(from).text,
        today,
        x: None,
        shade: (today || off).then(|| Shade { class, x: scene.percent(from), width: width() }),
        href: Some(wish.at(Span::Day, &local.date_naive().to_string()).link()),
    }
}

/// By provider, in the order in which they come up.
fn groups(rows: Vec<Hardware>, outlines: Vec<Outline>, wish: &Wish, scene: &Scene<'_>) -> Vec<Group> {
    let outlines: HashMap<i64, Outline> = outlines.into_iter().map(|o| (o.hardware, o)).collect();
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let view = Row::new(&row, outlines.get(&row.id), wish, scene);
        match groups.iter_mut().find(|group| group.provider == row.provider) {
            Some(group) => group.rows.push(view),
            None => groups.push(Group { provider: row.provider, rows: vec![view] }),
        }
    }
    groups
}

impl Row {
    fn new(row: &Hardware, outline: Option<&Outline>, wish: &Wish, scene: &Scene<'_>) -> Self {
        let steps = outline.map(|outline| steps(outline, scene.calendar.parts())).unwrap_or_default();
        let capacity = outline.map_or(row.capacity, |outline| outline.capacity);
        let (lines, more) = Lines::new(scene).agenda(row.id, capacity, &steps);
        let units = words::count(capacity, "unit");
        Self {
            href: wish.search.window_only().link(&format!("/hardware/{}", row.id)),
            name: row.name.clone(),
            note: format!("{units}, {} free now", number(row.free_now)),
            capacity: number(capacity),
            lane: Lane::new(row.id, capacity, &steps, scene),
            lines,
            more: (more > 0).then(|| format!("{} more on its own page", words::count(more as u64, "change"))),
            cells: cells(&steps, scene.calendar),
            known: !steps.is_empty(),
        }
    }
}
