//! Which hardware the form of a new task offers. A catalogue may have a million lines, so it offers the first ones,
//! and always the one that was chosen on its own page.

use poem::http::HeaderMap;
use serde::Serialize;

use crate::{
    hardware_client::{Entry, Failure, Hardware, ListQuery},
    state::App,
    view::words,
};

/// Lines of the catalogue that are offered at most.
const MAX_CHOICES: u32 = 100;

/// What the service said of the catalogue, as far as it said anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    /// Its first lines; `None` where it did not say.
    pub(crate) rows: Option<Vec<Hardware>>,
    /// Lines in all.
    pub(crate) total: Option<u64>,
    /// The one that was chosen.
    pub(crate) chosen: Option<Entry>,
}

impl Catalogue {
    /// Asks for the first lines and for the one that was chosen. The form is there without them.
    ///
    /// # Errors
    /// [`Failure::NotFound`] where there is no such line.
    pub(super) async fn ask(app: &App, chosen: Option<i64>, headers: HeaderMap) -> Result<Self, Failure> {
        let first = ListQuery { limit: Some(MAX_CHOICES), ..ListQuery::default() };
        let entry = async {
            match chosen {
                Some(id) => app.client.entry(id, headers.clone()).await.map(Some),
                None => Ok(None),
            }
        };
        let (listing, entry) = tokio::join!(app.client.list(&first, headers.clone()), entry);
        let missed =
            |error: &Failure| tracing::warn!(%error, "the form of a task lacks a part of the catalogue");
        let chosen = match entry {
            Err(Failure::NotFound) => return Err(Failure::NotFound),
            entry => entry.inspect_err(missed).ok().flatten(),
        };
        let listing = listing.inspect_err(missed).ok();
        let total = listing.as_ref().and_then(|listing| listing.total);
        Ok(Self { rows: listing.map(|listing| listing.rows), total, chosen })
    }
}

/// The select.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Choices {
    options: Vec<Choice>,
    /// What is not offered.
    hint: Option<String>,
    /// The way to what is not offered leads over the catalogue.
    more: bool,
    pub(super) why: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Choice {
    value: String,
    text: String,
    selected: bool,
}

impl Choices {
    /// What is offered where `chosen` was chosen.
    pub(super) fn new(catalogue: &Catalogue, chosen: Option<i64>, why: Option<String>) -> Self {
        let choice =
            |id: i64, text: String| Choice { value: id.to_string(), text, selected: chosen == Some(id) };
        let rows = catalogue.rows.as_deref().unwrap_or_default();
        let mut options: Vec<Choice> =
            rows.iter().map(|row| choice(row.id, named(&row.name, &row.provider))).collect();
        options.sort_by_cached_key(|choice| choice.text.to_lowercase());
        if let Some(id) = chosen.filter(|id| !rows.iter().any(|row| row.id == *id)) {
            let entry = catalogue.chosen.as_ref().filter(|entry| entry.id == id);
            let name =
                entry.map_or_else(|| format!("Hardware {id}"), |entry| named(&entry.name, &entry.provider));
            options.insert(0, choice(id, name));
        }
        let shown = rows.len() as u64;
        let total = catalogue.total.filter(|total| *total > shown);
        let hint = match (&catalogue.rows, total) {
            (None, _) => Some("The catalogue could not be looked up just now.".to_owned()),
            (_, Some(total)) => {
                Some(format!("These are {} of {}.", words::number(shown), words::number(total)))
            }
            _ => None,
        };
        Self { options, hint, more: total.is_some(), why }
    }
}

/// The name first: that is what a person types to find it in a list.
fn named(name: &str, provider: &str) -> String {
    format!("{name} ({provider})")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(id: i64, name: &str) -> Hardware {
        let row = json!({
            "id": id, "provider": "Lab", "name": name, "availability": "HIGH", "capacity": 1, "free": 1, "free_now": 1,
            "fits": true, "next_free_at": null,
        });
        serde_json::from_value(row).unwrap()
    }

    fn entry(id: i64) -> Entry {
        serde_json::from_value(json!({ "id": id, "provider": "Far", "name": "rig", "capacity": 1 })).unwrap()
    }

    fn offered(catalogue: &Catalogue, chosen: Option<i64>) -> (Vec<String>, Option<String>) {
        let choices = Choices::new(catalogue, chosen, None);
        let mark = |choice: &Choice| if choice.selected { "*" } else { "" };
        let text = |choice: &Choice| format!("{}{}={}", mark(choice), choice.value, choice.text);
        (choices.options.iter().map(text).collect(), choices.hint)
    }

    #[test]
    fn all_are_offered_by_name_and_the_chosen_one_is_selected() {
        let all = Catalogue { rows: Some(vec![row(1, "b"), row(2, "A")]), total: Some(2), chosen: None };
        assert_eq!(offered(&all, Some(1)), (vec!["2=A (Lab)".into(), "*1=b (Lab)".into()], None));
        assert_eq!(offered(&all, None).0, ["2=A (Lab)", "1=b (Lab)"]);
    }

    #[test]
    fn one_beyond_the_first_comes_first_under_its_name_and_the_others_are_counted() {
        let many = Catalogue { rows: Some(vec![row(1, "b")]), total: Some(1_363), chosen: Some(entry(900)) };
        let (options, hint) = offered(&many, Some(900));
        assert_eq!(options, ["*900=rig (Far)", "1=b (Lab)"]);
        assert_eq!(hint.as_deref(), Some("These are 1 of 1,363."));
    }

    #[test]
    fn without_the_catalogue_the_chosen_one_stays_chosen() {
        let (options, hint) = offered(&Catalogue::default(), Some(7));
        assert_eq!(options, ["*7=Hardware 7"]);
        assert!(hint.unwrap().contains("could not be looked up"));
    }
}
