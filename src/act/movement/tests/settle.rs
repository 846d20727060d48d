//! Causes of rollbacks that are dealt with.

use super::*;
use crate::act::movement::{Settle, Settling, settle};

fn try_settle(world: &mut World, version: &str, reason: &str) -> Result<Settle, Refusal> {
    let (service, occasion) = (shop(), world.occasion());
    let settling = Settling { service: &service, version, reason };
    let settled = settle(&world.tree, MAIN, settling, Moment::present(world.now), &occasion)?;
    world.apply(settled.writes());
    Ok(settled)
}

fn settled(world: &World) -> Vec<String> {
    let registry = world.registry();
    let each = registry.services["shop"].settled.iter();
    each.map(|(version, settled)| {
        format!("{version} {}: {}", &format_time(settled.at)[8..16], settled.reason)
    })
    .collect()
}

#[test]
fn it_frees_the_way_back_once() {
    for mut world in World::both("", &[]) {
        world.goes("1.1.0", None);
        let done = try_settle(&mut world, "1.2.0", "load test passed").unwrap();
        let freed: Vec<_> = done
            .freed
            .iter()
            .map(|one| (one.environment.as_str(), one.before, one.after, one.ping_pong))
            .collect();
        assert_eq!(freed, [("prod", Level::Hold, Level::Allow, true)]);
        assert_eq!(settled(&world), ["1.2.0 22T03:05: load test passed"]);
        assert_eq!(world.record()[2], "settled 1.2.0: load test passed");

        world.now = at("22T05");
        let again = try_settle(&mut world, "1.2.0", "something else").unwrap();
        assert!(again.stood.is_some() && again.changes.is_empty() && again.says.is_empty());
        assert_eq!(again.notes, ["the reason that stands there is another, and stays: load test passed"]);
        assert_eq!(again.freed[0].after, Level::Allow);

        // Left by a rollback again, it is to be settled again.
        world.goes("1.2.0", None);
        world.now = at("23T00");
        world.goes("1.1.0", None);
        let anew = try_settle(&mut world, "1.2.0", "really").unwrap();
        assert_eq!((anew.stood.is_none(), anew.notes.len(), anew.freed[0].before), (true, 1, Level::Hold));
        assert_eq!(settled(&world), ["1.2.0 23T00:05: really"]);
    }
}

#[test]
fn only_what_was_left_by_a_rollback_can_be_settled() {
    let mut world = World::one("", &[]);
    let refused = |world: &mut World, version: &str| match try_settle(world, version, "x").unwrap_err() {
        Refusal::Unfit { message, hint } => format!("{message} | {}", hint.unwrap_or_default()),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(&mut world, "1.1.0"),
        "`1.1.0` was never left by a rollback as far as the registry knows | no release of `shop` was"
    );
    world.goes("1.1.0", None);
    assert!(refused(&mut world, "1.2.1").ends_with("| those that were: `1.2.0`"));
    try_settle(&mut world, "1.2.0", "x").unwrap();
    assert!(refused(&mut world, "1.2.1").ends_with("| those that were are settled: `1.2.0`"));
}

#[test]
fn where_teams_are_given_the_reliability_team_settles() {
    let mut world = World::one("", &[]);
    world.goes("1.1.0", None);
    world.by = "Sec <sec@example.com>";
    let refusal = try_settle(&mut world, "1.2.0", "x").unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Sec <sec@example.com> isn't a member of `sre`, which owns the reliability key of `shop`"
    );
    world.by = "SRE@example.com";
    try_settle(&mut world, "1.2.0", "x").unwrap();
}
