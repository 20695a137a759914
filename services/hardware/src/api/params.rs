//! Parameter types that say in plain words what they expect. poem-openapi's own name Rust types in their errors.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

use crate::domain::{
    duration::{self, Duration},
    grain::Grain,
    moment::{EXPECTED, Moment},
    series::Until,
};

/// Makes a parameter type of `$inner`: its schema, and how it is read.
macro_rules! parameter {
    ($(#[$doc:meta])* $name:ident($inner:ty), $label:literal, $schema:expr, $read:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $label.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new($schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl ParseFromParameter for $name {
            fn parse_from_parameter(text: &str) -> ParseResult<Self> {
                let read: fn(&str) -> Result<$inner, String> = $read;
                read(text).map(Self).map_err(ParseError::custom)
            }
        }
    };
}

parameter!(
    /// A whole number; the range is the handler's business.
    WholeNumber(i64),
    "whole number",
    MetaSchema::new_with_format("integer", "int64"),
    |text| text.parse().map_err(|_| format!("`{}` is not a whole number", shortened(text)))
);

parameter!(
    /// A time: RFC 3339, or without offset wall-clock time in a zone.
    Time(Moment),
    "time",
    MetaSchema { example: Some("2026-06-11T14:00:00Z".into()), ..MetaSchema::new_with_format("string", "date-time") },
    |text| text.parse().map_err(|_| format!("`{}` {EXPECTED}", shortened(text)))
);

parameter!(
    /// True or false, as people and forms write it.
    Flag(bool),
    "flag",
    MetaSchema::new("boolean"),
    |text| match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" => Ok(false),
        _ => Err(format!("`{}` is neither true nor false", shortened(text))),
    }
);

parameter!(
    /// Ids apart by commas.
    Ids(Vec<i64>),
    "ids",
    MetaSchema { example: Some("1,2,7".into()), ..MetaSchema::new("string") },
    |text| {
        let read = |id: &str| id.trim().parse().map_err(|_| format!("`{}` is not a whole number", shortened(id)));
        text.split(',').map(read).collect()
    }
);

parameter!(
    /// Units of hardware, `id:units` apart by commas; one unit where none is named.
    Lines(Vec<(i64, i64)>),
    "lines",
    MetaSchema { example: Some("1:2,7:1".into()), ..MetaSchema::new("string") },
    |text| {
        let number = |text: &str| {
            text.trim().parse::<i64>().map_err(|_| format!("`{}` is not a whole number", shortened(text)))
        };
        let line = |text: &str| match text.split_once(':') {
            Some((id, units)) => Ok((number(id)?, number(units)?)),
            None => Ok((number(text)?, 1)),
        };
        text.split(',').map(line).collect()
    }
);

parameter!(
    /// How long, as ISO 8601 writes it.
    Length(Duration),
    "duration",
    MetaSchema { example: Some("PT4H".into()), ..MetaSchema::new_with_format("string", "duration") },
    |text| text.parse().map_err(|_| format!("`{}` {}", shortened(text), duration::EXPECTED))
);

parameter!(
    /// How coarse.
    GrainName(Grain),
    "grain",
    MetaSchema { enum_items: vec!["hour".into(), "day".into()], ..MetaSchema::new("string") },
    |text| match text.to_ascii_lowercase().as_str() {
        "hour" => Ok(Grain::Hour),
        "day" => Ok(Grain::Day),
        _ => Err(format!("`{}` is neither hour nor day", shortened(text))),
    }
);

parameter!(
    /// A day or a time, up to which something happens.
    Last(Until),
    "last day or time",
    MetaSchema { example: Some("2026-12-24".into()), ..MetaSchema::new("string") },
    |text| text.parse().map_err(|why| format!("`{}` {why}", shortened(text)))
);

parameter!(
    /// How much of a series an action is about.
    Scope(Reach),
    "scope",
    MetaSchema {
        enum_items: vec!["one".into(), "rest".into()],
        default: Some("one".into()),
        ..MetaSchema::new("string")
    },
    |text| match text {
        "one" => Ok(Reach::One),
        "rest" => Ok(Reach::Rest),
        _ => Err(format!("`{}` is neither one nor rest", shortened(text))),
    }
);

/// See [`Scope`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// This reservation alone.
    #[default]
    One,
    /// This one, and every later one of its series.
    Rest,
}

/// Lets `$name` be a text in a body too, read as the parameter is, and written as it would be read.
macro_rules! in_bodies {
    ($name:ident) => {
        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(text)) => Self::parse_from_parameter(&text),
                    other => Err(ParseError::expected_type(other.unwrap_or_default())),
                }
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some(self.0.to_string().into())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let read = text.trim().parse();
                read.map(Self).map_err(|why| D::Error::custom(format!("`{}` {why}", shortened(&text))))
            }
        }
    };
}

in_bodies!(Time);
in_bodies!(Last);

/// A parameter that may be missing, or there and empty, as a form sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<T>(pub Option<T>);

impl<T: Type> Type for Given<T> {
    const IS_REQUIRED: bool = false;
    type RawValueType = T::RawValueType;
    type RawElementValueType = T::RawElementValueType;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.0.as_ref().and_then(T::as_raw_value)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        match &self.0 {
            Some(value) => value.raw_element_iter(),
            None => Box::new(std::iter::empty()),
        }
    }
}

impl<T: ParseFromParameter> ParseFromParameter for Given<T> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        T::parse_from_parameter(text).map(|value| Self(Some(value))).map_err(ParseError::propagate)
    }

    fn parse_from_parameters<I: IntoIterator<Item = A>, A: AsRef<str>>(texts: I) -> ParseResult<Self> {
        texts.into_iter().next().map_or(Ok(Self(None)), |text| Self::parse_from_parameter(text.as_ref()))
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
