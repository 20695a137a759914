//! Refuses forms that another site sends in a visitor's name.
//!
//! The browser says who sends a request, and a page cannot forge it: first `Sec-Fetch-Site`, in older
//! browsers `Origin`. A request with neither is no browser's, and carries no visitor's cookies. The cookies
//! are `SameSite=Lax` besides. (The same rule as Go's `http.CrossOriginProtection`.)

use std::sync::Arc;

use chassis::Problem;
use poem::{
    Endpoint, Request, Response, Result,
    http::{HeaderMap, StatusCode, header},
};

/// Lets a request pass unless it would change something on another site's behalf.
///
/// # Errors
/// 403 where the request comes from another site.
pub async fn same_origin<E: Endpoint<Output = Response>>(
    inner: Arc<E>,
    request: Request,
) -> Result<Response> {
    if !request.method().is_safe() && !is_own(request.headers()) {
        return Err(Problem::new(StatusCode::FORBIDDEN)
            .detail("Go back to the page and try again there.")
            .into());
    }
    inner.call(request).await
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST.as_str())
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderName, HeaderValue};

    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
        is_own(&headers.collect())
    }

    #[test]
    fn the_browsers_own_word_decides() {
        assert!(own(&[("sec-fetch-site", "same-origin")]) && own(&[("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site", "anything"] {
            assert!(
                !own(&[("sec-fetch-site", site), ("origin", "http://a:5000"), ("host", "a:5000")]),
                "{site}"
            );
        }
    }

    #[test]
    fn without_it_the_origin_must_be_our_host_with_its_port() {
        assert!(own(&[("origin", "http://a:5000"), ("host", "a:5000")]));
        for origin in ["http://b:5000", "http://a", "http://a:5001", "null", ""] {
            assert!(!own(&[("origin", origin), ("host", "a:5000")]), "{origin}");
        }
        assert!(!own(&[("origin", "http://a")]), "no host to compare with");
    }

    #[test]
    fn a_program_without_either_is_not_a_browser() {
        assert!(own(&[("host", "a:5000")]));
    }
}
