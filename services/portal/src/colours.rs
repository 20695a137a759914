//! A customer's colours: read, refused where they could not be read by everybody, and written as a stylesheet.

use chassis::config::ConfigError;
use serde::{Deserialize, Serialize};

use crate::colour::Colour;

/// What the colours are laid over, and what they are compared with.
const STYLESHEET: &str = include_str!("../static/portal.css");
/// Least contrast of text. <https://www.w3.org/TR/WCAG22/#contrast-minimum>
const TEXT: f64 = 4.5;
/// Least contrast of what is no text. <https://www.w3.org/TR/WCAG22/#non-text-contrast>
const EDGE: f64 = 3.0;
/// What is on what, by the stylesheet's names, and how well it must be told apart.
const RULES: [(&str, &str, f64); 8] = [
    ("accent", "paper", TEXT),
    ("accent", "sheet", TEXT),
    ("accent", "wash", TEXT),
    ("on-solid", "solid", TEXT),
    ("ink", "wash", TEXT),
    ("ink-2", "wash", TEXT),
    ("wash-edge", "paper", EDGE),
    ("wash-edge", "sheet", EDGE),
];
const EXAMPLE: &str = "#742a5d #e7acd2";

/// The `[customer.colours]` section: each the light theme's and the dark one's `#rrggbb`, or empty for the portal's
/// own.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ColoursConfig {
    /// Links, focus, "you are here".
    pub accent: String,
    /// Filled buttons, which have white text.
    pub solid: String,
    /// Behind what is chosen, and behind bookings in a chart.
    pub wash: String,
    /// Around it.
    pub wash_edge: String,
}

/// The colours of the light theme and of the dark one.
type Pair = [Colour; 2];

impl ColoursConfig {
    /// The stylesheet that lays these colours over the portal's own; `None` where there are none.
    ///
    /// # Errors
    /// The first that is no pair of colours, or that cannot be told apart from what it is on.
    pub fn stylesheet(&self) -> Result<Option<String>, ConfigError> {
        let mut set = Vec::new();
        for (name, text) in self.by_name() {
            if !text.trim().is_empty() {
                let pair = read(text).map_err(|told| ConfigError::key(variable(name), told))?;
                set.push((name, pair));
            }
        }
        for (over, under, least) in RULES {
            check(&set, over, under, least)?;
        }
        let lines =
            set.iter().map(|(name, [light, dark])| format!("  --{name}: light-dark({light}, {dark});\n"));
        Ok((!set.is_empty()).then(|| format!(":root {{\n{}}}\n", lines.collect::<String>())))
    }

