//! A task: a to-do. With hardware, a start and units it is maintenance, which claims capacity while it is open.

use chrono_tz::Tz;

use super::{
    Invalid,
    hardware::MAX_CAPACITY,
    moment::Moment,
    text::{Breaks, bounded},
    window::Window,
    wish,
};

/// Characters of a title at most.
pub const MAX_TITLE_CHARS: usize = 60;
/// Characters of a text at most.
pub const MAX_TEXT_CHARS: usize = 10_000;
/// Where the claim of maintenance without an end is cut: 9999-12-31T00:00:00Z.
pub const OPEN_END_S: i64 = 253_402_214_400;

/// A to-do, valid by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// 1 to [`MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// 1 to [`MAX_TEXT_CHARS`] characters.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
    /// On which hardware.
    pub hardware: Option<i64>,
    /// UTC epoch seconds.
    pub starts_at: Option<i64>,
    /// UTC epoch seconds; `None` with a start: until it is done.
    pub ends_at: Option<i64>,
    /// Units out of service, at least 1.
    pub qty: Option<i64>,
}

/// New values; `None` leaves a field as it is, `Some(None)` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskChanges {
    /// See [`Task::title`].
    pub title: Option<String>,
    /// See [`Task::text`].
    pub text: Option<String>,
    /// See [`Task::done`].
    pub done: Option<bool>,
    /// See [`Task::hardware`].
    pub hardware: Option<Option<i64>>,
    /// See [`Task::starts_at`].
    pub starts_at: Option<Option<Moment>>,
    /// See [`Task::ends_at`].
    pub ends_at: Option<Option<Moment>>,
    /// The zone of wall-clock times.
    pub tz: Option<String>,
    /// See [`Task::qty`].
    pub qty: Option<Option<i64>>,
}

/// What a task takes out of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Which hardware.
    pub hardware: i64,
    /// Until [`OPEN_END_S`] if no end was named.
    pub window: Window,
    /// Units.
    pub qty: i64,
}

impl Task {
    /// A task of which nothing is known yet. Not valid by itself.
    #[must_use]
    pub fn blank() -> Self {
        let none = String::new;
        Self {
            title: none(),
            text: none(),
            done: false,
            hardware: None,
            starts_at: None,
            ends_at: None,
            qty: None,
        }
    }

    /// This task with `changes`. `zone` is that of its hardware, or the customer's.
    ///
    /// # Errors
    /// Every field that would be impossible.
    pub fn changed(&self, changes: &TaskChanges, zone: Tz, now_s: i64) -> Result<Self, Vec<Invalid>> {
        let mut wrong = Vec::new();
        let mut new = self.clone();
        let mut keep = |result: Result<(), Invalid>| wrong.extend(result.err());
        keep(set_text(&mut new.title, changes.title.as_deref(), "title", MAX_TITLE_CHARS, Breaks::Refused));
        keep(set_text(&mut new.text, changes.text.as_deref(), "text", MAX_TEXT_CHARS, Breaks::Allowed));
        new.done = changes.done.unwrap_or(new.done);
        new.hardware = changes.hardware.unwrap_or(new.hardware);
        new.qty = changes.qty.unwrap_or(new.qty);
        match wish::optional_zone(changes.tz.as_deref()) {
            Err(why) => keep(Err(why)),
            Ok(named) => {
                let zone = named.unwrap_or(zone);
                keep(set_time(&mut new.starts_at, changes.starts_at, "starts_at", zone));
                keep(set_time(&mut new.ends_at, changes.ends_at, "ends_at", zone));
            }
        }
        if wrong.is_empty() {
            wrong.extend(new.contradictions(now_s));
        }
        if wrong.is_empty() { Ok(new) } else { Err(wrong) }
    }

    fn contradictions(&self, now_s: i64) -> Vec<Invalid> {
        let mut wrong = Vec::new();
        let mut refuse = |field, why: &str| wrong.push(Invalid::new(field, why));
        if let Some(qty) = self.qty {
            if !(1..=MAX_CAPACITY).contains(&qty) {
                refuse("qty", &format!("is {qty}; it must be 1 to {MAX_CAPACITY}"));
            }
            if self.hardware.is_none() {
                refuse("hardware", "is needed where `qty` is given: units of what?");
            }
            if self.starts_at.is_none() {
                refuse("starts_at", "is needed where `qty` is given: out of service from when?");
            }
        }
        if self.ends_at.is_some() && self.starts_at.is_none() {
            refuse("starts_at", "is needed where `ends_at` is given");
        }
        if let Some(starts_at) = self.starts_at {
            let ends_at = self.ends_at.unwrap_or(starts_at + 1);
            let window = wish::window(Moment::Instant(starts_at), Moment::Instant(ends_at), Tz::UTC, now_s);
            // Of an end that nobody gave, nothing can be wrong.
            let own = |invalid: Invalid| match self.ends_at {
                None => Invalid::new("starts_at", invalid.detail),
                Some(_) => invalid,
            };
            wrong.extend(window.err().map(own));
        }
        wrong
    }

