//! Names of a schema and of its user, as we give them and no others: what is in a statement unasked must not be able to
//! end it.

/// MySQL's own schemas.
const SYSTEM_SCHEMAS: [&str; 4] = ["mysql", "sys", "information_schema", "performance_schema"];
/// Accounts that keep the server, here and on RDS.
const SYSTEM_USERS: [&str; 3] = ["root", "rdsadmin", "rdsrepladmin"];
const MAX_SCHEMA: usize = 64;
const MAX_USER: usize = 32;
const HOST: &str = "%";

/// A customer's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaName(String);

/// A customer's user, who may come from anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName(String);

impl SchemaName {
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn new(name: &str) -> Result<Self, String> {
        if SYSTEM_SCHEMAS.iter().any(|system| name.eq_ignore_ascii_case(system)) {
            return Err(format!(
                "`{name}` is MySQL's own; it must be the customer's schema, such as customer_a"
            ));
        }
        check(name, MAX_SCHEMA)?;
        Ok(Self(name.to_owned()))
    }

    /// The bare name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a statement names it.
    pub(super) fn quoted(&self) -> String {
        identifier(&self.0)
    }

    /// As a GRANT names it and nothing else: there `_` stands for any character, and `customer_a` would be `customerXa` too.
    /// Without wildcards (`partial_revokes`) it is itself, and an escaped one would be no schema at all.
    pub(super) fn pattern(&self, wildcards: bool) -> String {
        if wildcards { self.0.replace('_', "\\_") } else { self.0.clone() }
    }

    /// Whether a grant was meant for this schema, with its underscores escaped or not.
    pub(super) fn is_meant_by(&self, pattern: &str) -> bool {
        pattern.replace("\\_", "_") == self.0
    }
}

impl UserName {
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn new(name: &str) -> Result<Self, String> {
        if SYSTEM_USERS.iter().any(|system| name.eq_ignore_ascii_case(system)) {
            return Err(format!(
                "`{name}` keeps the server; it must be the customer's user, such as customer_a"
            ));
        }
        check(name, MAX_USER)?;
        Ok(Self(name.to_owned()))
    }

    /// The bare name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a statement names it.
    pub(super) fn quoted(&self) -> String {
        format!("{}@{}", text(&self.0), text(HOST))
    }

    /// As SHOW GRANTS names it.
    pub(super) fn shown(&self) -> String {
        format!("{}@{}", identifier(&self.0), identifier(HOST))
    }
}

fn check(name: &str, most: usize) -> Result<(), String> {
    let right =
        format!("a letter, and then letters, digits and `_`, {most} in all at most, such as customer_a");
    let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(known) && name.len() <= most {
        return Ok(());
    }
    Err(format!("`{}` cannot be; it must be {right}", name.escape_debug()))
}

/// A name in a statement.
pub(super) fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text in a statement, where `sql_mode` leaves the backslash its meaning.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_customers() {
        for name in ["customer_a", "A", "hardware", "c2_acme_labs", &"x".repeat(32)] {
            assert_eq!(SchemaName::new(name).unwrap().as_str(), name);
            assert_eq!(UserName::new(name).unwrap().as_str(), name);
        }
        assert!(SchemaName::new(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn other_names_are_refused_in_one_line_that_says_what_is_right() {
        let long = "x".repeat(65);
        for name in [
            "",
            "mysql",
            "SYS",
            "Information_Schema",
            "performance_schema",
            "a-b",
            "a b",
            "a`b",
            "a'b",
            "1a",
            "é",
            "_a",
            "a\nb",
            "a%",
            "a.b",
            &long,
        ] {
            let told = SchemaName::new(name).unwrap_err();
            assert!(told.ends_with("such as customer_a") && !told.contains('\n'), "{told}");
        }
        for name in ["root", "RDSADMIN", "a@b", "a\\", &long[..33]] {
            let told = UserName::new(name).unwrap_err();
            assert!(told.ends_with("such as customer_a"), "{told}");
        }
    }

    #[test]
    fn an_underscore_in_a_grant_is_an_underscore() {
        let schema = SchemaName::new("customer_a").unwrap();
        assert_eq!(
            (schema.pattern(true).as_str(), schema.quoted().as_str()),
            ("customer\\_a", "`customer_a`")
        );
        assert_eq!(schema.pattern(false), "customer_a");
        assert!(schema.is_meant_by("customer_a") && schema.is_meant_by("customer\\_a"));
        assert!(!schema.is_meant_by("customer%") && !schema.is_meant_by("customerXa"));
    }

    #[test]
    fn a_text_stays_in_its_quotes() {
        assert_eq!(text(r"a'b\c"), r"'a''b\\c'");
        assert_eq!(identifier("a`b"), "`a``b`");
    }
}
