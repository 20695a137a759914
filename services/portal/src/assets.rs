//! The stylesheets and the mark, in the binary or from the configuration, under names that carry a hash of what is in them.

use std::borrow::Cow;

use poem::http::HeaderValue;
use sha2::{Digest, Sha256};

/// Hex digits of the hash in a name and in an `ETag`: 64 bits, far more than two versions need.
const HASH_DIGITS: usize = 16;
const CSS: &str = "text/css; charset=utf-8";

/// One static file.
#[derive(Debug)]
pub struct Asset {
    /// Its media type.
    pub content_type: &'static str,
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// Its quoted entity tag.
    pub etag: HeaderValue,
    stem: &'static str,
    extension: &'static str,
    name: String,
}

impl Asset {
    fn new(
        stem: &'static str,
        extension: &'static str,
        content_type: &'static str,
        bytes: impl Into<Cow<'static, [u8]>>,
    ) -> Self {
        let bytes = bytes.into();
        let digest = Sha256::digest(&bytes);
        let mut hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        hash.truncate(HASH_DIGITS);
        let etag = HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        let name = format!("{stem}.{hash}.{extension}");
        Self { content_type, bytes, etag, stem, extension, name }
    }

    /// Its address, which changes with its bytes.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/static/{}", self.name)
    }
}

/// All static files.
#[derive(Debug)]
pub struct Assets {
    /// The whole stylesheet.
    pub stylesheet: Asset,
    /// The customer's colours, to be laid over it; empty where there are none.
    pub customer: Asset,
    /// The mark, which is also the icon.
    pub mark: Asset,
}

/// A static file that was asked for by name.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// Under its own name: it will never change.
    Current(&'a Asset),
    /// Under the name it had, or will have, in another version of the portal.
    OtherVersion(&'a Asset),
}

impl Assets {
    /// With the stylesheet of a customer's colours, where there is one.
    #[must_use]
    pub fn new(colours: Option<String>) -> Self {
        let mark = &include_bytes!("../static/mark.svg")[..];
        let portal = &include_bytes!("../static/portal.css")[..];
        Self {
            stylesheet: Asset::new("portal", "css", CSS, portal),
            customer: Asset::new("customer", "css", CSS, colours.unwrap_or_default().into_bytes()),
            mark: Asset::new("mark", "svg", "image/svg+xml", mark),
        }
    }

    /// Addresses of the stylesheets of a page, in their order.
    #[must_use]
    pub fn stylesheets(&self) -> Vec<String> {
        let customer = (!self.customer.bytes.is_empty()).then(|| self.customer.href());
        std::iter::once(self.stylesheet.href()).chain(customer).collect()
    }

    /// Finds a file by the last part of its address.
    ///
    /// While a new version is rolled out, a page of one version may ask the other version for its
    /// stylesheet. A slightly different one is better than none, so the hash need not match.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Found<'_>> {
        let asset = [&self.stylesheet, &self.customer, &self.mark].into_iter().find(|asset| {
            let hash = name.strip_prefix(asset.stem).and_then(|rest| rest.strip_suffix(asset.extension));
            hash.is_some_and(is_version)
        })?;
        Some(if asset.name == name { Found::Current(asset) } else { Found::OtherVersion(asset) })
    }
}

/// `.0123456789abcdef.`
fn is_version(part: &str) -> bool {
    let hash = part.strip_prefix('.').and_then(|rest| rest.strip_suffix('.'));
    hash.is_some_and(|hash| hash.len() == HASH_DIGITS && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_under_its_own_name_and_under_that_of_another_version() {
        let assets = Assets::new(None);
        let own = assets.stylesheet.href();
        let own = own.strip_prefix("/static/").unwrap();
        assert!(matches!(assets.find(own), Some(Found::Current(_))));
        assert!(matches!(assets.find("portal.0123456789abcdef.css"), Some(Found::OtherVersion(_))));
    }

    #[test]
    fn nothing_else_is_a_file() {
        for name in
            ["portal.css", "portal..css", "portal.0123.css", "mark.0123456789abcdef.css", "../Cargo.toml", ""]
        {
            assert!(Assets::new(None).find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_customers_colours_are_a_second_stylesheet_whose_name_changes_with_them() {
        assert_eq!(Assets::new(None).stylesheets().len(), 1);
        let [blue, red] = ["blue", "red"].map(|text| Assets::new(Some(text.to_owned())).stylesheets());
        assert!(
            blue[0] == red[0] && blue[1] != red[1] && blue[1].starts_with("/static/customer."),
            "{blue:?}"
        );
        let known = Assets::new(Some("blue".to_owned()));
        let [blue, red] = [&blue[1], &red[1]].map(|href| known.find(href.strip_prefix("/static/").unwrap()));
        assert!(matches!(blue, Some(Found::Current(asset)) if asset.bytes.as_ref() == b"blue"));
        assert!(matches!(red, Some(Found::OtherVersion(asset)) if asset.bytes.as_ref() == b"blue"));
    }
}
