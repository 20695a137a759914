//! What each operation on reservations may answer.

use chassis::json::{Json, JsonBytes};
use poem_openapi::ApiResponse;

use super::views::{BookedView, ChangedView, ReservationView};

#[derive(ApiResponse)]
pub enum ListAnswer {
    /// By start and id; `[]` when nothing matches.
    #[oai(status = 200)]
    Ok(
        Json<Vec<ReservationView>>,
        /// The next page, if there is one: `</reservations?cursor=...>; rel="next"`.
        #[oai(header = "Link")]
        Option<String>,
        /// How many match, on all pages.
        #[oai(header = "X-Total-Count")]
        i64,
    ),
}

#[derive(ApiResponse)]
pub enum CreateAnswer {
    /// A dry run: it would be booked like this.
    #[oai(status = 200)]
    WouldBe(JsonBytes<BookedView>),
    /// It is booked.
    #[oai(status = 201)]
    Created(
        JsonBytes<BookedView>,
        /// Where it is; of a series, where the first one is.
        #[oai(header = "Location")]
        String,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
        /// `true` where this answer was given before, under the same key.
        #[oai(header = "Idempotent-Replayed")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
pub enum ReservationAnswer {
    /// The reservation.
    #[oai(status = 200)]
    Ok(
        Json<Box<ReservationView>>,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[derive(ApiResponse)]
pub enum ChangeAnswer {
    /// The reservation; with `scope=rest`, what became of the others too.
    #[oai(status = 200)]
    Ok(
        Json<Box<ChangedView>>,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}
