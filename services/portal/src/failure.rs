//! What becomes of a call to the hardware service that brought no answer: an error page, or words above a
//! form. Logged here, once.

use chassis::Problem;
use poem::http::{HeaderValue, StatusCode, header};

use crate::{
    hardware_client::{Failure, Refusal, Skipped},
    search::Mistake,
};

/// Seconds after which to ask again, where the service did not say.
pub const RETRY_AFTER_S: u32 = 5;

/// Times that do not exist that are told at once: the clocks change twice a year.
const MAX_REASONS: usize = 3;

/// The error answer for `failure`. `what` names what was asked for.
#[must_use]
pub fn problem(failure: &Failure, what: &'static str) -> Problem {
    match failure {
        Failure::Unreachable(_) => {
            tracing::warn!(error = %failure, what, "hardware is unreachable");
            Problem::unavailable(
                "The portal runs, but the hardware service behind it does not answer.",
                RETRY_AFTER_S,
            )
        }
        Failure::Unavailable { retry_after_s } => {
            tracing::warn!(error = %failure, what, "hardware is unavailable");
            let said =
                "The portal runs, but the hardware service behind it says that it cannot work at the moment.";
            Problem::unavailable(said, retry_after_s.unwrap_or(RETRY_AFTER_S))
        }
        Failure::TooMany { retry_after_s } => {
            tracing::info!(error = %failure, what, "hardware is asked too often");
            let wait_s = retry_after_s.unwrap_or(RETRY_AFTER_S);
            Problem::new(StatusCode::TOO_MANY_REQUESTS).header(header::RETRY_AFTER, HeaderValue::from(wait_s))
        }
        // Whoever asks for one thing that may be missing answers 404 itself; a list is never missing.
        // And whoever writes says what became of it.
        Failure::NotFound
        | Failure::Refused { .. }
        | Failure::NotFree(_)
        | Failure::WrongState(_)
        | Failure::Changed
        | Failure::Unknown(_)
        | Failure::Unusable(_) => {
            tracing::error!(error = %failure, what, "hardware and portal disagree");
            Problem::new(StatusCode::BAD_GATEWAY)
        }
    }
}

/// What the hardware service refused, as words above the form's fields.
#[must_use]
pub fn mistakes(status: StatusCode, refusal: Refusal) -> Vec<Mistake> {
    let impossible = status == StatusCode::UNPROCESSABLE_ENTITY;
    if !refusal.skipped.is_empty() {
        return vec![no_such_times(&refusal.skipped)];
    }
    let mut mistakes: Vec<Mistake> = refusal
        .errors
        .into_iter()
        .map(|error| Mistake {
            text: said(&error.field, &error.detail),
            field: field_of_form(&error.field).to_owned(),
            impossible,
        })
        .collect();
    if mistakes.is_empty() {
        let detail =
            if refusal.detail.is_empty() { "This could not be looked up".to_owned() } else { refusal.detail };
        mistakes.push(Mistake { field: String::new(), text: detail, impossible });
    }
    mistakes
}

/// Of a series some would be at times that do not exist. The service names a member of the request that leaves
/// them out; on the form that is a choice.
fn no_such_times(skipped: &[Skipped]) -> Mistake {
    let reasons: Vec<_> = skipped.iter().take(MAX_REASONS).map(|one| one.reason.as_str()).collect();
    let text = format!("{}. Choose another time, or “leave those out”", reasons.join("; "));
    Mistake::impossible("conflict", text)
}

/// The form's name of a field of the API. A booking form has one line.
fn field_of_form(field: &str) -> &str {
    match field {
        "lines[0].qty" => "qty",
        "lines[0].hardware" => "hardware",
        "repeat.every" => "repeat",
        "repeat.count" => "count",
        "repeat.until" => "until",
        "repeat.on_conflict" => "conflict",
        "Idempotency-Key" => "key",
        "tz" => "starts_at",
        other => other,
    }
}

/// The API's name of a field, followed by what the API says of it, as a sentence about the form's label.
fn said(field: &str, detail: &str) -> String {
    let label = match field_of_form(field) {
        "from" | "starts_at" => "From",
        "to" | "ends_at" => "To",
        "qty" => "Units",
        "user" => "Who",
        "purpose" => "For",
        "hardware" => "Hardware",
        "count" => "How often",
        "conflict" => "If one does not fit",
        "key" => {
            return "This form was sent before, with something else in it. If you want another booking, send it \
                    again"
                .to_owned();
        }
        "q" => "Search",
        "cursor" => {
            return "This page of the list no longer goes with the search: begin at the first page"
                .to_owned();
        }
        other => {
            let mut letters = other.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            return format!("{first}{}: {detail}", letters.as_str());
        }
    };
    format!("{label}: {detail}")
}

/// 422 when everything could be read, else 400.
#[must_use]
pub fn status_of(mistakes: &[Mistake]) -> StatusCode {
    let readable = mistakes.iter().all(|m| m.impossible);
    if readable { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hardware_client::RefusedField;

    fn refusal(fields: &[(&str, &str)], detail: &str) -> Refusal {
        let errors =
            fields.iter().map(|(f, d)| RefusedField { field: (*f).into(), detail: (*d).into() }).collect();
        Refusal { detail: detail.into(), errors, skipped: Vec::new() }
    }

    #[test]
    fn refused_fields_are_told_under_the_names_of_the_form() {
        let told = mistakes(
            StatusCode::UNPROCESSABLE_ENTITY,
            refusal(&[("to", "is too far"), ("tag", "is odd")], "x"),
        );
        let told: Vec<_> = told.iter().map(|m| (m.field.as_str(), m.text.as_str())).collect();
        assert_eq!(told, [("to", "To: is too far"), ("tag", "Tag: is odd")]);
    }

    #[test]
    fn a_refusal_without_fields_is_told_as_a_whole() {
        let told = mistakes(StatusCode::BAD_REQUEST, refusal(&[], "No such thing."));
        assert_eq!((told[0].field.as_str(), told[0].text.as_str()), ("", "No such thing."));
        assert_eq!(status_of(&told), StatusCode::BAD_REQUEST);
        assert!(!mistakes(StatusCode::BAD_REQUEST, Refusal::default())[0].text.is_empty());
    }

    #[test]
    fn an_outage_says_when_to_come_back_and_the_services_own_word_counts() {
        let wait = |failure: Failure| problem(&failure, "test").headers[0].1.to_str().unwrap().to_owned();
        assert_eq!(wait(Failure::Unreachable("x".into())), "5");
        assert_eq!(wait(Failure::Unavailable { retry_after_s: Some(7) }), "7");
        assert_eq!(wait(Failure::TooMany { retry_after_s: None }), "5");
    }
}
