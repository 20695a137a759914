//! Who is told what, and when.

use super::*;

const CONFIG: ServerConfig = ServerConfig {
    header_timeout_s: 5,
    idle_timeout_s: 75,
    stall_timeout_s: 10,
    max_age_s: 600,
    max_connections: 1,
    max_open: 1,
};

struct Scene(Arc<CoarseClock>, Activity);

impl Scene {
    fn new(multiplexed: bool) -> Self {
        let clock = Arc::new(CoarseClock::default());
        clock.set(1_000);
        Self(clock.clone(), Activity::new(clock, multiplexed))
    }

    fn answered(multiplexed: bool) -> Self {
        let scene = Self::new(multiplexed);
        scene.1.begins();
        scene.1.ends();
        scene
    }

    /// What it is told `after_ms` from its opening.
    fn told(&self, after_ms: u64, crowded: bool, ending_for_ms: Option<u64>) -> Order {
        self.0.set(1_000 + after_ms);
        self.1.judged(Times { now_ms: 1_000 + after_ms, crowded, ending_for_ms }, &CONFIG)
    }
}

#[test]
fn a_head_has_its_time_and_no_more() {
    let scene = Scene::new(false);
    assert_eq!(scene.told(5_000, false, None), Order::Stay);
    assert_eq!(scene.told(5_001, false, None), Order::Leave("header_timeout"));
    scene.1.begins();
    assert_eq!(scene.told(60_000, false, None), Order::Stay, "work may take its time");
}

#[test]
fn a_resting_connection_stays_until_it_begins_a_head_and_does_not_end_it() {
    let scene = Scene::answered(false);
    assert_eq!(scene.told(75_000, false, None), Order::Stay);
    assert_eq!(scene.told(75_001, false, None), Order::Leave("idle"));
    let scene = Scene::answered(false);
    scene.0.set(31_000);
    scene.1.reads();
    assert_eq!(scene.told(35_000, false, None), Order::Stay);
    scene.1.reads();
    assert_eq!(scene.told(35_001, false, None), Order::Leave("header_timeout"), "more of it is no new head");
}

#[test]
fn frames_of_http2_are_no_head() {
    let scene = Scene::answered(true);
    scene.1.reads();
    assert_eq!(scene.told(70_000, false, None), Order::Stay);
    assert_eq!(scene.told(75_001, false, None), Order::Leave("idle"));
}

#[test]
fn whoever_takes_nothing_is_left_and_what_was_taken_buys_time() {
    let scene = Scene::new(false);
    scene.1.begins();
    scene.1.is_blocked();
    assert_eq!(scene.told(10_000, false, None), Order::Stay);
    assert_eq!(scene.told(10_001, false, None), Order::Leave("stalled"));
    scene.1.writes(320_000);
    scene.1.is_blocked();
    assert_eq!(scene.told(30_000, false, None), Order::Stay, "20 s more for 320 kB");
    assert_eq!(scene.told(30_002, false, None), Order::Leave("stalled"));
}

#[test]
fn those_who_rest_make_place_and_the_busy_finish() {
    let busy = Scene::new(false);
    busy.1.begins();
    assert_eq!(busy.told(10, true, None), Order::Finish);
    let resting = Scene::answered(false);
    assert_eq!(resting.told(999, true, None), Order::Finish, "one that is in use loses nothing");
    assert_eq!(resting.told(1_000, true, None), Order::Leave("crowded"));
}

#[test]
fn the_old_begin_anew_and_at_the_end_all_go() {
    let scene = Scene::answered(false);
    scene.0.set(600_000);
    scene.1.ends();
    scene.1.begins();
    assert_eq!(scene.told(600_001, false, None), Order::Finish);
    assert_eq!(scene.told(700, false, Some(400)), Order::Finish, "a request may be on its way");
    let resting = Scene::answered(false);
    assert_eq!(resting.told(700, false, Some(400)), Order::Finish);
    assert_eq!(resting.told(800, false, Some(500)), Order::Leave("shutdown"));
    assert_eq!(Scene::answered(true).told(800, false, Some(500)), Order::Finish, "HTTP/2 says goodbye");
}

#[tokio::test]
async fn an_order_is_given_once_and_the_stronger_one_wins() {
    let Scene(_, activity) = Scene::new(false);
    assert!(activity.tell(Order::Finish));
    assert!(activity.is_last_answer());
    assert!(!activity.must_leave().await);
    assert!(!activity.tell(Order::Finish) && !activity.tell(Order::Stay));
    assert!(activity.tell(Order::Leave("idle")));
    assert!(activity.must_leave().await);
}
