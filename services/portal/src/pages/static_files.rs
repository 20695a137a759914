//! `/static/*`, `/customer.css` and `/favicon.ico`: the stylesheets and the mark.

use std::{borrow::Cow, sync::Arc};

use chassis::Problem;
use poem::{
    Request, Response, handler,
    http::{StatusCode, header},
    web::{Data, Path},
};

use crate::{
    assets::{Asset, Found},
    state::App,
};

/// The name changes with the bytes, so nobody ever needs to ask again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What is under this name may be another one tomorrow.
const ASK_AGAIN: &str = "no-cache";
/// The name of the icon is fixed by browsers.
const ONE_DAY: &str = "public, max-age=86400";

/// A static file by its name.
///
/// # Errors
/// 404 for any other name.
#[handler]
pub(crate) fn show_static(
    Data(app): Data<&Arc<App>>,
    Path(name): Path<String>,
    request: &Request,
) -> poem::Result<Response> {
    match app.assets.find(&name) {
        Some(Found::Current(asset)) => Ok(file(asset, FOR_EVER, request)),
        Some(Found::OtherVersion(asset)) => Ok(file(asset, ASK_AGAIN, request)),
        None => Err(Problem::not_found("There is nothing at this address.").into()),
    }
}

/// The customer's colours under a name that never changes; nothing where there are none.
#[handler]
pub(crate) fn show_colours(Data(app): Data<&Arc<App>>, request: &Request) -> Response {
    file(&app.assets.customer, ASK_AGAIN, request)
}

/// The icon that browsers ask for unasked.
#[handler]
pub(crate) fn show_icon(Data(app): Data<&Arc<App>>, request: &Request) -> Response {
    file(&app.assets.mark, ONE_DAY, request)
}

fn file(asset: &Asset, cache: &str, request: &Request) -> Response {
    let response = Response::builder().header(header::ETAG, &asset.etag).header(header::CACHE_CONTROL, cache);
    if is_known(asset, request) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    let response = response.content_type(asset.content_type);
    match &asset.bytes {
        Cow::Borrowed(bytes) => response.body(*bytes),
        Cow::Owned(bytes) => response.body(bytes.clone()),
    }
}

/// `If-None-Match` by weak comparison, as RFC 9110 asks: the compression in front may have weakened the tag.
fn is_known(asset: &Asset, request: &Request) -> bool {
    let tags = request.headers().get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let mut tags = tags.flat_map(|v| v.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == asset.etag.as_bytes())
}
