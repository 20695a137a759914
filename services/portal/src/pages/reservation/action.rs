//! What can be done with a booking: the word in the address, the form behind it, and the call it becomes.

use chrono_tz::Tz;

use crate::{
    form::Form,
    hardware_client::{Change, Reservation, State, Units},
    search::{MAX_UNITS, Mistake, Moment, check_moment, read_moment},
};

/// The field of a line's units in the form that takes a part back: `qty.7`.
pub(super) const UNITS_OF: &str = "qty.";

/// The field with the start as the form showed it.
pub(super) const SHOWN_START: &str = "starts_shown";

/// One action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Hand the units out.
    CheckOut,
    /// Take everything back.
    ReturnAll,
    /// Take some back.
    ReturnPart,
    /// Let it end at another time.
    Extend,
    /// Call it off.
    Cancel,
    /// Nobody came.
    NoShow,
}

impl Action {
    const ALL: [Self; 6] =
        [Self::CheckOut, Self::ReturnAll, Self::ReturnPart, Self::Extend, Self::Cancel, Self::NoShow];

    /// The last word of its address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::CheckOut => "checkout",
            Self::ReturnAll => "return",
            Self::ReturnPart => "return-part",
            Self::Extend => "extend",
            Self::Cancel => "cancel",
            Self::NoShow => "no-show",
        }
    }

    /// The action of that word.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }

    /// Where its form leads.
    pub(super) fn path(self, id: i64) -> String {
        format!("/reservations/{id}/{}", self.word())
    }

    /// The change that a form asks for.
    ///
    /// # Errors
    /// What is missing, or cannot be read.
    pub(super) fn change(self, form: &Form, tz: Tz) -> Result<Change, Vec<Mistake>> {
        match self {
            Self::CheckOut => Ok(Change::CheckOut),
            Self::ReturnAll => Ok(Change::Return(Vec::new())),
            Self::ReturnPart => part(form),
            Self::Extend => times(form, tz),
            Self::Cancel => Ok(Change::Cancel),
            Self::NoShow => Ok(Change::NoShow),
        }
    }

    /// Whether `booking` is already as this would leave it: then a form that was sent twice did what it says.
    pub(super) fn is_done(self, booking: &Reservation, form: &Form, tz: Tz) -> bool {
        match self {
            Self::CheckOut => booking.state == State::Out,
            Self::ReturnAll => booking.state == State::Returned,
            Self::ReturnPart => false,
            Self::Extend => {
                let is = |field: &str, at| read_moment(form.field(field), tz) == Moment::At(at);
                let begins = new_start(form).is_none() || is("starts_at", booking.starts_at);
                begins && is("ends_at", booking.ends_at)
            }
            Self::Cancel => booking.state == State::Cancelled,
            Self::NoShow => booking.state == State::NoShow,
        }
    }
}

/// The start, where another one was typed than the form showed: a form holds minutes, and what was not touched
/// must not lose its seconds.
fn new_start(form: &Form) -> Option<&str> {
    let typed = form.field("starts_at");
    (!typed.is_empty() && typed != form.field(SHOWN_START)).then_some(typed)
}

fn times(form: &Form, tz: Tz) -> Result<Change, Vec<Mistake>> {
    let start = new_start(form);
    let from = start.map(|typed| check_moment("starts_at", "From", typed, tz)).transpose();
    let to = check_moment("ends_at", "To", form.field("ends_at"), tz);
    match (from, to) {
        (Ok(Some(from)), Ok(to)) if to <= from => {
            Err(vec![Mistake::impossible("ends_at", "To must be after From")])
        }
        (Ok(_), Ok(_)) => Ok(Change::Times {
            starts_at: start.map(str::to_owned),
            ends_at: form.field("ends_at").to_owned(),
            tz: tz.name(),
        }),
        (from, to) => Err(from.err().into_iter().chain(to.err()).collect()),
    }
}

/// The lines of which some units come back. A line without a number stays out.
fn part(form: &Form) -> Result<Change, Vec<Mistake>> {
    let mut lines = Vec::new();
    let mut mistakes = Vec::new();
    let named = form.fields().filter_map(|(name, value)| Some((name, name.strip_prefix(UNITS_OF)?, value)));
    for (name, hardware, value) in named.filter(|(_, _, value)| !value.is_empty()) {
        match (hardware.parse(), value.parse::<u64>()) {
            (Ok(_), Ok(0)) => {}
            (Ok(hardware), Ok(qty)) if qty <= MAX_UNITS => lines.push(Units { hardware, qty }),
            _ => mistakes.push(Mistake::unreadable(name, "Units must be a whole number, such as 1")),
        }
    }
    if lines.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::impossible("part", "Say how many units come back"));
    }
    if mistakes.is_empty() { Ok(Change::Return(lines)) } else { Err(mistakes) }
}
