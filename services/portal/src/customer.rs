//! Whom this deployment serves: how they are greeted, and what the pages are called.

use crate::config::CustomerConfig;

/// What the pages are called where the customer has no name for them.
const PROGRAM: &str = "Toolcrib";

/// Customers that every deployment knows, and their greetings. The hardware service knows the same.
const BUILT_IN: [(&str, &str); 3] = [("A", "Hi!"), ("B", "Dear Sir or Madam!"), ("C", "Moin!")];

/// What the pages say of the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// What the pages are called.
    pub title: String,
    /// How they are greeted; `None` for a customer that nobody knows.
    pub salutation: Option<String>,
}

impl Customer {
    /// The customer of this configuration.
    #[must_use]
    pub fn new(config: &CustomerConfig) -> Self {
        let title = config.title.trim();
        let title = if title.is_empty() { PROGRAM } else { title };
        Self { title: title.to_owned(), salutation: salutation(&config.name, &config.greeting) }
    }
}

/// Case and blanks of the name matter. A greeting from the configuration comes first, and makes a customer known;
/// but nobody at all is greeted by none.
fn salutation(name: &str, greeting: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let known = BUILT_IN.iter().find(|(built_in, _)| *built_in == name).map(|(_, greeting)| *greeting);
    let said = if greeting.is_empty() { known } else { Some(greeting) };
    said.map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_customers_are_greeted_and_nobody_else_is() {
        let greeted = |name: &str| salutation(name, "");
        assert_eq!(greeted("A").as_deref(), Some("Hi!"));
        assert_eq!(greeted("B").as_deref(), Some("Dear Sir or Madam!"));
        assert_eq!(greeted("C").as_deref(), Some("Moin!"));
        for name in ["", "a", "D", " A", "A ", "AB", "Hi!"] {
            assert_eq!(greeted(name), None, "{name}");
        }
    }

    #[test]
    fn a_greeting_from_the_configuration_wins_and_needs_a_name() {
        assert_eq!(salutation("C", "Servus!").as_deref(), Some("Servus!"));
        assert_eq!(salutation("K\u{f6}ln Labs", "Tach!").as_deref(), Some("Tach!"));
        assert_eq!(salutation("", "Hi!"), None);
    }
}
