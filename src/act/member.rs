//! Whoever acts for a team: the key that they act for, and whether they may.
//!
//! One rule with one wording for all acts: where teams are given, only a member of the team that owns a key acts for
//! it. Who a person is remains a claim.

use crate::model::{Key, Membership, Registry, Service};

/// Why somebody may not act for a key, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outsider {
    pub(super) message: String,
    pub(super) hint: String,
}

/// Holds whoever acts against the team that owns a key.
///
/// # Errors
/// When teams are given and this person isn't a member of that one.
pub(super) fn check(registry: &Registry, service: &Service, key: Key, by: &str) -> Result<(), Outsider> {
    let Membership::Outsider(team) = registry.membership(service, key, by) else { return Ok(()) };
    let hint = match registry.teams.get(team).map(|team| &*team.members) {
        None => format!("`[team.{team}]` isn't in the registry: add it, with its members' e-mail addresses"),
        Some([]) => format!("`[team.{team}]` has no members: add them, by their e-mail addresses"),
        Some(members) => format!("its members are {}; --by says who you are", members.join(", ")),
    };
    let message = format!("{by} isn't a member of `{team}`, which owns the {key} key of `{}`", service.name);
    Err(Outsider { message, hint })
}

/// The key of the one team that this person is in; else, in words, why that can't be told.
pub(super) fn own_key(registry: &Registry, service: &Service, by: &str) -> Result<Key, String> {
    let is_member = |key: &Key| matches!(registry.membership(service, *key, by), Membership::Member(_));
    let keys: Vec<Key> = Key::ALL.into_iter().filter(is_member).collect();
    match &*keys {
        [only] => Ok(*only),
        [] => Err(format!("no team of `{}` is known that {by} is in", service.name)),
        _ => Err(format!("{by} is in both teams of `{}`", service.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Name;
    use crate::registry::{Ask, MemoryTree, load};

    const REGISTRY: &str = "format = 1\n\
        [team.sre]\nmembers = [\"sam@example.com\", \"bo@example.com\"]\n[team.nobody]\nmembers = []\n\
        [service.shop]\nowner = { reliability = \"sre\", security = \"sre\" }\n\
        [service.cart]\nowner = { reliability = \"sre\", security = \"nobody\" }\n\
        [service.free]\n";

    #[test]
    fn who_may_act_is_told_in_one_way() {
        let tree = MemoryTree::from_iter([("holdpoint.toml", REGISTRY)]);
        let told = |name: &str, key: Key, by: &str| {
            let name = Name::new(name).unwrap();
            let loaded = load(&tree, "holdpoint.toml", &Ask::Service(name.clone())).unwrap();
            let service = &loaded.registry.services[&name];
            (own_key(&loaded.registry, service, by), check(&loaded.registry, service, key, by))
        };
        let (sam, eve) = ("Sam <Sam@example.com>", "Eve <eve@example.com>");
        assert_eq!(told("cart", Key::Reliability, sam), (Ok(Key::Reliability), Ok(())));
        let (key, refused) = told("cart", Key::Reliability, eve);
        assert_eq!(key, Err(format!("no team of `cart` is known that {eve} is in")));
        let refused = refused.unwrap_err();
        assert_eq!(
            refused.message,
            format!("{eve} isn't a member of `sre`, which owns the reliability key of `cart`")
        );
        assert_eq!(refused.hint, "its members are sam@example.com, bo@example.com; --by says who you are");
        let (_, refused) = told("cart", Key::Security, sam);
        assert_eq!(
            refused.unwrap_err().hint,
            "`[team.nobody]` has no members: add them, by their e-mail addresses"
        );
        assert_eq!(
            told("shop", Key::Security, sam),
            (Err(format!("{sam} is in both teams of `shop`")), Ok(()))
        );
        assert_eq!(
            told("free", Key::Security, eve).1,
            Ok(()),
            "where no team owns a key, anybody acts for it"
        );
    }
}
