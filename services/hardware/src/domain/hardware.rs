//! One bookable line of the catalogue, valid by construction.

use chrono_tz::Tz;

use super::{
    Invalid,
    tags::Tags,
    text::{self, Breaks},
};

/// Units of one hardware at most.
pub const MAX_CAPACITY: i64 = 1_000_000;
/// The longest buffer after a booking: 366 days, in seconds.
pub const MAX_BUFFER_S: i64 = 366 * 86_400;
/// Characters at most, by field; the columns of the schema are as wide.
pub const MAX_PROVIDER_CHARS: usize = 100;
/// See [`MAX_PROVIDER_CHARS`].
pub const MAX_NAME_CHARS: usize = 200;
/// See [`MAX_PROVIDER_CHARS`].
pub const MAX_CATEGORY_CHARS: usize = 100;
/// See [`MAX_PROVIDER_CHARS`].
pub const MAX_LOCATION_CHARS: usize = 200;
/// See [`MAX_PROVIDER_CHARS`].
pub const MAX_DESCRIPTION_CHARS: usize = 2_000;

/// One bookable line of the catalogue. Texts carry no outer blanks and no control characters (a description
/// may have line breaks); an empty category, location or description means that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hardware {
    /// Who has it: "Amazon", "Lab B2". Not empty.
    pub provider: String,
    /// What it is called there. Not empty.
    pub name: String,
    /// Units, 0 to [`MAX_CAPACITY`].
    pub capacity: i64,
    /// Seconds that a unit stays blocked after a booking, 0 to [`MAX_BUFFER_S`].
    pub buffer_s: i64,
    /// The zone that its wall-clock times are in.
    pub tz: Option<Tz>,
    /// A word to filter by.
    pub category: String,
    /// Where it stands.
    pub location: String,
    /// Whatever a person should know.
    pub description: String,
    /// `key=value`.
    pub tags: Tags,
}

/// New values for some fields; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// See [`Hardware::provider`].
    pub provider: Option<String>,
    /// See [`Hardware::name`].
    pub name: Option<String>,
    /// See [`Hardware::capacity`].
    pub capacity: Option<i64>,
    /// See [`Hardware::buffer_s`].
    pub buffer_s: Option<i64>,
    /// A zone's name; an empty one takes the zone away.
    pub tz: Option<String>,
    /// See [`Hardware::category`].
    pub category: Option<String>,
    /// See [`Hardware::location`].
    pub location: Option<String>,
    /// See [`Hardware::description`].
    pub description: Option<String>,
    /// All tags anew.
    pub tags: Option<Vec<String>>,
    /// Tags to set one by one, after `tags`; an empty value removes the key.
    pub set_tags: Vec<(String, String)>,
}

impl Hardware {
    /// What a hardware is before anybody said anything of it: capacity 1, no buffer. Not valid by itself.
    fn blank() -> Self {
        let none = String::new;
        Self {
            provider: none(),
            name: none(),
            capacity: 1,
            buffer_s: 0,
            tz: None,
            category: none(),
            location: none(),
            description: none(),
            tags: Tags::default(),
        }
    }

    /// A new hardware. What `changes` does not name has its default.
    ///
    /// # Errors
    /// Every field that is missing or impossible.
    pub fn new(changes: &Changes) -> Result<Self, Vec<Invalid>> {
        Self::blank().changed(changes)
    }

    /// This hardware with `changes`.
    ///
    /// # Errors
    /// Every field that would be impossible.
    pub fn changed(&self, changes: &Changes) -> Result<Self, Vec<Invalid>> {
        let mut wrong = Vec::new();
        let mut keep = |result: Result<(), Invalid>| wrong.extend(result.err());
        let mut new = self.clone();
        keep(set_text(&mut new.provider, changes.provider.as_deref(), "provider", MAX_PROVIDER_CHARS));
        keep(set_text(&mut new.name, changes.name.as_deref(), "name", MAX_NAME_CHARS));
        keep(set_text(&mut new.category, changes.category.as_deref(), "category", MAX_CATEGORY_CHARS));
        keep(set_text(&mut new.location, changes.location.as_deref(), "location", MAX_LOCATION_CHARS));
        keep(set_text(
            &mut new.description,
            changes.description.as_deref(),
            "description",
            MAX_DESCRIPTION_CHARS,
        ));
        keep(set_number(&mut new.capacity, changes.capacity, "capacity", MAX_CAPACITY));
        keep(set_number(&mut new.buffer_s, changes.buffer_s, "buffer_s", MAX_BUFFER_S));
        keep(set_zone(&mut new.tz, changes.tz.as_deref()));
        keep(set_tags(&mut new.tags, changes));
        for (field, text) in [("provider", &new.provider), ("name", &new.name)] {
            if text.is_empty() && !wrong.iter().any(|w: &Invalid| w.field == field) {
                wrong.push(Invalid::new(field, "is required and must not be empty"));
            }
        }
        if wrong.is_empty() { Ok(new) } else { Err(wrong) }
    }
}

