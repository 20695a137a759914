//! The one place where what went wrong below becomes an answer.

use chassis::{FieldError, Problem};
use poem::http::{HeaderValue, StatusCode, header};

use super::{idempotency, refusal::not_free, series::SkippedView};
use crate::{
    db::DbError,
    domain::{Invalid, moment::rfc3339},
    store::StoreError,
};

/// When a caller may try again after the database was not there.
const RETRY_AFTER_S: u32 = 1;

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        impossible(vec![invalid])
    }
}

/// 422 with every value that is impossible, and the occurrences of a series among them as a 409 has them.
#[must_use]
pub fn impossible(invalid: Vec<Invalid>) -> Problem {
    let missing = invalid.iter().filter_map(|i| i.missing.as_deref());
    let skipped: Vec<_> =
        missing.filter_map(|o| o.window.err().map(|missing| SkippedView::missing(o, &missing))).collect();
    let problem =
        Problem::impossible(invalid.into_iter().map(|i| FieldError::new(i.field, i.detail)).collect());
    if skipped.is_empty() {
        return problem;
    }
    problem.with("skipped", serde_json::to_value(skipped).unwrap_or_default())
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::not_found(format!("There is no such {what}.")),
            StoreError::Impossible(invalid) => impossible(invalid),
            StoreError::Duplicate { id } => duplicate(id),
            StoreError::VersionMismatch { current } => Self::new(StatusCode::PRECONDITION_FAILED)
                .detail(format!("It has changed since: its version is {current}. Read it again."))
                .with("version", current),
            StoreError::BelowBooked { peak, from } => below_booked(peak, from),
            StoreError::Refused(refusal) => not_free(*refusal),
            StoreError::Short(shortfall) => {
                tracing::error!(?shortfall, "a refusal was not explained");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR)
            }
            StoreError::WrongState { state, why } => {
                Self::new(StatusCode::CONFLICT).kind("wrong-state").detail(why).with("state", state)
            }
            StoreError::KeyReused => {
                let why = "was used for another request; a new request needs a new key";
                Self::impossible(vec![FieldError::new(idempotency::HEADER, why)])
            }
            StoreError::Db(error) => error.into(),
        }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::unavailable("The database is busy.", RETRY_AFTER_S),
            DbError::Unavailable(why) => {
                tracing::warn!("the database is unavailable: {why}");
                Self::unavailable("The database cannot be reached.", RETRY_AFTER_S)
            }
            DbError::Broken(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a statement failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

fn duplicate(id: i64) -> Problem {
    let problem = Problem::new(StatusCode::CONFLICT)
        .kind("duplicate-name")
        .detail(format!(
            "Hardware {id} has this provider and name already; change that one, or choose another name."
        ))
        .with("hardware", id);
    match HeaderValue::from_str(&format!("/hardware/{id}")) {
        Ok(location) => problem.header(header::CONTENT_LOCATION, location),
        Err(_) => problem,
    }
}

fn below_booked(peak: i64, from: i64) -> Problem {
    let from = rfc3339(from);
    Problem::new(StatusCode::CONFLICT)
        .kind("below-booked")
        .detail(format!(
            "{peak} units are booked from {from} on. Cancel or move bookings first; a cut can be forced with ?force=true."
        ))
        .with("peak", peak)
        .with("from", from)
}

impl From<DbError> for poem::Error {
    fn from(error: DbError) -> Self {
        Problem::from(error).into()
    }
}

impl From<StoreError> for poem::Error {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}
