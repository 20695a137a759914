//! What there is to filter by.

use sqlx::FromRow;

use crate::db::{Conn, DbError, Statement, on_conn};

const PROVIDERS: Statement = Statement::both(
    "hardware_providers",
    "SELECT provider AS value, COUNT(*) AS matches FROM hardware WHERE archived_id = 0 GROUP BY provider ORDER BY provider LIMIT ?",
);
const CATEGORIES: Statement = Statement::both(
    "hardware_categories",
    "SELECT category AS value, COUNT(*) AS matches FROM hardware WHERE archived_id = 0 AND category <> '' GROUP BY category ORDER BY category LIMIT ?",
);
const LOCATIONS: Statement = Statement::both(
    "hardware_locations",
    "SELECT location AS value, COUNT(*) AS matches FROM hardware WHERE archived_id = 0 AND location <> '' GROUP BY location ORDER BY location LIMIT ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&PROVIDERS, &CATEGORIES, &LOCATIONS];

/// Different values that one facet lists at most.
const MAX_FACET_VALUES: i64 = 500;

/// One value of a facet, and how many hardware have it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Hardware that have it.
    pub matches: i64,
}

/// What there is to filter by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets {
    /// All providers, by name.
    pub providers: Vec<FacetValue>,
    /// All categories.
    pub categories: Vec<FacetValue>,
    /// All locations.
    pub locations: Vec<FacetValue>,
}

/// The values to filter by, at most [`MAX_FACET_VALUES`] each.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(conn: &mut Conn<'_>) -> Result<Facets, DbError> {
    Ok(Facets {
        providers: facet(conn, &PROVIDERS).await?,
        categories: facet(conn, &CATEGORIES).await?,
        locations: facet(conn, &LOCATIONS).await?,
    })
}

async fn facet(conn: &mut Conn<'_>, statement: &Statement) -> Result<Vec<FacetValue>, DbError> {
    on_conn!(conn, *statement, |sql, c| {
        sqlx::query_as::<_, FacetValue>(sql).bind(MAX_FACET_VALUES).fetch_all(&mut **c)
    })
}