fn set_text(
    target: &mut String,
    text: Option<&str>,
    field: &'static str,
    max_chars: usize,
) -> Result<(), Invalid> {
    let Some(given) = text else { return Ok(()) };
    let breaks = if field == "description" { Breaks::Allowed } else { Breaks::Refused };
    *target = text::bounded(field, given, max_chars, breaks)?;
    Ok(())
}

fn set_number(target: &mut i64, number: Option<i64>, field: &'static str, max: i64) -> Result<(), Invalid> {
    let Some(number) = number else { return Ok(()) };
    if !(0..=max).contains(&number) {
        return Err(Invalid::new(field, format!("is {number}; it must be 0 to {max}")));
    }
    *target = number;
    Ok(())
}

fn set_zone(target: &mut Option<Tz>, name: Option<&str>) -> Result<(), Invalid> {
    match name.map(str::trim) {
        None => {}
        Some("") => *target = None,
        Some(name) => *target = Some(zone("tz", name)?),
    }
    Ok(())
}

/// The zone of this name in the IANA database.
///
/// # Errors
/// `field` does not name one.
pub fn zone(field: &'static str, name: &str) -> Result<Tz, Invalid> {
    let shown: String = name.chars().take(40).collect();
    name.parse()
        .map_err(|_| Invalid::new(field, format!("`{shown}` is not a time zone such as Europe/Berlin")))
}

fn set_tags(target: &mut Tags, changes: &Changes) -> Result<(), Invalid> {
    if let Some(tags) = &changes.tags {
        *target = Tags::new(tags)?;
    }
    if !changes.set_tags.is_empty() {
        *target = target.with(&changes.set_tags)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(provider: &str, name: &str) -> Changes {
        Changes { provider: Some(provider.into()), name: Some(name.into()), ..Changes::default() }
    }

    fn fields(result: Result<Hardware, Vec<Invalid>>) -> Vec<std::borrow::Cow<'static, str>> {
        result.unwrap_err().into_iter().map(|invalid| invalid.field).collect()
    }

    #[test]
    fn a_name_and_a_provider_suffice_and_lose_their_outer_blanks() {
        let hardware = Hardware::new(&named(" Amazon ", "c5\n")).unwrap();
        assert_eq!((hardware.provider.as_str(), hardware.name.as_str()), ("Amazon", "c5"));
        assert_eq!((hardware.capacity, hardware.buffer_s, hardware.tz), (1, 0, None));
    }

    #[test]
    fn every_wrong_field_is_named_once() {
        let wrong = Changes {
            capacity: Some(-1),
            buffer_s: Some(MAX_BUFFER_S + 1),
            tz: Some("Mars/Olympus".into()),
            tags: Some(vec!["x".into()]),
            ..named(" ", &"x".repeat(MAX_NAME_CHARS + 1))
        };
        assert_eq!(fields(Hardware::new(&wrong)), ["name", "capacity", "buffer_s", "tz", "tags", "provider"]);
        assert_eq!(fields(Hardware::new(&named("a\0b", "c"))), ["provider"]);
    }

    #[test]
    fn what_is_not_named_stays() {
        let hardware =
            Hardware::new(&Changes { tz: Some("Europe/Berlin".into()), ..named("a", "b") }).unwrap();
        let changed = hardware.changed(&Changes { capacity: Some(0), ..Changes::default() }).unwrap();
        assert_eq!((changed.capacity, changed.tz, changed.name.as_str()), (0, hardware.tz, "b"));
        let cleared = changed.changed(&Changes { tz: Some(String::new()), ..Changes::default() }).unwrap();
        assert_eq!(cleared.tz, None);
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(Hardware::new(&named(&"é".repeat(MAX_PROVIDER_CHARS), "x")).is_ok());
    }
}
