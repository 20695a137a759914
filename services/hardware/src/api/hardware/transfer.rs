//! The catalogue as CSV over HTTP: streamed in and streamed out.

use std::io::{self, Read};

use bytes::Bytes;
use chassis::Problem;
use futures_util::{StreamExt, stream};
use poem::{
    Body, IntoResponse, Request, RequestBody, Response, Result,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::Payload,
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry},
};
use tokio::sync::mpsc;
use tokio_util::io::SyncIoBridge;

use crate::{
    api::{
        ANONYMOUS, Context,
        import_views::{IgnoredColumnView, ImportReportView, ImportRowView},
    },
    import::{self, ImportError, Listener, RowReport, Summary},
    store::catalogue_import::Mode,
};

const TEXT_CSV: &str = "text/csv";
/// Pages of an export that wait for a slow reader.
const EXPORT_AHEAD: usize = 2;

fn csv_schema() -> MetaSchemaRef {
    let example = "provider,name,capacity\nAmazon,c5.large,4\n";
    MetaSchemaRef::Inline(Box::new(MetaSchema { example: Some(example.into()), ..MetaSchema::new("string") }))
}

/// A `text/csv` body, not yet read.
pub struct Csv {
    body: Body,
    declared_bytes: Option<u64>,
}

impl<'a> ApiExtractor<'a> for Csv {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType { content_type: TEXT_CSV, schema: csv_schema() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let essence = request.content_type().and_then(|c| c.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(TEXT_CSV) {
            let detail = format!("This address takes {TEXT_CSV}, not `{essence}`.");
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE).detail(detail).into());
        }
        let declared_bytes = request.header(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        Ok(Self { body: body.take()?, declared_bytes })
    }
}

/// Imports an upload, and reports every row.
///
/// # Errors
/// 413 above the limit, 422 for a header that cannot be used, 503 without a database. An import that ends early
/// says how far it came; what it wrote stays, and the same file can be sent again.
pub async fn import(context: &Context, csv: Csv, dry_run: bool) -> Result<ImportReportView, Problem> {
    let max_bytes = context.max_import_bytes;
    if csv.declared_bytes.is_some_and(|bytes| bytes > max_bytes) {
        return Err(too_large(max_bytes));
    }
    let upload = Bounded { inner: SyncIoBridge::new(csv.body.into_async_read()), left: max_bytes };
    let mode = Mode { dry_run, present: context.present(), actor: ANONYMOUS };
    let mut summary = Summary::default();
    let mut report = Report(ImportReportView { dry_run, ..ImportReportView::default() });
    let ended = import::import_catalogue(&context.db, upload, mode, &mut summary, &mut report).await;
    ended.map_err(|error| problem(error, max_bytes).with("progress", progress(summary)))?;
    let Summary { created, updated, unchanged, failed } = summary;
    Ok(ImportReportView { created, updated, unchanged, failed, ..report.0 })
}

fn progress(summary: Summary) -> serde_json::Value {
    let Summary { created, updated, unchanged, failed } = summary;
    serde_json::json!({ "created": created, "updated": updated, "unchanged": unchanged, "failed": failed })
}

fn problem(error: ImportError, max_bytes: u64) -> Problem {
    match error {
        ImportError::Header(invalid) => invalid.into(),
        ImportError::Read(error) if error.kind() == io::ErrorKind::FileTooLarge => too_large(max_bytes),
        ImportError::Read(error) => Problem::unreceived(&error),
        ImportError::TooManyRows => Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail(error.to_string()),
        ImportError::Store(error) => error.into(),
    }
}

fn too_large(max_bytes: u64) -> Problem {
    let advice = "send it in parts, or use `hardware import hardware FILE`, which takes larger ones";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE)
        .detail(format!("The file is larger than {max_bytes} bytes; {advice}."))
}

struct Report(ImportReportView);

impl Listener for Report {
    fn ignored_column(&mut self, column: String, why: &'static str) {
        self.0.ignored_columns.push(IgnoredColumnView { column, reason: why.to_owned() });
    }

    fn row(&mut self, report: RowReport) {
        self.0.rows.push(ImportRowView::from(report));
    }
}

/// Ends a body that is longer than allowed, however it was declared.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

/// A `text/csv` answer, written while it is read.
pub struct CsvStream(Body);

impl Payload for CsvStream {
    const CONTENT_TYPE: &'static str = TEXT_CSV;

    fn schema_ref() -> MetaSchemaRef {
        csv_schema()
    }
}

impl IntoResponse for CsvStream {
    fn into_response(self) -> Response {
        let media_type = HeaderValue::from_static("text/csv; charset=utf-8");
        Response::builder().header(header::CONTENT_TYPE, media_type).body(self.0)
    }
}

/// Starts an export. A database that is not there is told before the first byte.
///
/// # Errors
/// 503 without a database.
pub async fn export(context: &Context) -> Result<CsvStream, Problem> {
    drop(context.db.read().await?);
    let (sender, receiver) = mpsc::channel::<Result<Bytes, crate::store::StoreError>>(EXPORT_AHEAD);
    let db = context.db.clone();
    tokio::spawn(async move {
        if let Err(error) = crate::export::catalogue(&db, &sender).await {
            tracing::error!(%error, "an export ended early");
            // Breaking the stream is the only way left to say that it is not complete.
            let _ = sender.send(Err(error)).await;
        }
    });
    let pages = stream::unfold(receiver, |mut receiver| async move {
        let page = receiver.recv().await?;
        Some((page.map_err(io::Error::other), receiver))
    });
    // Compression asks once more after the end, which an unfold that is not fused answers with a panic.
    Ok(CsvStream(Body::from_bytes_stream(pages.fuse())))
}
