//! The forms of a booking's page: what its state allows.

use serde::Serialize;

use super::action::{Action, SHOWN_START, UNITS_OF};
use crate::{
    form::Form,
    hardware_client::{Line, Reservation, State},
    search::Mistake,
    view::{self, Hidden, field::Field, times::Writer, why, words::number},
};

/// Lines that can be taken back one by one; all of them can be taken back at once.
const MAX_LINES: usize = 100;

/// What can be done.
#[derive(Debug, Serialize)]
pub(super) struct Actions {
    version: i64,
    /// It is one of a series: what is done can be done to the later ones too.
    series: bool,
    check_out: Option<String>,
    return_all: Option<String>,
    part: Option<Part>,
    extend: Option<Extend>,
    cancel: Option<String>,
    no_show: Option<String>,
    /// Nothing is left to do.
    none: bool,
    /// Book the same hardware again.
    again: Option<String>,
}

/// The form that takes a part back.
#[derive(Debug, Serialize)]
struct Part {
    path: String,
    lines: Vec<PartLine>,
    why: Option<String>,
    open: bool,
}

#[derive(Debug, Serialize)]
struct PartLine {
    /// `qty.7`
    field: String,
    id: String,
    name: String,
    out: String,
    most: u64,
    qty: Field,
}

/// The form that changes the end.
#[derive(Debug, Serialize)]
struct Extend {
    path: String,
    /// What is out has begun.
    starts_at: Option<Field>,
    shown: Hidden,
    ends_at: Field,
}

impl Actions {
    /// The forms for `booking`; with what was typed, and what is wrong with it, after a refusal.
    pub(super) fn new(booking: &Reservation, form: &Form, mistakes: &[Mistake], times: &Writer) -> Self {
        let path = |when: bool, action: Action| when.then(|| action.path(booking.id));
        let (confirmed, out) = (booking.state == State::Confirmed, booking.state == State::Out);
        let ended = booking.ends_at <= times.now();
        let begun = booking.starts_at <= times.now();
        Self {
            version: booking.version,
            series: booking.series_id.is_some(),
            check_out: path(confirmed && !ended, Action::CheckOut),
            return_all: path(out, Action::ReturnAll),
            part: (booking.units_out() > 1).then(|| Part::new(booking, form, mistakes)).filter(|_| out),
            extend: (confirmed || out).then(|| Extend::new(booking, form, mistakes, times)),
            cancel: path(confirmed, Action::Cancel),
            no_show: path(confirmed && begun, Action::NoShow),
            none: !confirmed && !out,
            again: booking.lines.first().map(|line| format!("/hardware/{}#book", line.hardware)),
        }
    }
}

impl Part {
    fn new(booking: &Reservation, form: &Form, mistakes: &[Mistake]) -> Self {
        let out = booking.lines.iter().filter(|line| line.out > 0).take(MAX_LINES);
        let lines: Vec<_> = out.map(|line| PartLine::new(line, form, mistakes)).collect();
        let why = why("part", mistakes);
        let open = why.is_some() || lines.iter().any(|line| line.qty.why.is_some());
        Self { path: Action::ReturnPart.path(booking.id), lines, why, open }
    }
}

impl PartLine {
    fn new(line: &Line, form: &Form, mistakes: &[Mistake]) -> Self {
        let field = format!("{UNITS_OF}{}", line.hardware);
        let typed = form.field(&field);
        let typed = if typed.is_empty() { "0" } else { typed };
        Self {
            id: format!("qty-{}", line.hardware),
            name: line.name.clone(),
            out: number(line.out),
            most: line.out,
            qty: Field::units(typed, why(&field, mistakes)),
            field,
        }
    }
}

impl Extend {
    fn new(booking: &Reservation, form: &Form, mistakes: &[Mistake], times: &Writer) -> Self {
        let why = why("ends_at", mistakes);
        let ends_at = Field::time(form.field("ends_at"), Some(booking.ends_at), times, why);
        let why = view::why("starts_at", mistakes);
        let shown = times.input(booking.starts_at);
        let starts_at = Field::time(form.field("starts_at"), Some(booking.starts_at), times, why);
        Self {
            path: Action::Extend.path(booking.id),
            starts_at: (booking.state == State::Confirmed).then_some(starts_at),
            shown: Hidden::new(SHOWN_START, shown),
            ends_at,
        }
    }
}
