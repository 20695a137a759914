//! The same as the picture in words: the cells of its table, and an agenda for a narrow page.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{lane::Scene, steps::Step};
use crate::{
    calendar::{Calendar, Span},
    view::{times::Writer, words::number},
};

/// Stretches of one hardware that an agenda tells.
const MAX_TOLD: usize = 8;
/// Numbers that a cell of the table tells: a day of a week may have 24.
const MAX_CHANGES: usize = 8;

/// `3 of 4 free`; of a single one `free` or `taken`.
pub(super) fn free_of(free: u64, capacity: u64) -> String {
    match (free, capacity) {
        (0, 1) => "taken".to_owned(),
        (1, 1) => "free".to_owned(),
        _ => format!("{} of {} free", number(free), number(capacity)),
    }
}

/// One stretch in words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    when: String,
    what: String,
    /// `overbooked by 1`
    over: Option<String>,
    /// The booking form, filled.
    book: Option<String>,
}

/// Writes stretches of a calendar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines<'a> {
    scene: &'a Scene<'a>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(scene: &'a Scene<'a>) -> Self {
        Self { scene }
    }

    /// What is still to come of one hardware, or all of it where it is past; and how many stretches follow.
    pub(super) fn agenda(&self, id: i64, capacity: u64, steps: &[Step]) -> (Vec<Line>, usize) {
        let now = self.scene.times.now();
        let over = steps.iter().take_while(|step| step.to <= now).count();
        let to_come = steps.get(over..).filter(|rest| !rest.is_empty()).unwrap_or(steps);
        let line = |step: &Step| Line {
            // A narrow page breaks it between the two times, and nowhere else.
            when: self.span(step).replace(' ', "\u{a0}").replace("\u{a0}to\u{a0}", " to "),
            what: free_of(step.free, capacity),
            over: (step.over > 0).then(|| format!("overbooked by {}", number(step.over))),
            book: if step.free >= self.scene.qty { self.scene.booking(id, step) } else { None },
        };
        let lines: Vec<_> = to_come.iter().take(MAX_TOLD).map(line).collect();
        let more = to_come.len().saturating_sub(lines.len());
        (lines, more)
    }

    /// `Mon 8 Jun`, `Mon 8 Jun to Tue 9 Jun`, `Mon 8 Jun, 08:00 to 18:00`; within one day `08:00 to 18:00`.
    pub(super) fn span(&self, step: &Step) -> String {
        let Scene { calendar, times, .. } = self.scene;
        if calendar.span == Span::Day {
            let end =
                if step.to == calendar.window().1 { "24:00".to_owned() } else { times.hour(step.to).text };
            return format!("{} to {end}", times.hour(step.from).text);
        }
        if !(is_midnight(step.from, times) && is_midnight(step.to, times)) {
            return format!("{} to {}", times.date_time(step.from).text, times.end(step.from, step.to).text);
        }
        let [first, last] = [step.from, step.to - TimeDelta::seconds(1)].map(|at| times.day(at).text);
        if first == last { first } else { format!("{first} to {last}") }
    }
}

/// It is the first instant of a day.
fn is_midnight(at: DateTime<Utc>, times: &Writer) -> bool {
    times.day(at - TimeDelta::seconds(1)).iso != times.day(at).iso
}

/// A cell for each column: what is free in it, and where that changes, from when. Empty where nothing is known.
pub(super) fn cells(steps: &[Step], calendar: &Calendar, times: &Writer) -> Vec<String> {
    let mut rest = steps;
    let mut cells = Vec::new();
    for (from, to) in calendar.columns() {
        while rest.first().is_some_and(|step| step.to <= from) {
            rest = rest.get(1..).unwrap_or_default();
        }
        let within = rest.iter().take_while(|step| step.from < to).count();
        let said =
            rest.iter().take(within.min(MAX_CHANGES)).map(|step| match (level(step), step.from <= from) {
                (level, true) => level,
                (level, false) => format!("{level} from {}", times.hour(step.from).text),
            });
        let more = within.saturating_sub(MAX_CHANGES);
        let more = (more > 0).then(|| format!("{more} more"));
        cells.push(said.chain(more).collect::<Vec<_>>().join("; "));
    }
    cells
}