    /// Under the stylesheet's names.
    fn by_name(&self) -> [(&'static str, &str); 4] {
        [
            ("accent", &self.accent),
            ("solid", &self.solid),
            ("wash", &self.wash),
            ("wash-edge", &self.wash_edge),
        ]
    }
}

fn variable(name: &str) -> String {
    format!("CUSTOMER__COLOURS__{}", name.to_ascii_uppercase().replace('-', "_"))
}

fn read(text: &str) -> Result<Pair, String> {
    let mut words = text.split_whitespace();
    let (Some(light), Some(dark), None) = (words.next(), words.next(), words.next()) else {
        return Err(format!(
            "`{text}` is not two colours; write the light theme's and the dark one's, such as `{EXAMPLE}`"
        ));
    };
    let colour = |word: &str| word.parse::<Colour>().map_err(|error| format!("`{word}` {error}"));
    Ok([colour(light)?, colour(dark)?])
}

/// Only what the customer changed is looked at, and is to blame.
fn check(set: &[(&str, Pair)], over: &str, under: &str, least: f64) -> Result<(), ConfigError> {
    let Some((changed, _)) = [over, under].iter().find_map(|name| set.iter().find(|(n, _)| n == name)) else {
        return Ok(());
    };
    let pair = |name: &str| {
        let own = || {
            token(name)
                .ok_or_else(|| ConfigError::key(variable(changed), format!("no --{name} to compare with")))
        };
        set.iter().find(|(n, _)| *n == name).map_or_else(own, |(_, pair)| Ok(*pair))
    };
    let (front, back) = (pair(over)?, pair(under)?);
    for (theme, (front, back)) in ["light", "dark"].into_iter().zip(front.into_iter().zip(back)) {
        let contrast = front.contrast(back);
        if contrast < least {
            // Cut, not rounded: 4.46 must not read as if it were enough.
            let cut = (contrast * 10.0).floor() / 10.0;
            let told = format!(
                "{over} on {under} in the {theme} theme ({front} on {back}) has a contrast of {cut:.1}:1; it must \
                 be at least {least:.1}:1"
            );
            return Err(ConfigError::key(variable(changed), told));
        }
    }
    Ok(())
}

/// What the portal's own stylesheet calls `--name`.
fn token(name: &str) -> Option<Pair> {
    let value = STYLESHEET.split_once(&format!("--{name}: "))?.1.split_once(';')?.0;
    match value.strip_prefix("light-dark(").and_then(|rest| rest.strip_suffix(')')) {
        Some(both) => {
            let (light, dark) = both.split_once(", ")?;
            Some([light.parse().ok()?, dark.parse().ok()?])
        }
        None => value.parse().ok().map(|both| [both, both]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, text: &str) -> String {
        let mut config = ColoursConfig::default();
        let field = match name {
            "ACCENT" => &mut config.accent,
            "SOLID" => &mut config.solid,
            "WASH" => &mut config.wash,
            _ => &mut config.wash_edge,
        };
        text.clone_into(field);
        config.stylesheet().map_or_else(|error| error.to_string(), Option::unwrap_or_default)
    }

    /// The portal's own colours, as an operator would write them.
    fn shipped() -> ColoursConfig {
        let text = |name| token(name).map(|[light, dark]| format!("{light} {dark}")).unwrap();
        ColoursConfig {
            accent: text("accent"),
            solid: text("solid"),
            wash: text("wash"),
            wash_edge: text("wash-edge"),
        }
    }

    #[test]
    fn the_portals_own_colours_pass_their_own_rules_and_are_written_as_they_stand() {
        let css = shipped().stylesheet().unwrap().unwrap();
        for line in css.lines().filter(|line| line.contains("--")) {
            assert!(STYLESHEET.contains(line.trim()), "{line}");
        }
        assert_eq!(css.matches("light-dark(").count(), 4);
        assert!(css.starts_with(":root {\n  --accent: light-dark(#742a5d, #e7acd2);\n"), "{css}");
    }

    #[test]
    fn without_colours_there_is_no_stylesheet_and_one_alone_is_enough() {
        assert!(ColoursConfig::default().stylesheet().unwrap().is_none());
        assert_eq!(
            told("ACCENT", "#00497A  #8FCBFF"),
            ":root {\n  --accent: light-dark(#00497a, #8fcbff);\n}\n"
        );
    }

    #[test]
    fn what_is_no_pair_of_colours_is_told_with_its_variable() {
        for text in ["#742a5d", "#742a5d #e7acd2 #ffffff", "#742a5d,#e7acd2", "red #e7acd2", "#742a5d blue"] {
            for name in ["ACCENT", "SOLID", "WASH", "WASH_EDGE"] {
                let told = told(name, text);
                assert!(told.starts_with(&format!("CUSTOMER__COLOURS__{name}: `")), "{told}");
            }
        }
        assert!(told("ACCENT", "red blue").contains("#rrggbb"));
        assert!(told("ACCENT", "} body{display:none} #000000").contains("not two colours"));
    }

    #[test]
    fn what_cannot_be_told_apart_is_told_with_both_ratios() {
        for (name, text, words) in [
            (
                "ACCENT",
                "#8a8379 #e7acd2",
                "accent on paper in the light theme (#8a8379 on #f7f5f1) has a contrast of 3.4:1; it must be at least 4.5:1",
            ),
            ("ACCENT", "#742a5d #8a5a7a", "accent on paper in the dark theme"),
            (
                "ACCENT",
                "#767171 #e7acd2",
                "accent on paper in the light theme (#767171 on #f7f5f1) has a contrast of 4.4:1",
            ),
            (
                "SOLID",
                "#742a5d #e7acd2",
                "on-solid on solid in the dark theme (#ffffff on #e7acd2) has a contrast of 1.8:1",
            ),
            (
                "WASH",
                "#742a5d #341f2b",
                "accent on wash in the light theme (#742a5d on #742a5d) has a contrast of 1.0:1",
            ),
            (
                "WASH_EDGE",
                "#c9a9bb #9a6287",
                "wash-edge on paper in the light theme (#c9a9bb on #f7f5f1) has a contrast of 1.9:1; it must be at least 3.0:1",
            ),
        ] {
            let told = told(name, text);
            assert!(
                told.starts_with(&format!("CUSTOMER__COLOURS__{name}: ")) && told.contains(words),
                "{told}"
            );
        }
    }

    #[test]
    fn colours_are_compared_with_each_other_where_both_are_changed() {
        let dark_wash = ColoursConfig {
            wash: "#00497a #341f2b".into(),
            accent: "#ffffff #e7acd2".into(),
            ..ColoursConfig::default()
        };
        // White would do on that wash, and not on the light paper.
        assert!(dark_wash.stylesheet().unwrap_err().to_string().contains("accent on paper"));
        let blue = ColoursConfig {
            accent: "#00497a #8fcbff".into(),
            solid: "#00497a #2f6f9f".into(),
            wash: "#e3f0fa #102a3d".into(),
            wash_edge: "#5a86a8 #5a86a8".into(),
        };
        assert_eq!(blue.stylesheet().unwrap().unwrap().matches("--").count(), 4);
        let inks = ColoursConfig { wash: "#b0a8ac #341f2b".into(), ..ColoursConfig::default() };
        assert!(inks.stylesheet().unwrap_err().to_string().contains("on wash in the light theme"));
    }

    #[test]
    fn everything_that_is_compared_stands_in_the_stylesheet() {
        for name in RULES.iter().flat_map(|(over, under, _)| [over, under]) {
            assert!(token(name).is_some(), "--{name}");
        }
        assert_eq!(token("no-such"), None);
    }
}
