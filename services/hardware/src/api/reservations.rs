//! `/reservations`: who has booked what, and what became of it.

mod answers;
mod bodies;
mod list;
mod views;

use chassis::json::{Json, JsonBytes, OptionalJson};
use poem::http::HeaderMap;
use poem_openapi::{
    OpenApi, Tags,
    param::{Header, Path, Query},
};

use self::{
    answers::{ChangeAnswer, CreateAnswer, ListAnswer, ReservationAnswer},
    bodies::{NewReservation, ReservationChanges, ReturnBody},
    views::{ChangedView, ReservationView, UnchangedView, accepted, accepted_series},
};
use super::{
    ANONYMOUS, Shared,
    error::impossible,
    etag, idempotency,
    params::{Flag, Given, Reach, Scope, Time, WholeNumber},
};
use crate::{
    domain::{
        basket::Basket,
        present::Present,
        reservation::Reservation,
        wish::{Wish, WishChanges},
    },
    store::{
        Expected, StoreError,
        act::Act,
        idempotency::Key,
        reservation_actions::{cancel, check_out, no_show, take_back},
        reservation_change,
        reservation_create::{self, Booked, Order},
        reservations, risks,
        series::{self, Changed, SeriesMade},
    },
};

#[derive(Tags)]
enum Tag {
    /// Who has booked what.
    Reservations,
}

/// The handlers of `/reservations`.
pub struct ReservationsApi {
    /// What they use.
    pub context: Shared,
}

#[OpenApi(tag = "Tag::Reservations")]
impl ReservationsApi {
    /// Book
    ///
    /// Takes all lines or none. What is not free is a 409 that says who is in the way and when it would fit instead.
    /// With an `Idempotency-Key` the same request can be sent again without booking twice. With `repeat` it books a
    /// series, all of it or what can be had of it, and answers with the first of its reservations.
    #[oai(path = "/reservations", method = "post", operation_id = "create_reservation")]
    async fn create_reservation(
        &self,
        /// A name for this request, 1 to 200 printable characters, kept for two days.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
        /// Only say whether it would be booked.
        dry_run: Query<Given<Flag>>,
        body: Json<NewReservation>,
        headers: &HeaderMap,
    ) -> poem::Result<CreateAnswer> {
        let present = self.context.present();
        let key = idempotency::key(headers, &body.0, present.now_s)?;
        let wish = Wish::new(&body.0.into()).map_err(impossible)?;
        let dry_run = dry_run.0.0.is_some_and(|flag| flag.0);
        let key = key.as_ref().filter(|_| !dry_run);
        let db = &self.context.db;
        let (id, text, replayed) = match &wish.repeat {
            None => {
                let order = self.order(present, key, dry_run, accepted);
                booked(reservation_create::create(db, &wish, &order).await?, |made| made.id, accepted)
            }
            Some(repeat) => {
                let order = self.order(present, key, dry_run, accepted_series);
                let made = series::create(db, &wish, repeat, &order).await?;
                booked(made, |made: &SeriesMade| made.first.id, accepted_series)
            }
        };
        let body = JsonBytes::from_text(text);
        if dry_run {
            return Ok(CreateAnswer::WouldBe(body));
        }
        Ok(CreateAnswer::Created(body, format!("/reservations/{id}"), etag::of_version(1), replayed))
    }

