//! The stylesheet and the mark, in the binary, under names that carry a hash of what is in them.

use poem::http::HeaderValue;
use sha2::{Digest, Sha256};

/// Hex digits of the hash in a name and in an `ETag`: 64 bits, far more than two versions need.
const HASH_DIGITS: usize = 16;

/// One static file.
#[derive(Debug)]
pub struct Asset {
    /// Its media type.
    pub content_type: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
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
        bytes: &'static [u8],
    ) -> Self {
        let digest = Sha256::digest(bytes);
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

impl Default for Assets {
    fn default() -> Self {
        Self {
            stylesheet: Asset::new(
                "portal",
                "css",
                "text/css; charset=utf-8",
                include_bytes!("../static/portal.css"),
            ),
            mark: Asset::new("mark", "svg", "image/svg+xml", include_bytes!("../static/mark.svg")),
        }
    }
}

impl Assets {
    /// Finds a file by the last part of its address.
    ///
    /// While a new version is rolled out, a page of one version may ask the other version for its
    /// stylesheet. A slightly different one is better than none, so the hash need not match.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Found<'_>> {
        let asset = [&self.stylesheet, &self.mark].into_iter().find(|asset| {
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
        let assets = Assets::default();
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
            assert!(Assets::default().find(name).is_none(), "{name}");
        }
    }
}
