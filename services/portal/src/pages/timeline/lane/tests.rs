//! The geometry of a lane.

use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::calendar::Span;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn berlin() -> (Calendar, Writer) {
    let now = at("2026-06-11T11:42:07Z");
    let week = Calendar::new(Span::Week, "2026-06-11".parse().unwrap(), Tz::Europe__Berlin).unwrap();
    (week, Writer::new(Tz::Europe__Berlin, now))
}

fn step(from: &str, to: &str, free: u64, over: u64) -> Step {
    Step { from: at(from), to: at(to), free, over }
}

fn lane(steps: &[Step], capacity: u64, qty: u64) -> Lane {
    let (calendar, times) = berlin();
    Lane::new(7, capacity, steps, &Scene { calendar: &calendar, times: &times, qty })
}

/// Monday free, Tuesday half taken, Wednesday all, Thursday overbooked by one, free from Friday.
fn week() -> Vec<Step> {
    vec![
        step("2026-06-07T22:00:00Z", "2026-06-08T22:00:00Z", 4, 0),
        step("2026-06-08T22:00:00Z", "2026-06-09T22:00:00Z", 2, 0),
        step("2026-06-09T22:00:00Z", "2026-06-10T22:00:00Z", 0, 0),
        step("2026-06-10T22:00:00Z", "2026-06-11T22:00:00Z", 0, 1),
        step("2026-06-11T22:00:00Z", "2026-06-14T22:00:00Z", 4, 0),
    ]
}

#[test]
fn each_kind_is_one_path_and_the_highest_is_what_is_taken_most() {
    // Five units of four at most: 86 of 100 is five.
    let meant = [
        ("g-load", "M240 100V66H480V100Z"),
        ("g-full", "M480 100V32H720V100Z"),
        ("g-ov", "M720 100V14H960V100Z"),
        ("g-step thin", "M0 100H240V66H480V32H720V14H960V100H1680"),
    ];
    let drawn = lane(&week(), 4, 1).paths;
    assert_eq!(drawn.iter().map(|path| (path.class, path.d.as_str())).collect::<Vec<_>>(), meant);
}

#[test]
fn what_is_free_is_also_told_as_a_number_where_there_is_room() {
    let told: Vec<_> = lane(&week(), 4, 1).texts.into_iter().map(|t| (t.x, t.class, t.y, t.text)).collect();
    let meant = [
        ("0%", "g-t soft", 30, "4 of 4 free"),
        ("14.28%", "g-t", 26, "2 free"),
        ("28.57%", "g-t on", 30, "none free"),
        ("42.85%", "g-t ov", 30, "over by 1"),
        ("57.14%", "g-t soft", 30, "4 of 4 free"),
    ];
    assert_eq!(told, meant.map(|(x, class, y, text)| (x.to_owned(), class, y, text.to_owned())));
    let hour = [step("2026-06-07T22:00:00Z", "2026-06-07T23:00:00Z", 4, 0)];
    assert!(lane(&hour, 4, 1).texts.is_empty(), "no number fits on an hour of a week");
}

#[test]
fn what_is_still_to_come_can_be_booked_from_the_next_minute_on() {
    let links = lane(&week(), 4, 1).links;
    let all: Vec<_> = links.iter().map(|go| (go.href.as_str(), go.title.as_str(), go.x.as_str())).collect();
    let meant = [(
        "/hardware/7?from=2026-06-12T00:00&to=2026-06-15T00:00#book",
        "Book Fri 12 Jun to Sun 14 Jun, 4 free",
        "57.14%",
    )];
    assert_eq!(all, meant);
    let running = [step("2026-06-10T22:00:00Z", "2026-06-11T16:00:00Z", 3, 0)];
    let go = &lane(&running, 4, 2).links[0];
    assert_eq!(go.href, "/hardware/7?from=2026-06-11T13:43&to=2026-06-11T18:00&qty=2#book");
    assert!(lane(&running, 4, 4).links.is_empty(), "three are free, and four are wanted");
}

#[test]
fn an_hour_that_comes_twice_is_booked_as_an_instant() {
    let now = at("2026-06-11T11:42:07Z");
    let day = Calendar::new(Span::Day, "2026-10-25".parse().unwrap(), Tz::Europe__Berlin).unwrap();
    let times = Writer::new(Tz::Europe__Berlin, now);
    let scene = Scene { calendar: &day, times: &times, qty: 1 };
    let href = |from| scene.booking(7, &step(from, "2026-10-25T08:00:00Z", 1, 0)).unwrap();
    assert!(href("2026-10-25T00:00:00Z").starts_with("/hardware/7?from=2026-10-25T02:00&"));
    assert!(href("2026-10-25T01:00:00Z").starts_with("/hardware/7?from=2026-10-25T01:00:00Z&"));
}

#[test]
fn nothing_known_and_nothing_to_have_draw_nothing_wrong() {
    let nothing = lane(&[], 4, 1);
    assert!(nothing.paths.is_empty() && nothing.links.is_empty() && nothing.texts.is_empty());
    let none = [step("2026-06-07T22:00:00Z", "2026-06-14T22:00:00Z", 0, 0)];
    let of_none = lane(&none, 0, 1);
    assert_eq!(of_none.paths, [Path { class: "g-step thin", d: "M0 100H1680".to_owned() }]);
    assert!(of_none.links.is_empty());
}

proptest! {
    #[test]
    fn everything_stays_inside_the_picture(
        cuts in prop::collection::btree_set(0_i64..=168, 2..60),
        levels in prop::collection::vec((0_u64..10, 0_u64..u64::MAX), 60), capacity in 0_u64..10,
    ) {
        let (calendar, _) = berlin();
        let at = |hour: i64| calendar.window().0 + chrono::TimeDelta::hours(hour);
        let cuts: Vec<_> = cuts.into_iter().collect();
        let steps: Vec<Step> = cuts.windows(2).zip(&levels).map(|(cut, (free, over))| {
            let free = (*free).min(capacity);
            Step { from: at(cut[0]), to: at(cut[1]), free, over: if free == 0 { over % 3 } else { 0 } }
        }).collect();
        let lane = lane(&steps, capacity, 1);
        for path in &lane.paths {
            let numbers = path.d.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
            prop_assert!(numbers.map(|n| n.parse::<u64>().unwrap()).all(|n| n <= calendar.width()));
            prop_assert!(!path.d.contains('-') && path.d.starts_with('M'));
        }
        prop_assert!(lane.links.len() <= MAX_LINKS && lane.texts.len() <= steps.len());
    }
}
