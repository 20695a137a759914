//! A day, a week or a month of the wall clock as columns without gaps, also where the clocks change.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use crate::search::{Moment, to_instant};

/// A day begins at midnight, or where the clocks skip that, within this many hours.
const MAX_GAP_HOURS: i64 = 25;
/// Hours of a day at most that are told apart: a day of more would have been repeated as a whole.
const MAX_HOURS: usize = 50;
/// How finely a place within a column is told: an hour of a day is ten, so that paths have short whole numbers.
pub const COLUMN: u64 = 240;

/// How much time is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// The hours of one day.
    Day,
    /// Monday to Sunday.
    #[default]
    Week,
    /// The days of a calendar month.
    Month,
}

impl Span {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word in a URL.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The span of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.word() == word)
    }

    /// How finely it is drawn, as the hardware service calls it.
    #[must_use]
    pub fn grain(self) -> &'static str {
        if self == Self::Month { "day" } else { "hour" }
    }

    /// The first day of the one that `date` is in.
    fn begin(self, date: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(date),
            Self::Week => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into())),
            Self::Month => date.with_day(1),
        }
    }

    /// The first day of the one after that which begins at `first`.
    fn after(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.succ_opt(),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
        }
    }

    /// The first day of the one before it.
    fn before(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.pred_opt(),
            Self::Week => first.checked_sub_days(Days::new(7)),
            Self::Month => first.checked_sub_months(Months::new(1)),
        }
    }
}

/// One span with its columns. All are equally wide, whatever the clocks do in them.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// How much it shows.
    pub span: Span,
    /// Its first day.
    pub first: NaiveDate,
    tz: Tz,
    /// Where the columns begin, and where the last one ends. At least two, each after the one before.
    columns: Vec<DateTime<Utc>>,
    /// The same for the parts that are told apart.
    parts: Vec<DateTime<Utc>>,
}

impl Calendar {
    /// The span that `date` is in, in `tz`. `None` where there is no such day: beyond the calendar, or left out
    /// when a zone crossed the date line.
    #[must_use]
    pub fn new(span: Span, date: NaiveDate, tz: Tz) -> Option<Self> {
        let first = span.begin(date)?;
        let end = span.after(first)?;
        let mut days = Vec::new();
        let mut day = first;
        while day <= end {
            days.push(midnight(day, tz)?);
            day = day.succ_opt()?;
        }
        // A day that a zone left out has no length, and no column.
        days.dedup();
        let hours = || hours(&days, tz);
        let (columns, parts) = match span {
            Span::Day => (hours(), hours()),
            Span::Week => (days.clone(), hours()),
            Span::Month => (days.clone(), days.clone()),
        };
        (columns.len() > 1).then_some(Self { span, first, tz, columns, parts })
    }

    /// Its first instant, and the one at which it is over.
    #[must_use]
    pub fn window(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let end = |at: Option<&DateTime<Utc>>| at.copied().unwrap_or_default();
        (end(self.columns.first()), end(self.columns.last()))
    }

    /// The columns, each from its first instant to the next one's.
    pub fn columns(&self) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        self.columns.iter().copied().zip(self.columns.iter().copied().skip(1))
    }

    /// The parts that are told apart: the same, or the hours of the days.
    #[must_use]
    pub fn parts(&self) -> &[DateTime<Utc>] {
        &self.parts
    }

    /// How wide all columns are, in parts of a [`COLUMN`].
    #[must_use]
    pub fn width(&self) -> u64 {
        (self.columns.len() as u64).saturating_sub(1) * COLUMN
    }

    /// Where an instant stands, in parts of a [`COLUMN`]: at an edge where it is outside.
    #[must_use]
    pub fn x(&self, at: DateTime<Utc>) -> u64 {
        let next = self.columns.partition_point(|edge| *edge <= at);
        let (Some(from), Some(to)) =
            (next.checked_sub(1).and_then(|n| self.columns.get(n)), self.columns.get(next))
        else {
            return if next == 0 { 0 } else { self.width() };
        };
        let [past, all] =
            [at - *from, *to - *from].map(|span| u64::try_from(span.num_seconds()).unwrap_or(0));
        (next as u64 - 1) * COLUMN + past * COLUMN / all.max(1)
    }

    /// Whether `at` is in it.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        let (from, to) = self.window();
        from <= at && at < to
    }

    /// A day of the span before it; `None` where the calendar ends.
    #[must_use]
    pub fn earlier(&self) -> Option<NaiveDate> {
        self.span.before(self.first)
    }

    /// A day of the span after it; `None` where the calendar ends.
    #[must_use]
    pub fn later(&self) -> Option<NaiveDate> {
        self.span.after(self.first)
    }

    /// The zone of its wall clock.
    #[must_use]
    pub fn tz(&self) -> Tz {
        self.tz
    }
}

/// `2026-06-11`, and nothing that only a lenient reader would take for a day.
#[must_use]
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if shaped { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// The first instant of a day; `None` beyond the calendar.
#[must_use]
pub fn midnight(day: NaiveDate, tz: Tz) -> Option<DateTime<Utc>> {
    let wall = day.and_hms_opt(0, 0, 0)?;
    (0..=MAX_GAP_HOURS).find_map(|hours| {
        match to_instant(wall.checked_add_signed(TimeDelta::hours(hours))?, tz) {
            Moment::At(at) => Some(at),
            Moment::Skipped | Moment::Unreadable => None,
        }
    })
}

/// The full hours of the wall clock from the first of `days` to the last, and these two. Where the clocks change
/// by a part of an hour, the hour is cut there.
fn hours(days: &[DateTime<Utc>], tz: Tz) -> Vec<DateTime<Utc>> {
    let mut edges: Vec<DateTime<Utc>> = days.first().copied().into_iter().collect();
    for (from, to) in days.iter().copied().zip(days.iter().copied().skip(1)) {
        let mut at = from;
        for _ in 0..MAX_HOURS {
            let wall = at.with_timezone(&tz);
            let past = i64::from(wall.minute() * 60 + wall.second());
            at += TimeDelta::seconds(3_600 - past);
            if at >= to {
                break;
            }
            edges.push(at);
        }
        edges.push(to);
    }
    edges
}

#[cfg(test)]
mod tests;
