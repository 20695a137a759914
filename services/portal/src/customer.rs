//! Whom this deployment serves: how they are greeted, and what the pages are called.

use chassis::customer;
use serde::Serialize;

use crate::config::CustomerConfig;

/// What the pages are called where the customer has no name for them.
const PROGRAM: &str = "Toolcrib";

/// What the pages say of the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// What the pages are called.
    pub title: String,
    /// How they are greeted; `None` for a customer that nobody knows.
    pub salutation: Option<Salutation>,
}

/// `Moin!` `Customer C`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Salutation {
    /// How they are greeted.
    pub greeting: String,
    /// Who is.
    pub name: String,
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

/// The salutation of the whole deployment, as a page says it: blanks alone greet nobody.
fn salutation(name: &str, greeting: &str) -> Option<Salutation> {
    let said = customer::salutation(name, greeting)?;
    let greeting = said.trim();
    // One letter alone would read as a slip.
    let name =
        if customer::built_in(name).is_some() { format!("Customer {name}") } else { name.trim().to_owned() };
    (!greeting.is_empty()).then(|| Salutation { greeting: greeting.to_owned(), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, greeting: &str) -> Option<String> {
        salutation(name, greeting).map(|said| format!("{}|{}", said.greeting, said.name))
    }

    #[test]
    fn the_built_in_customers_are_greeted_and_nobody_else_is() {
        assert_eq!(said("A", "").as_deref(), Some("Hi!|Customer A"));
        assert_eq!(said("B", "").as_deref(), Some("Dear Sir or Madam!|Customer B"));
        assert_eq!(said("C", "").as_deref(), Some("Moin!|Customer C"));
        for name in ["", "a", "D", " A", "A ", "AB", "Hi!"] {
            assert_eq!(said(name, ""), None, "{name}");
        }
    }

    #[test]
    fn a_greeting_from_the_configuration_wins_and_needs_a_name() {
        assert_eq!(said("C", "Servus!").as_deref(), Some("Servus!|Customer C"));
        assert_eq!(said("K\u{f6}ln Labs", "Tach!").as_deref(), Some("Tach!|K\u{f6}ln Labs"));
        assert_eq!(said("", "Hi!"), None);
        assert_eq!(said("C", "  "), None);
    }
}