    /// Who has booked what?
    #[oai(path = "/reservations", method = "get", operation_id = "list_reservations")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a query parameter; the macro takes no struct of them"
    )]
    async fn list_reservations(
        &self,
        /// Only those with a line of this hardware.
        hardware: Query<Given<WholeNumber>>,
        /// Only those of this series.
        series: Query<Given<WholeNumber>>,
        /// Only those of exactly this user.
        user: Query<Option<String>>,
        /// Only those in these states, apart by commas: confirmed, out, returned, cancelled, no_show.
        state: Query<Option<String>>,
        /// Only those that end after this.
        from: Query<Given<Time>>,
        /// Only those that start before this.
        to: Query<Given<Time>>,
        /// The zone of times without an offset, such as Europe/Berlin.
        tz: Query<Option<String>>,
        /// Rows a page, 1 to 1,000; 100 if not given.
        limit: Query<Given<WholeNumber>>,
        /// Where to go on, from `Link`.
        cursor: Query<Option<String>>,
        uri: &poem::http::Uri,
    ) -> poem::Result<ListAnswer> {
        let asked = list::Asked {
            hardware: hardware.0.0.map(|n| n.0),
            series: series.0.0.map(|n| n.0),
            user: user.0,
            state: state.0,
            from: from.0.0.map(|time| time.0),
            to: to.0.0.map(|time| time.0),
            tz: tz.0,
            limit: limit.0.0.map(|n| n.0),
            cursor: cursor.0,
        };
        Ok(list::answer(&self.context, asked, uri).await?)
    }

    /// One reservation
    #[oai(path = "/reservations/:id", method = "get", operation_id = "get_reservation")]
    async fn get_reservation(&self, id: Path<WholeNumber>) -> poem::Result<ReservationAnswer> {
        let mut lease = self.context.db.read().await?;
        let reservation = reservations::find(&mut lease.conn(), id.0.0).await?;
        drop(lease);
        self.told(Ok(reservation)).await
    }

    /// Change a reservation
    ///
    /// Extends, shortens, moves, or changes lines; the lines are given all anew. What it has already is never
    /// refused to it. What is out can change its end, user and purpose. With `scope=rest` new times move the later ones
    /// of its series by as many days, and to the same time of day: all that are confirmed, or none.
    #[oai(path = "/reservations/:id", method = "patch", operation_id = "update_reservation")]
    async fn update_reservation(
        &self,
        id: Path<WholeNumber>,
        /// `one`, or with `rest` every later one of its series too.
        scope: Query<Given<Scope>>,
        body: Json<ReservationChanges>,
        headers: &HeaderMap,
    ) -> poem::Result<ChangeAnswer> {
        let changes = WishChanges::new(&body.0.into()).map_err(impossible)?;
        let expected = etag::expected(headers)?;
        let (db, act) = (&self.context.db, self.act(&expected));
        if is_rest(&scope)
            && let Some(changed) = series::update(db, id.0.0, &changes, &act).await?
        {
            return self.told_rest(changed).await;
        }
        self.told_one(reservation_change::update(db, id.0.0, &changes, &act).await).await
    }

    /// Cancel
    ///
    /// Frees its units at once. Doing it twice is the same as once. With `scope=rest` all later ones of its series that
    /// are confirmed are called off too.
    #[oai(path = "/reservations/:id/cancel", method = "post", operation_id = "cancel_reservation")]
    async fn cancel_reservation(
        &self,
        id: Path<WholeNumber>,
        /// `one`, or with `rest` every later one of its series too.
        scope: Query<Given<Scope>>,
        headers: &HeaderMap,
    ) -> poem::Result<ChangeAnswer> {
        let expected = etag::expected(headers)?;
        let (db, act) = (&self.context.db, self.act(&expected));
        if is_rest(&scope)
            && let Some(changed) = series::cancel(db, id.0.0, &act).await?
        {
            return self.told_rest(changed).await;
        }
        self.told_one(cancel(db, id.0.0, &act).await).await
    }

    /// Check out
    ///
    /// Hands everything out, also before its start if it is free. Refused while somebody else is late with it.
    #[oai(path = "/reservations/:id/checkout", method = "post", operation_id = "check_out_reservation")]
    async fn check_out_reservation(
        &self,
        id: Path<WholeNumber>,
        headers: &HeaderMap,
    ) -> poem::Result<ReservationAnswer> {
        let expected = etag::expected(headers)?;
        self.told(check_out(&self.context.db, id.0.0, &self.act(&expected)).await).await
    }

    /// Return
    ///
    /// Takes back everything that is out, or the units that the body names. Returning what is back already changes
    /// nothing.
    #[oai(path = "/reservations/:id/return", method = "post", operation_id = "return_reservation")]
    async fn return_reservation(
        &self,
        id: Path<WholeNumber>,
        body: OptionalJson<ReturnBody>,
        headers: &HeaderMap,
    ) -> poem::Result<ReservationAnswer> {
        let lines = body.0.and_then(|body| body.lines);
        let part = lines.map(|lines| Basket::new(&bodies::pairs(&lines))).transpose().map_err(impossible)?;
        let expected = etag::expected(headers)?;
        self.told(take_back(&self.context.db, id.0.0, part.as_ref(), &self.act(&expected)).await).await
    }

    /// Nobody came
    ///
    /// Frees its units at once.
    #[oai(path = "/reservations/:id/no-show", method = "post", operation_id = "no_show_reservation")]
    async fn no_show_reservation(
        &self,
        id: Path<WholeNumber>,
        headers: &HeaderMap,
    ) -> poem::Result<ReservationAnswer> {
        let expected = etag::expected(headers)?;
        self.told(no_show(&self.context.db, id.0.0, &self.act(&expected)).await).await
    }
}

