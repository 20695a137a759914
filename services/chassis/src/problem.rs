//! Errors as RFC 9457 `application/problem+json`, and the one place where a framework's error becomes one.

use std::{fmt, io};

use poem::{
    Response,
    error::{MethodNotAllowedError, NotFoundError, ReadBodyError, ResponseError},
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use poem_openapi::{
    Object,
    error::{ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// The media type of every error body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One thing that is wrong with one field or parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Object)]
pub struct FieldError {
    /// The parameter's or the field's name, a path such as `lines[0].qty` where it is nested.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub detail: String,
}

impl FieldError {
    /// `field` is wrong as `detail` says.
    pub fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), detail: detail.into() }
    }
}

/// An error on its way to the caller: RFC 9457 members, plus `errors[]` for single fields.
///
/// `type` is `about:blank` where the status says it all, else `urn:toolcrib:problem:<kind>`.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word for programs; `None` where the status says it all.
    pub kind: Option<&'static str>,
    /// A sentence for people: what is wrong, and what would be right.
    pub detail: String,
    /// What is wrong with single fields or parameters.
    pub errors: Vec<FieldError>,
    /// Further members of the body.
    pub extra: Map<String, Value>,
    /// Headers that belong to this error, such as `Retry-After` or `Allow`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with this status and nothing else to say.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        let detail = String::new();
        Self { status, kind: None, detail, errors: Vec::new(), extra: Map::new(), headers: Vec::new() }
    }

    /// 400: something could not be read. `field` names the parameter or body field.
    pub fn unreadable(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::fields(StatusCode::BAD_REQUEST, vec![FieldError::new(field, detail)])
    }

    /// 422: everything could be read, but these values are impossible.
    #[must_use]
    pub fn impossible(errors: Vec<FieldError>) -> Self {
        Self::fields(StatusCode::UNPROCESSABLE_ENTITY, errors)
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND).detail(detail)
    }

    /// 503: it will work again later; `retry_after_s` tells the caller when to ask.
    pub fn unavailable(detail: impl Into<String>, retry_after_s: u32) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE)
            .detail(detail)
            .header(header::RETRY_AFTER, HeaderValue::from(retry_after_s))
    }

    fn fields(status: StatusCode, errors: Vec<FieldError>) -> Self {
        let detail =
            errors.iter().map(|e| format!("{}: {}", e.field, e.detail)).collect::<Vec<_>>().join("; ");
        Self { errors, ..Self::new(status).detail(detail) }
    }

    /// Says in a sentence what is wrong.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Names the kind of problem for programs.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Adds a member to the body.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The status in words, such as "Not Found".
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    /// What the framework said, in our words. A server error is logged here, once, and leaves bare.
    #[must_use]
    pub fn from_error(error: poem::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(problem) => return problem,
            Err(error) => error,
        };
        Self::from_framework(&error).unwrap_or_else(|| {
            let status = error.status();
            if status.is_server_error() {
                tracing::error!(%error, "a request failed");
                return Self::new(status);
            }
            Self::new(status).detail(error.to_string())
        })
    }

    /// A body that did not arrive: 408 where it was too slow, 503 where there was no room for it, else 400.
    #[must_use]
    pub fn unreceived(error: &io::Error) -> Self {
        // Errors of a body travel wrapped.
        let kind =
            error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()).unwrap_or(error).kind();
        match kind {
            io::ErrorKind::TimedOut => Self::new(StatusCode::REQUEST_TIMEOUT)
                .detail(format!("The request was not received: {error}.")),
            io::ErrorKind::ResourceBusy => {
                Self::unavailable(format!("The request was not received: {error}."), 1)
            }
            _ => Self::unreadable("body", format!("could not be read: {error}")),
        }
    }

    fn from_framework(error: &poem::Error) -> Option<Self> {
        if error.is::<NotFoundError>() {
            return Some(Self::not_found("There is nothing at this address."));
        }
        if error.is::<MethodNotAllowedError>() {
            return Some(
                Self::new(StatusCode::METHOD_NOT_ALLOWED).detail("This address does not take that method."),
            );
        }
        if let Some(e) = error.downcast_ref::<ParseParamError>() {
            return Some(Self::unreadable(e.name, plain_reason(&e.reason)));
        }
        if let Some(e) = error.downcast_ref::<ParsePathError>() {
            // poem-openapi knows a path's parameters by position (`param0`); every one of ours is an id.
            let name = if e.name.starts_with("param") { "id" } else { e.name };
            return Some(Self::unreadable(name, plain_reason(&e.reason)));
        }
        if let Some(e) = error.downcast_ref::<ParseRequestPayloadError>() {
            return Some(Self::unreadable("body", plain_reason(&e.reason)));
        }
        if let Some(e) = error.downcast_ref::<ContentTypeError>() {
            return Some(Self::from(e));
        }
        match error.downcast_ref::<ReadBodyError>()? {
            ReadBodyError::PayloadTooLarge => Some(Self::new(StatusCode::PAYLOAD_TOO_LARGE)),
            ReadBodyError::Io(error) => Some(Self::unreceived(error)),
            other => Some(Self::unreadable("body", format!("could not be read: {other}"))),
        }
    }

    /// The answer as sent; `request_id` lets the caller quote it.
    #[must_use]
    pub fn to_response(&self, request_id: Option<&str>) -> Response {
        let mut body = Map::new();
        let kind =
            self.kind.map_or_else(|| "about:blank".to_owned(), |k| format!("urn:toolcrib:problem:{k}"));
        body.insert("type".into(), kind.into());
        body.insert("title".into(), self.title().into());
        body.insert("status".into(), self.status.as_u16().into());
        if !self.detail.is_empty() {
            body.insert("detail".into(), self.detail.clone().into());
        }
        if !self.errors.is_empty() {
            body.insert("errors".into(), serde_json::json!(self.errors));
        }
        body.extend(self.extra.clone());
        if let Some(id) = request_id {
            body.insert("request_id".into(), id.into());
        }
        let mut response = Response::builder()
            .status(self.status)
            .content_type(PROBLEM_JSON)
            .body(Value::Object(body).to_string());
        response.headers_mut().extend(self.headers.iter().cloned());
        response
    }
}

