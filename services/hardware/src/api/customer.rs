//! `/`: the customer's salutation.

use chassis::{Problem, json::Json};
use poem_openapi::{Object, OpenApi, Tags};
use serde::Serialize;

use super::Shared;

#[derive(Tags)]
enum Tag {
    /// Whom this deployment serves.
    Customer,
}

/// How the customer is greeted.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Salutation", example)]
pub struct SalutationView {
    /// The greeting.
    pub response: String,
}

impl poem_openapi::types::Example for SalutationView {
    fn example() -> Self {
        Self { response: "Moin!".to_owned() }
    }
}

/// The handler of `/`.
pub struct CustomerApi {
    /// What it uses.
    pub context: Shared,
}

#[OpenApi(tag = "Tag::Customer")]
impl CustomerApi {
    /// How is the customer greeted?
    ///
    /// 404 where this deployment does not know its customer. Needs no database.
    #[oai(path = "/", method = "get", operation_id = "get_salutation")]
    async fn get_salutation(&self) -> poem::Result<Json<SalutationView>> {
        match &self.context.salutation {
            Some(response) => Ok(Json(SalutationView { response: response.clone() })),
            None => Err(Problem::not_found(
                "The customer is unknown: CUSTOMER_NAME is none that is built in, and CUSTOMER_GREETING says nothing.",
            )
            .into()),
        }
    }
}
