//! A form as a browser sends it: `application/x-www-form-urlencoded`, bounded.

use poem::Body;

use crate::links;

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads up to `max_bytes`. What is no form has no fields.
    ///
    /// # Errors
    /// 413 for a longer one, 400 where it ends too early.
    pub async fn read(body: Body, max_bytes: usize) -> poem::Result<Self> {
        let bytes = body.into_bytes_limit(max_bytes).await?;
        Ok(Self(links::read_query(&String::from_utf8_lossy(&bytes))))
    }

    /// A field's value without the blanks around it; empty where there is no such field. Of two the first.
    #[must_use]
    pub fn field(&self, wanted: &str) -> &str {
        self.0.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.trim())
    }

    /// All fields in the order of the form.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_field_is_trimmed_of_two_the_first_counts_and_a_missing_one_is_empty() {
        let form = Form::read(Body::from("a=+1+&a=2&b=x%26y"), 100).await.unwrap();
        assert_eq!((form.field("a"), form.field("b"), form.field("c")), ("1", "x&y", ""));
        assert_eq!(form.fields().count(), 3);
    }

    #[tokio::test]
    async fn what_is_no_form_has_no_fields_and_what_is_too_long_is_refused() {
        let form = Form::read(Body::from(vec![0xff, 0x00, 0xfe]), 100).await.unwrap();
        assert_eq!(form.field("key"), "");
        assert!(Form::read(Body::from(vec![b'a'; 101]), 100).await.is_err());
    }
}