impl From<&ContentTypeError> for Problem {
    fn from(error: &ContentTypeError) -> Self {
        let detail = match error {
            ContentTypeError::NotSupported { content_type } => {
                format!("This address does not take `{content_type}`; its media type is in /docs.")
            }
            ContentTypeError::ExpectContentType => {
                "The request has a body but no Content-Type header; the media type is in /docs.".to_owned()
            }
        };
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE).detail(detail)
    }
}

/// Takes the framework's type names out of a parse message: `failed to parse "X": message (occurred ...)`.
fn plain_reason(reason: &str) -> String {
    let start =
        if reason.starts_with("failed to parse \"") { reason.find("\": ").map_or(0, |at| at + 3) } else { 0 };
    let rest = reason.get(start..).unwrap_or(reason);
    if rest.starts_with("Type \"") {
        return "is required".to_owned();
    }
    let end = rest.find(" (occurred while parsing").unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest).to_owned()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.title(), self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        self.to_response(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_carries_its_members_fields_and_request_id() {
        let problem = Problem::impossible(vec![FieldError::new("qty", "is 0; at least 1")]).with("free", 3);
        let response = problem.to_response(Some("r-1"));
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(response.content_type(), Some(PROBLEM_JSON));
        let body: Value = response.into_body().into_json().await.unwrap();
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["errors"][0]["field"], "qty");
        assert_eq!(body["detail"], "qty: is 0; at least 1");
        assert_eq!((&body["free"], &body["request_id"]), (&Value::from(3), &Value::from("r-1")));
    }

    #[test]
    fn a_parse_message_loses_the_frameworks_type_names() {
        let told =
            "failed to parse \"whole number\": `x` is not a whole number (occurred while parsing \"o\")";
        assert_eq!(plain_reason(told), "`x` is not a whole number");
        assert_eq!(plain_reason("anything else"), "anything else");
    }
}
