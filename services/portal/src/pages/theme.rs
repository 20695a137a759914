//! `POST /theme`: light, dark or as the system has it; then back to where the visitor was.

use chassis::Problem;
use poem::{
    Body, Response, handler,
    http::{StatusCode, header},
};

use crate::{form::Form, theme::Theme, view::layout::MAX_BACK};

/// The form has two short fields; an address of [`MAX_BACK`] bytes may be three times as long when escaped.
const MAX_FORM_BYTES: usize = 4 * MAX_BACK;

/// Keeps the choice in a cookie.
///
/// # Errors
/// 400 for a theme that there is not, 413 for a form that is too long.
#[handler]
pub(crate) async fn choose_theme(body: Body) -> poem::Result<Response> {
    let form = Form::read(body, MAX_FORM_BYTES).await?;
    let Some(theme) = Theme::from_word(form.field("theme")) else {
        return Err(Problem::unreadable("theme", "must be system, light or dark").into());
    };
    let back = Some(form.field("back")).filter(|path| is_own_path(path)).unwrap_or("/");
    Ok(Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, back)
        .header(header::SET_COOKIE, theme.cookie())
        .finish())
}

/// Whether a browser can only take `path` as an address on this site: it begins with one slash, and has
/// neither backslashes (browsers read `/\` as `//`) nor anything that would have to be escaped in a header.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= MAX_BACK
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_our_own_leads_back() {
        for good in ["/", "/hardware/7?from=2026-06-11T14:00&q=a%20b", "/?q=//x"] {
            assert!(is_own_path(good), "{good}");
        }
        let long = format!("/{}", "x".repeat(MAX_BACK));
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/\t/evil",
            "/ü",
            &long,
        ] {
            assert!(!is_own_path(bad), "{bad}");
        }
    }
}
