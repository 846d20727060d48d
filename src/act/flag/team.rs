//! Whose statement it is, where that isn't said: that of the team whose member says it.

use super::Refusal;
use crate::model::{FlagKind, Key, Name, Registry};
use crate::registry::{Ask, Tree, load};

/// The kind of flag that this person makes: that of the one key whose owner team they are a member of, the same for
/// all services. Else, in words, why that can't be told.
///
/// # Errors
/// When the registry can't be loaded.
pub fn by_team(
    tree: &dyn Tree,
    main: &str,
    services: &[Name],
    by: &str,
) -> Result<Result<FlagKind, String>, Refusal> {
    let mut keys: Vec<Key> = Vec::new();
    let mut teams: Vec<String> = Vec::new();
    for name in services {
        let loaded = load(tree, main, &Ask::Service(name.clone()))?;
        for (key, team, is_member) in owners(&loaded.registry, name, by) {
            teams.push(format!("`{team}`"));
            if is_member && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    teams.sort();
    teams.dedup();
    Ok(match (keys.as_slice(), teams.is_empty()) {
        ([Key::Security], _) => Ok(FlagKind::Advisory),
        ([Key::Reliability], _) => Ok(FlagKind::Instability),
        ([], true) => Err("the registry names no teams that own the service".to_owned()),
        ([], false) => Err(format!("{by} isn't a member of {}", teams.join(" or "))),
        _ => Err(format!("{by} is a member of both keys' teams")),
    })
}

/// The owner teams of a service's keys, and whether this person is a member.
fn owners<'a>(registry: &'a Registry, service: &Name, by: &str) -> Vec<(Key, &'a Name, bool)> {
    let Some(service) = registry.services.get(service) else { return Vec::new() };
    let team = |key: Key| {
        let name = service.owners.of(key)?;
        Some((key, name, registry.teams.get(name).is_some_and(|team| team.has(by))))
    };
    Key::ALL.into_iter().filter_map(team).collect()
}
