//! The columns of the picture and of its table: hours of a day, or days.

use chrono::{DateTime, Datelike, Utc, Weekday};
use serde::Serialize;

use super::{lane::Scene, wish::Wish};
use crate::{
    calendar::Span,
    view::{level::hundredths, times::Writer},
};

/// One column.
#[derive(Debug, Serialize)]
pub(super) struct Column {
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

/// All of them, from the left.
pub(super) fn columns(wish: &Wish, scene: &Scene<'_>) -> Vec<Column> {
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
        format!("{}%", hundredths(10_000 / all.max(1)))
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
