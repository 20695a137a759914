//! Whom this deployment serves, and how they are greeted.

/// Customers that every deployment knows, and their greetings.
const BUILT_IN: [(&str, &str); 3] = [("A", "Hi!"), ("B", "Dear Sir or Madam!"), ("C", "Moin!")];

/// How the customer called `name` is greeted; `None` for a customer that nobody knows. Case and blanks matter. A
/// `greeting` from the configuration comes first, and makes a customer known; but nobody at all is greeted by none.
#[must_use]
pub fn salutation(name: &str, greeting: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    if !greeting.is_empty() {
        return Some(greeting.to_owned());
    }
    built_in(name).map(str::to_owned)
}

/// How the customer called `name` is greeted in every deployment; `None` for all but a few.
#[must_use]
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, greeting)| *greeting)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("A", "", Some("Hi!"))]
    #[case("B", "", Some("Dear Sir or Madam!"))]
    #[case("C", "", Some("Moin!"))]
    #[case("C", "Servus!", Some("Servus!"))]
    #[case("D", "Salut !", Some("Salut !"))]
    #[case("", "", None)]
    #[case("", "Hi!", None)]
    #[case("D", "", None)]
    #[case("a", "", None)]
    #[case(" A", "", None)]
    #[case("A ", "", None)]
    #[case("AB", "", None)]
    fn the_customer_is_greeted_as_known(
        #[case] name: &str,
        #[case] greeting: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(salutation(name, greeting).as_deref(), expected);
    }
}
