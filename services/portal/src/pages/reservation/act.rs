//! `POST /reservations/{id}/{action}`: does it, if the booking is still as its page showed it.

use std::sync::Arc;

use chassis::Problem;
use poem::{
    Body, Request, Response, handler,
    http::{StatusCode, header},
    web::{Data, Path},
};

use super::{Action, Asked, ask, unknown, view::ReservationPage};
use crate::{
    booking::MAX_FORM_BYTES,
    failure,
    form::Form,
    hardware_client::{Changed, Failure, NotFree, Scope},
    pages::again::{self, Attempt, Fact},
    report::Report,
    search::Mistake,
    state::App,
    view::{Hidden, LinkView},
    visit::Visit,
};

/// Why an action was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    /// What was typed cannot be.
    Mistakes(Vec<Mistake>),
    /// There are too few units.
    NotFree(Box<NotFree>),
    /// The booking's state does not allow it; what the service says of that.
    State(String),
    /// It was changed since its page was shown.
    Changed,
}

impl Refused {
    fn status(&self) -> StatusCode {
        match self {
            Self::Mistakes(mistakes) => failure::status_of(mistakes),
            Self::NotFree(_) | Self::State(_) => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
        }
    }
}

/// Does what a form of a booking's page says, and shows the booking.
///
/// # Errors
/// 404 for a booking or an action that there is not, 413 for a form that is too long; 503, 502 or 429 as the
/// hardware service fails. A refusal is the booking's page again.
#[handler]
pub(crate) async fn act_on(
    Data(app): Data<&Arc<App>>,
    Path((id, word)): Path<(String, String)>,
    request: &Request,
    body: Body,
) -> poem::Result<Response> {
    let Ok(number) = id.parse::<i64>() else { return Err(unknown(&id)) };
    let Some(action) = Action::from_word(&word) else {
        return Err(Problem::not_found("There is nothing at this address.").into());
    };
    let form = Form::read(body, MAX_FORM_BYTES).await?;
    let visit = Visit::of(request, app.clock.now()).back_to(format!("/reservations/{number}"));
    let outgoing = visit.outgoing(request);
    let scope = Scope::from_word(form.field("scope"));
    let done = match read(action, &form, app) {
        Ok((change, version)) => app.client.change(number, &change, scope, version, outgoing).await,
        Err(mistakes) => {
            let asked = ask(app, number, &visit, request).await?;
            return refused(app, &visit, &asked, &form, Refused::Mistakes(mistakes));
        }
    };
    let why = match done {
        Ok(changed) => return rest_told(app, &visit, number, action, scope, &changed),
        Err(Failure::NotFound) => return Err(unknown(&id)),
        Err(Failure::NotFree(why)) => Refused::NotFree(why),
        Err(Failure::WrongState(said)) => Refused::State(said.detail),
        Err(Failure::Changed) => Refused::Changed,
        Err(Failure::Refused { status, refusal }) => Refused::Mistakes(failure::mistakes(status, refusal)),
        Err(error) => return again::page(app, &visit, attempt(number, action, &form), &error),
    };
    let asked = ask(app, number, &visit, request).await?;
    // Of the rest of a series this booking alone does not tell whether it was done.
    let may_be_done = scope == Scope::One && matches!(why, Refused::Changed | Refused::State(_));
    if may_be_done && action.is_done(&asked.booking, &form, app.tz) {
        return Ok(written(number, action));
    }
    refused(app, &visit, &asked, &form, why)
}

/// On to the booking, with what became of the later ones of its series where these were meant too.
fn rest_told(
    app: &App,
    visit: &Visit,
    id: i64,
    action: Action,
    scope: Scope,
    changed: &Changed,
) -> poem::Result<Response> {
    let mut answer = written(id, action);
    if scope == Scope::Rest {
        let report = Report::changed(id, action.word(), changed);
        let cookie = crate::pages::header_value(&report.set_cookie(&app.signer, visit.now))?;
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// The change, and the version that its page showed.
fn read(
    action: Action,
    form: &Form,
    app: &App,
) -> Result<(crate::hardware_client::Change, u64), Vec<Mistake>> {
    let change = action.change(form, app.tz)?;
    let text = "The form was not complete. This is how the booking stands now: try again here";
    let version = form.field("version").parse();
    let version = version.map_err(|_| vec![Mistake::unreadable("version", text)])?;
    Ok((change, version))
}

fn written(id: i64, action: Action) -> Response {
    crate::pages::written(&format!("/reservations/{id}?done={}", action.word()))
}

pub(crate) fn refused(
    app: &App,
    visit: &Visit,
    asked: &Asked,
    form: &Form,
    why: Refused,
) -> poem::Result<Response> {
    let status = why.status();
    crate::pages::page(app, status, "reservation", &ReservationPage::refused(app, visit, asked, form, why))
}

fn attempt(id: i64, action: Action, form: &Form) -> Attempt {
    let fields = form.fields().filter(|(name, _)| *name != again::AGAIN);
    let hidden = fields.map(|(name, value)| Hidden::new(name, value)).collect();
    let what = Fact { name: "What", text: words(action).to_owned() };
    Attempt {
        done: "was done",
        not_done: "Nothing was changed",
        harmless: "a booking that was changed by now is left as it is",
        action: action.path(id),
        hidden,
        facts: vec![Fact { name: "Booking", text: id.to_string() }, what],
        look: LinkView { href: format!("/reservations/{id}"), text: "See how it stands".to_owned() },
        repeated: !form.field(again::AGAIN).is_empty(),
    }
}

fn words(action: Action) -> &'static str {
    match action {
        Action::CheckOut => "Check out",
        Action::ReturnAll => "Return everything",
        Action::ReturnPart => "Return a part",
        Action::Extend => "Change the time",
        Action::Cancel => "Cancel the booking",
        Action::NoShow => "Mark as no-show",
    }
}
