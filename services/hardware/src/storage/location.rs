//! What `STORAGE_URL` names.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// Where objects go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of S3, or of what speaks like it.
    Bucket {
        /// Its name.
        name: String,
        /// What every key begins with; empty: nothing.
        prefix: String,
    },
}

impl Location {
    /// Reads `s3://bucket/prefix` or `file:///folder`.
    ///
    /// # Errors
    /// What is wrong with it. The text is quoted up to its scheme only: it might hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err("must begin with s3:// or file://".to_owned());
        };
        match scheme {
            "s3" => Self::bucket(rest),
            "file" => Self::folder(rest),
            other => Err(format!("`{other}://` is not known; must begin with s3:// or file://")),
        }
    }

    fn bucket(rest: &str) -> Result<Self, String> {
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.contains(['@', ':']) {
            return Err("holds more than bucket and prefix; the rest is in AWS_* variables".to_owned());
        }
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if name.is_empty() || !name.chars().all(known) {
            return Err("names no bucket; must be s3://bucket or s3://bucket/prefix".to_owned());
        }
        Ok(Self::Bucket { name: name.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }

    fn folder(rest: &str) -> Result<Self, String> {
        let path = percent_decode_str(rest).decode_utf8().map_err(|_| "is not UTF-8".to_owned())?;
        if !path.starts_with('/') {
            return Err("must name a folder from the root on: file:///folder".to_owned());
        }
        Ok(Self::Folder(path.into_owned().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_folders_are_read() {
        let bucket = |name: &str, prefix: &str| Location::Bucket { name: name.into(), prefix: prefix.into() };
        for (url, expected) in [
            ("s3://b", bucket("b", "")),
            ("s3://b/", bucket("b", "")),
            ("s3://my.bucket-1/a/b/", bucket("my.bucket-1", "a/b")),
            ("file:///srv/objects", Location::Folder("/srv/objects".into())),
            ("file:///srv/my%20objects", Location::Folder("/srv/my objects".into())),
        ] {
            assert_eq!(Location::parse(url), Ok(expected), "{url}");
        }
    }

    #[test]
    fn what_is_neither_is_refused_without_showing_a_password() {
        for url in ["gs://b", "/srv", "s3://", "s3:///a", "s3://b b/", "file://srv", "file:///%ff", "S3://b"]
        {
            assert!(Location::parse(url).is_err(), "{url}");
        }
        assert!(Location::parse("gs://b").unwrap_err().contains("`gs://`"));
        for url in ["s3://key:hunter2@b/a", "ftp://u:hunter2@b"] {
            assert!(!Location::parse(url).unwrap_err().contains("hunter2"), "{url}");
        }
    }
}
