//! Several at once: two customers' Jobs, and one customer's Job started twice.

use tokio::task::JoinSet;

use crate::database::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_are_made_at_once_each_of_them_also_twice() {
    let site = Site::new().await;
    let names: Vec<_> = ["a", "b", "a", "b", "a", "b"].map(|name| site.name(name)).to_vec();
    let mut running = JoinSet::new();
    for name in names.clone() {
        let site = site.clone();
        running.spawn(async move { (site.ensure(&name, &name, "one").await, name) });
    }
    let told = running.join_all().await;
    for name in &names[..2] {
        let of_this = || told.iter().filter(|(_, of)| of == name).map(|(told, _)| told.is(0));
        let count = |line: String| of_this().filter(|told| told.out.contains(&line)).count();
        assert_eq!(
            (count(format!("schema {name}: created\n")), count(format!("user {name}: created\n"))),
            (1, 1)
        );
        site.as_customer(name, "one", &["migrate"]).await.is(0);
    }
}

/// Who retains after somebody else has would retain the new password, and the former one would be lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_that_is_started_several_times_keeps_the_former_password() {
    let site = Site::new().await;
    let name = site.name("a");
    site.ensure(&name, &name, "one").await.is(0);
    let mut running = JoinSet::new();
    for turn in 0..6 {
        let (site, name) = (site.clone(), name.clone());
        running.spawn(async move {
            if turn % 2 == 0 {
                site.rotate(&name, "two").await
            } else {
                site.ensure(&name, &name, "two").await
            }
        });
    }
    let told = running.join_all().await;
    let changed = told.iter().filter(|told| told.is(0).out.contains("changed")).count();
    assert_eq!(changed, 1);
    for password in ["one", "two"] {
        site.enter(&name, password).await.unwrap();
    }
}
