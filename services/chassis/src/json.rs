//! JSON payloads for poem-openapi: strict and bounded on the way in, straight to bytes on the way out.
//!
//! poem-openapi's own `Json` reads bodies without a limit, leaks type names in its errors, builds a whole
//! `serde_json::Value` per response, and names a media type (`; charset=utf-8`) that breaks client generators.

use std::marker::PhantomData;

use bytes::Bytes;
use poem::{
    IntoResponse, Request, RequestBody, Response, Result,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    payload::{ParsePayload, Payload},
    registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchemaRef, Registry},
    types::Type,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::Problem;

/// Bytes of a JSON body at most; the largest legal one, a reservation of 100 lines, needs a tenth of it.
pub const MAX_JSON_BYTES: usize = 256 * 1024;

const MEDIA_TYPE: &str = "application/json";

/// A JSON body in the schema of `T`, read with serde (so `#[serde(deny_unknown_fields)]` counts).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Type> Payload for Json<T> {
    const CONTENT_TYPE: &'static str = MEDIA_TYPE;

    fn check_content_type(content_type: &str) -> bool {
        is_json(content_type)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// `application/json`, `application/merge-patch+json` and their like, with or without parameters.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == MEDIA_TYPE || (essence.starts_with("application/") && essence.ends_with("+json"))
}

impl<T: Type + DeserializeOwned> ParsePayload for Json<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(_request: &Request, body: &mut RequestBody) -> Result<Self> {
        let bytes = body.take()?.into_bytes_limit(MAX_JSON_BYTES).await.map_err(too_large)?;
        Ok(Self(parse(&bytes)?))
    }
}

fn too_large(error: poem::error::ReadBodyError) -> poem::Error {
    match error {
        poem::error::ReadBodyError::PayloadTooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE)
            .detail(format!("The body is larger than {MAX_JSON_BYTES} bytes."))
            .into(),
        other => other.into(),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = match error.path().to_string() {
            path if path == "." || path == "?" => "body".to_owned(),
            path => path,
        };
        Problem::unreadable(field, error.into_inner().to_string())
    })?;
    reader.end().map_err(|error| Problem::unreadable("body", error.to_string()))?;
    Ok(value)
}

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for Json<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Self as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content =
            vec![MetaMediaType { content_type: MEDIA_TYPE, schema: <Self as Payload>::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        match request.content_type() {
            Some(content_type) if is_json(content_type) => {
                <Self as ParsePayload>::from_request(request, body).await
            }
            other => Err(unsupported(other).into()),
        }
    }
}

fn unsupported(content_type: Option<&str>) -> Problem {
    let given = content_type.map_or_else(|| "no Content-Type".to_owned(), |c| format!("`{c}`"));
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        .detail(format!("The request has {given}; this address takes {MEDIA_TYPE}."))
}

/// A JSON body that may be missing altogether; nothing at all is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionalJson<T>(pub Option<T>);

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for OptionalJson<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Json<T> as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        <Json<T> as ApiExtractor>::request_meta().map(|meta| MetaRequest { required: false, ..meta })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let bytes = body.take()?.into_bytes_limit(MAX_JSON_BYTES).await.map_err(too_large)?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        *body = RequestBody::new(bytes.into());
        let Json(value) = <Json<T> as ApiExtractor>::from_request(request, body, options).await?;
        Ok(Self(Some(value)))
    }
}

impl<T: Serialize + Send> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => Response::builder().header(header::CONTENT_TYPE, MEDIA_TYPE).body(bytes),
            Err(error) => {
                tracing::error!(%error, "an answer could not be written as JSON");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR).to_response(None)
            }
        }
    }
}

impl<T: Type + Serialize + Send> ApiResponse for Json<T> {
    fn meta() -> MetaResponses {
        let content =
            vec![MetaMediaType { content_type: MEDIA_TYPE, schema: <Self as Payload>::schema_ref() }];
        let ok =
            MetaResponse { description: "", status: Some(200), status_range: None, content, headers: vec![] };
        MetaResponses { responses: vec![ok] }
    }

    fn register(registry: &mut Registry) {
        <Self as Payload>::register(registry);
    }
}

/// An answer in the schema of `T` that is ready to be sent: for callers who need the bytes first, to hash or to
/// keep them.
#[derive(Clone, Debug)]
pub struct JsonBytes<T> {
    bytes: Bytes,
    schema: PhantomData<fn() -> T>,
}

impl<T: Serialize> JsonBytes<T> {
    /// Writes `value`.
    ///
    /// # Errors
    /// A value that JSON cannot hold, such as a map with keys that are no text.
    pub fn new(value: &T) -> serde_json::Result<Self> {
        Ok(Self { bytes: serde_json::to_vec(value)?.into(), schema: PhantomData })
    }

    /// A text that was written from a `T` before, and kept.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        Self { bytes: text.into(), schema: PhantomData }
    }

    /// The JSON text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T: Type> Payload for JsonBytes<T> {
    const CONTENT_TYPE: &'static str = MEDIA_TYPE;

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T> IntoResponse for JsonBytes<T> {
    fn into_response(self) -> Response {
        Response::builder().header(header::CONTENT_TYPE, MEDIA_TYPE).body(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Booking {
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[serde(rename = "qty")]
        _qty: i64,
    }

    fn refused(body: &str) -> Problem {
        parse::<Booking>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn the_wrong_field_is_named_by_its_path() {
        let problem = refused(r#"{"lines":[{"qty":1},{"qty":"two"}]}"#);
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        assert_eq!(problem.errors[0].field, "lines[1].qty");
        assert!(
            refused(r#"{"lines":[],"typo":1}"#).detail.contains("unknown field `typo`, expected `lines`")
        );
    }

    #[test]
    fn broken_trailing_and_bottomless_json_is_refused() {
        assert_eq!(refused("{").errors[0].field, "body");
        assert!(refused(r#"{"lines":[]} x"#).detail.contains("trailing"));
        assert!(refused(&"[".repeat(100_000)).status.is_client_error());
        assert_eq!(parse::<Booking>(br#"{"lines":[{"qty":1}]}"#).unwrap().lines.len(), 1);
    }

    #[test]
    fn json_media_types_are_recognised_with_parameters_and_suffixes() {
        for good in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
            assert!(is_json(good), "{good}");
        }
        for bad in ["text/json", "application/x-www-form-urlencoded", ""] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
