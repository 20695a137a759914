//! `/hardware`: the catalogue and what is free of it.

mod list;
mod transfer;

use chassis::{
    Problem,
    json::{Json, JsonBytes},
};
use poem::http::HeaderMap;
use poem_openapi::{
    ApiResponse, OpenApi, Tags,
    param::{Path, Query},
};

use self::transfer::{Csv, CsvStream};
use super::{
    ANONYMOUS, Shared,
    bodies::{HardwareChanges, NewHardware},
    error::impossible,
    etag,
    import_views::ImportReportView,
    params::{Flag, Given, Ids, Time, WholeNumber},
    views::{FacetsView, HardwareListView, HardwareView},
};
use crate::{
    domain::hardware::{Changes, Hardware},
    store::{
        StoreError, facets, hardware,
        hardware_change::{self, Edit},
    },
};

#[derive(Tags)]
enum Tag {
    /// What there is, what is free of it, and when.
    Hardware,
}

#[derive(ApiResponse)]
enum ListAnswer {
    /// By id; `[]` when nothing matches.
    #[oai(status = 200)]
    Ok(
        JsonBytes<Vec<HardwareListView>>,
        /// The next page, if there is one: `</hardware?cursor=...>; rel="next"`.
        #[oai(header = "Link")]
        Option<String>,
        /// How many hardware match, on all pages.
        #[oai(header = "X-Total-Count")]
        i64,
        /// The address with the window that was used.
        #[oai(header = "Content-Location")]
        String,
        /// Changes when the answer does.
        #[oai(header = "ETag")]
        String,
    ),
    /// The caller has this answer already.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum HardwareAnswer {
    /// The hardware.
    #[oai(status = 200)]
    Ok(
        Json<Box<HardwareView>>,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
    /// The caller has this version already.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum CreateAnswer {
    /// It is in the catalogue.
    #[oai(status = 201)]
    Created(
        Json<HardwareView>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[derive(ApiResponse)]
enum ArchiveAnswer {
    /// It has left the catalogue; its history stays.
    #[oai(status = 204)]
    Gone,
}

#[derive(ApiResponse)]
enum ExportAnswer {
    /// All of it. Cells that a spreadsheet would run begin with an apostrophe.
    #[oai(status = 200)]
    Ok(CsvStream, #[oai(header = "Content-Disposition")] String),
}

/// The handlers of `/hardware`.
pub struct HardwareApi {
    /// What they use.
    pub context: Shared,
}

#[OpenApi(tag = "Tag::Hardware")]
impl HardwareApi {
    /// What is free?
    ///
    /// Lists the catalogue by id, with what is free of each hardware over `[from, to)`: the next hour if no window
    /// is given. A time without an offset is wall clock in `tz`.
    #[oai(path = "/hardware", method = "get", operation_id = "list_hardware")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a query parameter; the macro takes no struct of them"
    )]
    async fn list_hardware(
        &self,
        /// The window's first second; now, if not given.
        from: Query<Given<Time>>,
        /// The window's end, itself outside; an hour after `from`, if not given. At most ten years ahead.
        to: Query<Given<Time>>,
        /// The zone of times without an offset, such as Europe/Berlin.
        tz: Query<Option<String>>,
        /// Units wanted, 1 to 1,000,000: for `fits` and `next_free_at`.
        qty: Query<Given<WholeNumber>>,
        /// Only hardware that `fits`.
        free_only: Query<Given<Flag>>,
        /// Up to four words, each to be found in name, provider, category, location, description or tags.
        q: Query<Option<String>>,
        /// Exactly this provider.
        provider: Query<Option<String>>,
        /// Exactly this category.
        category: Query<Option<String>>,
        /// Exactly this location.
        location: Query<Option<String>>,
        /// A tag such as `bandwidth=1GHz`; up to four times, all must be there.
        tag: Query<Option<Vec<String>>>,
        /// Only these ids, apart by commas, up to 50.
        ids: Query<Given<Ids>>,
        /// Rows a page, 1 to 1,000; 100 if not given.
        limit: Query<Given<WholeNumber>>,
        /// Where to go on, from `Link`.
        cursor: Query<Option<String>>,
        uri: &poem::http::Uri,
        headers: &HeaderMap,
    ) -> poem::Result<ListAnswer> {
        let asked = list::Asked {
            from: from.0.0.map(|time| time.0),
            to: to.0.0.map(|time| time.0),
            tz: tz.0,
            qty: qty.0.0.map(|n| n.0),
            free_only: free_only.0.0.is_some_and(|flag| flag.0),
            q: q.0,
            provider: provider.0,
            category: category.0,
            location: location.0,
            tags: tag.0.unwrap_or_default(),
            ids: ids.0.0.map(|ids| ids.0),
            limit: limit.0.0.map(|n| n.0),
            cursor: cursor.0,
        };
        Ok(list::answer(&self.context, asked, uri, headers).await?)
    }

    /// Add a hardware
    #[oai(path = "/hardware", method = "post", operation_id = "create_hardware")]
    async fn create_hardware(&self, body: Json<NewHardware>) -> poem::Result<CreateAnswer> {
        let hardware = Hardware::new(&Changes::from(body.0)).map_err(impossible)?;
        let item =
            hardware_change::create(&self.context.db, &hardware, self.context.clock.now_s(), ANONYMOUS)
                .await?;
        let (location, etag) = (format!("/hardware/{}", item.id), etag::of_version(item.version));
        Ok(CreateAnswer::Created(Json(item.into()), location, etag))
    }

    /// What there is to filter by
    #[oai(path = "/hardware/facets", method = "get", operation_id = "list_facets")]
    async fn list_facets(&self) -> poem::Result<Json<FacetsView>> {
        let mut lease = self.context.db.read().await?;
        Ok(Json(facets::list(&mut lease.conn()).await?.into()))
    }

    /// Import a CSV file
    ///
    /// Upserts by provider and name. A row that is refused is reported with its line, and the rest imports. A
    /// column that is missing leaves its field as it is (a new hardware has capacity 1); an unknown column becomes
    /// a tag. Comma, semicolon or tab; UTF-8 with or without byte-order mark.
    #[oai(path = "/hardware/import", method = "post", operation_id = "import_hardware")]
    async fn import_hardware(
        &self,
        /// Only say what would happen.
        dry_run: Query<Given<Flag>>,
        body: Csv,
    ) -> poem::Result<Json<ImportReportView>> {
        let dry_run = dry_run.0.0.is_some_and(|flag| flag.0);
        Ok(Json(transfer::import(&self.context, body, dry_run).await?))
    }

    /// Export the catalogue as CSV
    #[oai(path = "/hardware.csv", method = "get", operation_id = "export_hardware")]
    async fn export_hardware(&self) -> poem::Result<ExportAnswer> {
        let stream = transfer::export(&self.context).await?;
        Ok(ExportAnswer::Ok(stream, "attachment; filename=\"hardware.csv\"".to_owned()))
    }

    /// One hardware
    #[oai(path = "/hardware/:id", method = "get", operation_id = "get_hardware")]
    async fn get_hardware(&self, id: Path<WholeNumber>, headers: &HeaderMap) -> poem::Result<HardwareAnswer> {
        let item = hardware::find(&mut self.context.db.read().await?.conn(), id.0.0).await?;
        let etag = etag::of_version(item.version);
        if etag::is_known(headers, &etag) {
            return Ok(HardwareAnswer::NotModified(etag));
        }
        Ok(HardwareAnswer::Ok(Json(Box::new(item.into())), etag))
    }

    /// Change a hardware
    ///
    /// With `If-Match` only if its version is still the one named.
    #[oai(path = "/hardware/:id", method = "patch", operation_id = "update_hardware")]
    async fn update_hardware(
        &self,
        id: Path<WholeNumber>,
        /// Cut the capacity even below what is booked.
        force: Query<Given<Flag>>,
        body: Json<HardwareChanges>,
        headers: &HeaderMap,
    ) -> poem::Result<HardwareAnswer> {
        let edit = Edit {
            changes: &body.0.into(),
            expected: &etag::expected(headers)?,
            force: force.0.0.is_some_and(|flag| flag.0),
            present: self.context.present(),
            actor: ANONYMOUS,
        };
        let item = hardware_change::update(&self.context.db, id.0.0, &edit).await?;
        let etag = etag::of_version(item.version);
        Ok(HardwareAnswer::Ok(Json(Box::new(item.into())), etag))
    }

    /// Archive a hardware
    ///
    /// It leaves the list, its history stays, and its name is free again. Refused while units of it are booked.
    #[oai(path = "/hardware/:id", method = "delete", operation_id = "archive_hardware")]
    async fn archive_hardware(
        &self,
        id: Path<WholeNumber>,
        headers: &HeaderMap,
    ) -> poem::Result<ArchiveAnswer> {
        let expected = etag::expected(headers)?;
        let present = self.context.present();
        hardware_change::archive(&self.context.db, id.0.0, &expected, present, ANONYMOUS)
            .await
            .map_err(archive_problem)?;
        Ok(ArchiveAnswer::Gone)
    }
}

/// Archiving is a cut to nothing, but the advice differs: it cannot be forced.
fn archive_problem(error: StoreError) -> Problem {
    let booked = matches!(error, StoreError::BelowBooked { .. });
    let problem = Problem::from(error);
    if booked {
        return problem
            .kind("still-booked")
            .detail("Units of it are still booked; cancel or move those bookings first.");
    }
    problem
}
