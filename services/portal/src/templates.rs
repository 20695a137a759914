//! The templates, in the binary: strict, so that a name no page gives is an error and not a hole.

use handlebars::{Handlebars, RenderError, TemplateError};
use serde::Serialize;

/// Every template, by the name pages and other templates call it. A test compares this with the folder.
const TEMPLATES: [(&str, &str); 35] = [
    ("again", include_str!("../templates/again.hbs")),
    ("amount", include_str!("../templates/amount.hbs")),
    ("band", include_str!("../templates/band.hbs")),
    ("blocked", include_str!("../templates/blocked.hbs")),
    ("book", include_str!("../templates/book.hbs")),
    ("booking-actions", include_str!("../templates/booking-actions.hbs")),
    ("booking-form", include_str!("../templates/booking-form.hbs")),
    ("booking-row", include_str!("../templates/booking-row.hbs")),
    ("bookings", include_str!("../templates/bookings.hbs")),
    ("chart", include_str!("../templates/chart.hbs")),
    ("empty", include_str!("../templates/empty.hbs")),
    ("errors", include_str!("../templates/errors.hbs")),
    ("free", include_str!("../templates/free.hbs")),
    ("hidden", include_str!("../templates/hidden.hbs")),
    ("icons", include_str!("../templates/icons.hbs")),
    ("item", include_str!("../templates/item.hbs")),
    ("layout", include_str!("../templates/layout.hbs")),
    ("line", include_str!("../templates/line.hbs")),
    ("next", include_str!("../templates/next.hbs")),
    ("pager", include_str!("../templates/pager.hbs")),
    ("pill", include_str!("../templates/pill.hbs")),
    ("problem", include_str!("../templates/problem.hbs")),
    ("quote", include_str!("../templates/quote.hbs")),
    ("reservation", include_str!("../templates/reservation.hbs")),
    ("select", include_str!("../templates/select.hbs")),
    ("soon", include_str!("../templates/soon.hbs")),
    ("stock-row", include_str!("../templates/stock-row.hbs")),
    ("task-new", include_str!("../templates/task-new.hbs")),
    ("tasks", include_str!("../templates/tasks.hbs")),
    ("time", include_str!("../templates/time.hbs")),
    ("timeline", include_str!("../templates/timeline.hbs")),
    ("unavailable", include_str!("../templates/unavailable.hbs")),
    ("upcoming", include_str!("../templates/upcoming.hbs")),
    ("why", include_str!("../templates/why.hbs")),
    ("window-fields", include_str!("../templates/window-fields.hbs")),
];

/// The compiled templates.
#[derive(Debug)]
pub struct Templates(Handlebars<'static>);

impl Templates {
    /// Compiles all templates.
    ///
    /// # Errors
    /// The template that cannot be compiled.
    pub fn load() -> Result<Self, Box<TemplateError>> {
        let mut all = Handlebars::new();
        all.set_strict_mode(true);
        all.register_escape_fn(escape);
        for (name, text) in TEMPLATES {
            all.register_template_string(name, text)?;
        }
        Ok(Self(all))
    }

    /// Prints `page` with the template called `name`.
    ///
    /// # Errors
    /// A name that the template prints and the page does not have.
    pub fn render(&self, name: &str, page: &impl Serialize) -> Result<String, Box<RenderError>> {
        self.0.render(name, page).map_err(Box::new)
    }
}

/// The five characters that mean something in HTML text and in quoted attributes. The library's own
/// function also escapes `=` and a backtick, for attributes without quotes; a test sees to it that the
/// templates have none, and links stay readable.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_template_and_the_other_way_round() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap();
        let mut files: Vec<String> = folder
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".hbs", ""))
            .collect();
        files.sort();
        assert_eq!(files, TEMPLATES.map(|(name, _)| name));
    }

    #[test]
    fn templates_neither_print_raw_nor_leave_an_attribute_without_quotes_nor_carry_style_or_script() {
        for (name, text) in TEMPLATES {
            for never in
                ["{{{", "{{&", "={{", "style=", "<style", "<script", "javascript:", "http://", "https://"]
            {
                assert!(!text.contains(never), "{name} has {never}");
            }
            assert!(!text.contains(" on") || !text.contains("=\"on"), "{name}");
        }
    }

    #[test]
    fn a_name_that_the_page_does_not_have_is_an_error() {
        let templates = Templates::load().unwrap();
        let error = templates.render("time", &serde_json::json!({ "iso": "x" })).unwrap_err();
        assert!(error.to_string().contains("text"), "{error}");
    }

    #[test]
    fn what_html_could_take_for_markup_is_escaped() {
        assert_eq!(
            escape("\"><script>alert('1')</script>&"),
            "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"
        );
    }
}
