//! `/api/...`: diagnostics. Each answers without the database.

mod document;

use chassis::{Problem, json::Json};
use percent_encoding::percent_decode;
use poem::http::{StatusCode, Uri};
use poem_openapi::{Object, OpenApi, Tags, param::Query};
use serde::Serialize;

pub use self::document::describe;
use super::Shared;
use crate::domain::mirror::mirrored;

/// Bytes of a word at most. An address that is longer than the HTTP parser takes never gets here.
const MAX_WORD_BYTES: usize = 16 * 1024;
/// Objects have one of this many names, so that the diagnostics cannot fill a bucket.
const OBJECTS: u16 = 10_000;
const RETRY_AFTER_S: u32 = 1;

#[derive(Tags)]
enum Tag {
    /// Whether the parts work together; none of it needs the database.
    Diagnostics,
}

/// The process answers.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Alive")]
pub struct AliveView {
    /// `ok`.
    pub status: String,
}

/// A word and its mirror.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Mirrored")]
pub struct MirroredView {
    /// The mirror of the word.
    pub transformed: String,
}

/// An object was put.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Uploaded")]
pub struct UploadedView {
    /// `ok`.
    pub uploaded: String,
}

/// The handlers of `/api`.
pub struct DiagnosticsApi {
    /// What they use.
    pub context: Shared,
}

#[OpenApi(tag = "Tag::Diagnostics")]
impl DiagnosticsApi {
    /// Does the process answer?
    ///
    /// Says so as long as it does, also while the database or the storage is away; `/readyz` says whether it can work.
    #[oai(path = "/api/health", method = "get", operation_id = "get_health")]
    async fn get_health(&self) -> Json<AliveView> {
        Json(AliveView { status: "ok".to_owned() })
    }

    /// The mirror of a word
    ///
    /// Trims it, swaps the case of its letters, takes each digit 0 to 9 from nine, keeps all else, and reverses it
    /// by Unicode scalar values.
    #[oai(path = "/api/mirror", method = "get", operation_id = "get_mirror")]
    async fn get_mirror(
        &self,
        /// The word: UTF-8, up to 16 KiB; may be empty.
        word: Query<String>,
        uri: &Uri,
    ) -> poem::Result<Json<MirroredView>> {
        // The framework has seen that it is there, and has put a replacement character wherever it is no UTF-8.
        let word = as_sent(uri.query().unwrap_or_default(), "word").unwrap_or(word.0.into_bytes());
        if word.len() > MAX_WORD_BYTES {
            return Err(too_long(word.len()).into());
        }
        let word = String::from_utf8(word).map_err(|_| Problem::unreadable("word", "is not UTF-8"))?;
        Ok(Json(MirroredView { transformed: mirrored(&word) }))
    }

    /// Put an object into the storage
    ///
    /// A random number n from 0 to 9999, as `n.txt` with n as its text, into what `STORAGE_URL` names.
    #[oai(path = "/api/upload-random", method = "post", operation_id = "upload_random")]
    async fn upload_random(&self) -> poem::Result<Json<UploadedView>> {
        let n = rand::random_range(0..OBJECTS);
        let put = self.context.storage.put(&format!("{n}.txt"), n.to_string()).await;
        put.map_err(|why| {
            // Why is for operators: it may name hosts and folders.
            tracing::warn!(%why, "the storage did not take an object");
            Problem::unavailable("The storage cannot be reached or refuses; the log says why.", RETRY_AFTER_S)
        })?;
        Ok(Json(UploadedView { uploaded: "ok".to_owned() }))
    }
}

fn too_long(bytes: usize) -> Problem {
    Problem {
        errors: vec![chassis::problem::FieldError::new("word", format!("has {bytes} bytes"))],
        ..Problem::new(StatusCode::URI_TOO_LONG)
            .detail(format!("word: has {bytes} bytes; at most {MAX_WORD_BYTES}."))
    }
}

/// The first parameter of that name, decoded and no more: bytes that are no UTF-8 stay what they are.
fn as_sent(query: &str, name: &str) -> Option<Vec<u8>> {
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| decoded(key) == name.as_bytes()).map(|(_, value)| decoded(value))
}

/// As forms write it: a plus is a blank.
fn decoded(text: &str) -> Vec<u8> {
    let blanks: Vec<u8> = text.bytes().map(|byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&blanks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_parameter_of_a_name_is_taken_as_it_was_sent() {
        let word = |query| as_sent(query, "word");
        assert_eq!(word("a=1&word=x&word=y"), Some(b"x".to_vec()));
        assert_eq!(word("%77ord=%ff%00+%2B"), Some(b"\xff\0 +".to_vec()));
        assert_eq!(word("word=a=b"), Some(b"a=b".to_vec()));
        assert_eq!(word("word"), Some(Vec::new()));
        assert_eq!(word("words=1"), None);
    }
}