/// `3`, or `0, over by 1`.
fn level(step: &Step) -> String {
    let free = number(step.free);
    if step.over > 0 { format!("{free}, over by {}", number(step.over)) } else { free }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn step(from: &str, to: &str, free: u64, over: u64) -> Step {
        Step { from: at(from), to: at(to), free, over }
    }

    fn told(span: Span, date: &str, now: &str, steps: &[Step]) -> (Vec<Line>, usize) {
        let calendar = Calendar::new(span, date.parse().unwrap(), Tz::Europe__Berlin).unwrap();
        let times = Writer::new(Tz::Europe__Berlin, at(now));
        let scene = Scene { calendar: &calendar, times: &times, qty: 2 };
        Lines::new(&scene).agenda(7, 4, steps)
    }

    #[test]
    fn an_agenda_tells_what_is_to_come_in_days_and_hours() {
        let steps = [
            step("2026-06-07T22:00:00Z", "2026-06-09T22:00:00Z", 4, 0),
            step("2026-06-09T22:00:00Z", "2026-06-11T06:00:00Z", 1, 0),
            step("2026-06-11T06:00:00Z", "2026-06-11T16:00:00Z", 0, 1),
            step("2026-06-11T16:00:00Z", "2026-06-14T22:00:00Z", 4, 0),
        ];
        let all = |now: &str| {
            let lines = told(Span::Week, "2026-06-11", now, &steps).0;
            lines
                .into_iter()
                .map(|l| (l.when.replace('\u{a0}', " "), l.what, l.over, l.book.is_some()))
                .collect::<Vec<_>>()
        };
        let line = |when: &str, what: &str, over: Option<&str>, book| {
            (when.to_owned(), what.to_owned(), over.map(str::to_owned), book)
        };
        let meant = [
            line("Mon 8 Jun to Tue 9 Jun", "4 of 4 free", None, true),
            line("Wed 10 Jun, 00:00 to Thu 11 Jun, 08:00", "1 of 4 free", None, false),
            line("Thu 11 Jun, 08:00 to 18:00", "0 of 4 free", Some("overbooked by 1"), false),
            line("Thu 11 Jun, 18:00 to Mon 15 Jun, 00:00", "4 of 4 free", None, true),
        ];
        assert_eq!(all("2026-06-01T00:00:00Z"), meant);
        assert_eq!(all("2026-06-11T11:42:07Z"), meant[2..]);
        assert_eq!(all("2027-06-11T11:42:07Z").len(), 4, "a week that is past is told as a whole");
    }

    #[test]
    fn within_one_day_hours_are_enough_and_many_stretches_are_cut() {
        let hour = |n: i64| at("2026-06-10T22:00:00Z") + TimeDelta::hours(n);
        let steps: Vec<_> = (0..24)
            .map(|n| Step { from: hour(n), to: hour(n + 1), free: u64::from(n % 2 == 1), over: 0 })
            .collect();
        let (lines, more) = told(Span::Day, "2026-06-11", "2026-06-01T00:00:00Z", &steps);
        assert_eq!((lines.len(), more, lines[0].when.as_str()), (MAX_TOLD, 16, "00:00 to 01:00"));
        let (lines, _) = told(Span::Day, "2026-06-11", "2026-06-01T00:00:00Z", &steps[23..]);
        assert_eq!(lines[0].when, "23:00 to 24:00");
    }

    #[test]
    fn cells_tell_what_is_free_and_from_when() {
        let calendar = Calendar::new(Span::Week, "2026-06-11".parse().unwrap(), Tz::Europe__Berlin).unwrap();
        let times = Writer::new(Tz::Europe__Berlin, at("2026-06-01T00:00:00Z"));
        let steps = [
            step("2026-06-07T22:00:00Z", "2026-06-09T06:00:00Z", 1_200, 0),
            step("2026-06-09T06:00:00Z", "2026-06-10T22:00:00Z", 0, 0),
            step("2026-06-10T22:00:00Z", "2026-06-11T22:00:00Z", 0, 2),
        ];
        let meant = ["1,200", "1,200; 0 from 08:00", "0", "0, over by 2", "", "", ""];
        assert_eq!(cells(&steps, &calendar, &times), meant);
        let hour = |n: i64| at("2026-06-07T22:00:00Z") + TimeDelta::hours(n);
        let busy: Vec<_> = (0..24)
            .map(|n| Step { from: hour(n), to: hour(n + 1), free: u64::from(n % 2 == 1), over: 0 })
            .collect();
        let told = &cells(&busy, &calendar, &times)[0];
        assert!(told.starts_with("0; 1 from 01:00; 0 from 02:00") && told.ends_with("; 16 more"), "{told}");
    }
}