    /// What it takes out of service, while it is open.
    #[must_use]
    pub fn maintenance(&self) -> Option<Maintenance> {
        let (hardware, from, qty) = (self.hardware?, self.starts_at?, self.qty?);
        let to = self.ends_at.unwrap_or(OPEN_END_S);
        (!self.done).then_some(Maintenance { hardware, window: Window { from, to }, qty })
    }
}

/// A title or a text that is there but empty is missing, also in a change.
fn set_text(
    target: &mut String,
    text: Option<&str>,
    field: &'static str,
    max_chars: usize,
    breaks: Breaks,
) -> Result<(), Invalid> {
    if let Some(text) = text {
        *target = bounded(field, text, max_chars, breaks)?;
    }
    if target.is_empty() {
        return Err(Invalid::new(field, "is required and must not be empty"));
    }
    Ok(())
}

fn set_time(
    target: &mut Option<i64>,
    time: Option<Option<Moment>>,
    field: &'static str,
    zone: Tz,
) -> Result<(), Invalid> {
    let Some(time) = time else { return Ok(()) };
    let resolve = |moment: Moment| moment.resolve(zone).map_err(|why| Invalid::new(field, why.to_string()));
    *target = time.map(resolve).transpose()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(
        qty: Option<i64>,
        hardware: Option<i64>,
        starts_at: Option<i64>,
        ends_at: Option<i64>,
    ) -> TaskChanges {
        TaskChanges {
            title: Some("Fan".into()),
            text: Some("It rattles.".into()),
            hardware: Some(hardware),
            starts_at: Some(starts_at.map(Moment::Instant)),
            ends_at: Some(ends_at.map(Moment::Instant)),
            qty: Some(qty),
            ..TaskChanges::default()
        }
    }

    fn fields(changes: &TaskChanges) -> Vec<String> {
        let wrong = Task::blank().changed(changes, Tz::UTC, 0).unwrap_err();
        wrong.into_iter().map(|invalid| invalid.field.into_owned()).collect()
    }

    const START: Option<i64> = Some(86_400);

    #[test]
    fn a_title_and_a_text_make_a_to_do() {
        let task = Task::blank().changed(&changes(None, None, None, None), Tz::UTC, 0).unwrap();
        assert_eq!((task.maintenance(), task.done), (None, false));
        assert_eq!(fields(&TaskChanges::default()), ["title", "text"]);
        let long = TaskChanges { title: Some("x".repeat(61)), ..changes(None, None, None, None) };
        assert_eq!(fields(&long), ["title"]);
    }

    #[test]
    fn units_need_hardware_and_a_start() {
        assert_eq!(fields(&changes(Some(1), None, None, None)), ["hardware", "starts_at"]);
        assert_eq!(fields(&changes(Some(0), Some(1), START, None)), ["qty"]);
        assert_eq!(fields(&changes(None, None, None, START)), ["starts_at"]);
        assert_eq!(fields(&changes(Some(1), Some(1), START, START)), ["ends_at"]);
        let far = Some(11 * 366 * 86_400);
        assert_eq!(fields(&changes(Some(1), Some(1), far, None)), ["starts_at"], "the field that was given");
    }

    #[test]
    fn maintenance_without_an_end_stays_until_it_is_done() {
        let open = Task::blank().changed(&changes(Some(2), Some(7), START, None), Tz::UTC, 0).unwrap();
        let maintenance = open.maintenance().unwrap();
        let window = Window { from: 86_400, to: OPEN_END_S };
        assert_eq!(maintenance, Maintenance { hardware: 7, window, qty: 2 });
        let done = TaskChanges { done: Some(true), ..TaskChanges::default() };
        assert_eq!(open.changed(&done, Tz::UTC, 0).unwrap().maintenance(), None);
    }
}
