//! The rows of the picture: hardware, by provider.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    lane::{Lane, Scene},
    steps::steps,
    wish::Wish,
    words::{Line, Lines, cells},
};
use crate::{
    hardware_client::{Hardware, Outline},
    view::words::{self, number},
};

/// One provider's hardware on this page.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    provider: String,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    href: String,
    name: String,
    /// `4 units, 2 free now`
    note: String,
    capacity: String,
    lane: Lane,
    lines: Vec<Line>,
    more: Option<String>,
    cells: Vec<String>,
    /// Something is known of it.
    known: bool,
}

/// By provider, in the order in which they come up.
pub(super) fn groups(
    rows: Vec<Hardware>,
    outlines: Vec<Outline>,
    wish: &Wish,
    scene: &Scene<'_>,
) -> Vec<Group> {
    let outlines: HashMap<i64, Outline> = outlines.into_iter().map(|o| (o.hardware, o)).collect();
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let view = Row::new(&row, outlines.get(&row.id), wish, scene);
        match groups.iter_mut().find(|group| group.provider == row.provider) {
            Some(group) => group.rows.push(view),
            None => groups.push(Group { provider: row.provider, rows: vec![view] }),
        }
    }
    groups
}

impl Row {
    fn new(row: &Hardware, outline: Option<&Outline>, wish: &Wish, scene: &Scene<'_>) -> Self {
        let steps = outline.map(|outline| steps(outline, scene.calendar.parts())).unwrap_or_default();
        let capacity = outline.map_or(row.capacity, |outline| outline.capacity);
        let (lines, more) = Lines::new(scene).agenda(row.id, capacity, &steps);
        let units = words::count(capacity, "unit");
        Self {
            href: wish.search.window_only().link(&format!("/hardware/{}", row.id)),
            name: row.name.clone(),
            note: format!("{units}, {} free now", number(row.free_now)),
            capacity: number(capacity),
            lane: Lane::new(row.id, capacity, &steps, scene),
            lines,
            more: (more > 0).then(|| format!("{} more on its own page", words::count(more as u64, "change"))),
            cells: cells(&steps, scene.calendar, scene.times),
            known: !steps.is_empty(),
        }
    }
}
