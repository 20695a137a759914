//! What a customer's user may do: all on its own schema that migrations and service do, and nothing else.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row};

use super::{
    admin::Admin,
    error::mysql_number,
    names::{SchemaName, UserName, identifier},
};

/// What migrations and service need, each of them. They come with the release that needs more: `ensure` runs before
/// `migrate`.
pub const WANTED: [&str; 7] = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "REFERENCES"];
/// The right to hand rights on; not a privilege of its own in what MySQL lists.
const GRANT_OPTION: &str = "GRANT OPTION";
/// No right at all, where there is only the one to hand on.
const USAGE: &str = "USAGE";
/// The tables of rights may not be read.
const HIDDEN: [u16; 2] = [1044, 1142];

/// What was done about a user's rights, and what is left.
#[derive(Debug, Default)]
pub struct Rights {
    /// Whether some were missing.
    pub granted: bool,
    /// Those on the schema that were too much, and are gone.
    pub revoked: Vec<String>,
    /// Those that were too much, and could not be taken: each with why.
    pub kept: Vec<String>,
    /// Others, as MySQL shows them: none of our business, but somebody's. None: they may not be looked at.
    pub others: Option<Vec<String>>,
}

/// Rights by the schema, or pattern, that they are on.
type BySchema = BTreeMap<String, Vec<String>>;

impl Admin {
    /// Brings the user's rights on the schema to [`WANTED`]. What is missing comes first, so that a running service never
    /// has less than it needs.
    ///
    /// # Errors
    /// The administrator lacks a right that is to be granted, or the right to grant it.
    pub async fn ensure_rights(
        &mut self,
        user: &UserName,
        schema: &SchemaName,
    ) -> Result<Rights, sqlx::Error> {
        let mut rights = Rights::default();
        let before = self.rights_on(user, schema).await?;
        let pattern = self.pattern(schema);
        let has = |right: &&str| before.get(&pattern).is_some_and(|all| all.iter().any(|a| a == right));
        if !WANTED.iter().all(has) {
            let (list, on) = (WANTED.join(", "), identifier(&pattern));
            self.execute(format!("GRANT {list} ON {on}.* TO {}", user.quoted())).await?;
            rights.granted = true;
        }
        for (on, found) in before {
            let surplus = surplus(found, on == pattern);
            if surplus.is_empty() {
                continue;
            }
            let named = format!("{} ON {}.*", surplus.join(", "), identifier(&on));
            match self.execute(format!("REVOKE {named} FROM {}", user.quoted())).await {
                Ok(()) => rights.revoked.push(named),
                Err(error) if is_hidden(&error) => rights.kept.push(named),
                Err(error) => return Err(error),
            }
        }
        rights.others = self.others(user, schema).await?;
        Ok(rights)
    }

    /// The user's rights on the schema, by the way its name is written. Empty as well where they may not be looked at.
    async fn rights_on(&mut self, user: &UserName, schema: &SchemaName) -> Result<BySchema, sqlx::Error> {
        let sql = "SELECT TABLE_SCHEMA, PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = ?";
        let rows: Vec<(String, String, String)> =
            sqlx::query_as(sql).bind(user.quoted()).fetch_all(self.conn()).await?;
        let mut found = BySchema::new();
        for (on, right, grantable) in rows.into_iter().filter(|(on, ..)| schema.is_meant_by(on)) {
            let rights = found.entry(on).or_default();
            if grantable == "YES" && !rights.iter().any(|right| right == GRANT_OPTION) {
                rights.push(GRANT_OPTION.to_owned());
            }
            rights.push(right);
        }
        Ok(found)
    }

    /// All but the rights on the schema: global ones, those on other schemas and on single tables, roles.
    async fn others(
        &mut self,
        user: &UserName,
        schema: &SchemaName,
    ) -> Result<Option<Vec<String>>, sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(format!("SHOW GRANTS FOR {}", user.quoted())));
        let rows = match sql.fetch_all(self.conn()).await {
            Err(error) if is_hidden(&error) => return Ok(None),
            other => other?,
        };
        let pattern = self.pattern(schema);
        let nothing = format!("GRANT USAGE ON *.* TO {}", user.shown());
        let ours = format!(" ON {}.* TO {}", identifier(&pattern), user.shown());
        let lines: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        let other = |line: &String| *line != nothing && !line.contains(&ours);
        Ok(Some(lines?.into_iter().filter(other).collect()))
    }
}

/// What of `found` is too much: all of it where the name is written so that it means neighbours too, or nobody.
fn surplus(found: Vec<String>, exact: bool) -> Vec<String> {
    let wanted = |right: &str| right == USAGE || (exact && WANTED.contains(&right));
    found.into_iter().filter(|right| !wanted(right)).collect()
}

fn is_hidden(error: &sqlx::Error) -> bool {
    mysql_number(error).is_some_and(|number| HIDDEN.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_depends_on_how_the_schema_is_written() {
        let all = |rights: &[&str]| rights.iter().map(|right| (*right).to_owned()).collect::<Vec<_>>();
        assert!(surplus(all(&WANTED), true).is_empty());
        assert_eq!(
            surplus(all(&["SELECT", "DROP", "GRANT OPTION", "USAGE"]), true),
            ["DROP", "GRANT OPTION"]
        );
        assert_eq!(surplus(all(&["SELECT"]), false), ["SELECT"]);
    }
}