impl ReservationsApi {
    fn act<'a>(&self, expected: &'a Expected) -> Act<'a> {
        Act { present: self.context.present(), tz: self.context.tz, actor: ANONYMOUS, expected }
    }

    fn order<'o, M>(
        &self,
        present: Present,
        key: Option<&'o Key>,
        dry_run: bool,
        answer: fn(&M) -> String,
    ) -> Order<'o, M> {
        Order { present, tz: self.context.tz, actor: ANONYMOUS, key, dry_run, answer }
    }

    async fn told(&self, result: Result<Reservation, StoreError>) -> poem::Result<ReservationAnswer> {
        let (view, etag) = self.seen(result?).await?;
        Ok(ReservationAnswer::Ok(Json(Box::new(view)), etag))
    }

    async fn told_one(&self, result: Result<Reservation, StoreError>) -> poem::Result<ChangeAnswer> {
        let (reservation, etag) = self.seen(result?).await?;
        let view = ChangedView { reservation, changed: None, unchanged: None };
        Ok(ChangeAnswer::Ok(Json(Box::new(view)), etag))
    }

    async fn told_rest(&self, rest: Changed) -> poem::Result<ChangeAnswer> {
        let (reservation, etag) = self.seen(rest.named).await?;
        let unchanged = rest.unchanged.into_iter().map(UnchangedView::from).collect();
        let view = ChangedView { reservation, changed: Some(rest.changed), unchanged: Some(unchanged) };
        Ok(ChangeAnswer::Ok(Json(Box::new(view)), etag))
    }

    /// A reservation and its ETag, with what only a look at everybody's claims can tell.
    async fn seen(&self, reservation: Reservation) -> poem::Result<(ReservationView, String)> {
        let present = self.context.present();
        let mut lease = self.context.db.read().await?;
        let risky = risks::at_risk(&mut lease.conn(), std::slice::from_ref(&reservation), present).await?;
        let (version, at_risk) = (reservation.version, risky.contains(&reservation.id));
        Ok((ReservationView::new(reservation, at_risk, present.now_s), etag::of_version(version)))
    }
}

fn is_rest(scope: &Query<Given<Scope>>) -> bool {
    scope.0.0.as_ref().is_some_and(|scope| scope.0 == Reach::Rest)
}

/// The id to lead to, the answer, and whether it was given before.
fn booked<M>(
    booked: Booked<M>,
    id: impl Fn(&M) -> i64,
    answer: fn(&M) -> String,
) -> (i64, String, Option<String>) {
    match booked {
        Booked::New(made) => (id(&made), answer(&made), None),
        Booked::Before { id, answer } => (id, answer, Some("true".to_owned())),
    }
}
