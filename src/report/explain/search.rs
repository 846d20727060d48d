//! Finding a flag by its id or an alias, service by service.
//!
//! Each service is looked at by itself ([`Glance`]), so that they can be looked at side by side and let go; then
//! the glances are put together ([`Found`]), the services first where the flag hits what runs.

use super::{AtService, FlagPage};
use crate::judge::{self, Moment};
use crate::model::{Flag, Name, Registry, Time};
use crate::registry::wording::nearest;

/// What one service showed.
#[derive(Debug, Clone, Default)]
pub struct Glance {
    /// The flags that are meant, each with this service only.
    flags: Vec<FlagPage>,
    /// The id that is nearest to what was asked for, where no flag is meant.
    near: Option<String>,
    /// When a flag of this name was recorded that isn't there yet at the moment.
    later: Option<Time>,
    /// The service couldn't be read.
    unread: bool,
}

/// What all services showed.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Every flag that is meant, with all its services.
    pub flags: Vec<FlagPage>,
    /// The nearest id, where there is none.
    pub near: Option<String>,
    /// When a flag of this name was recorded that isn't there yet at the moment.
    pub later: Option<Time>,
    /// How many services couldn't be read.
    pub unread: usize,
}

impl Glance {
    /// Looks for a flag that is called `word` at one service.
    pub fn at(registry: &Registry, service: &Name, word: &str, moment: Moment) -> Glance {
        let Some(of) = registry.services.get(service) else { return Glance::default() };
        let mut glance = Glance::default();
        for flag in registry.flags_of(of).filter(|flag| is_called(flag, word)) {
            if let Some(portrait) = judge::portrait(registry, service, flag, moment) {
                let services = vec![AtService::of(&portrait, registry)];
                glance
                    .flags
                    .push(FlagPage { services, ..FlagPage::of(&portrait, &registry.sources, moment.now) });
            } else if !moment.sees_opt(flag.recorded) {
                glance.later = flag.recorded;
            }
        }
        if glance.flags.is_empty() && glance.later.is_none() {
            let ids = registry.flags_of(of).map(|flag| flag.id.as_str());
            glance.near = nearest(word, ids).map(str::to_owned);
        }
        glance
    }

    /// A service that can't be read.
    pub fn unread() -> Glance {
        Glance { unread: true, ..Glance::default() }
    }
}

/// Whether a flag has this id, or this alias; case doesn't count.
fn is_called(flag: &Flag, word: &str) -> bool {
    let mut names = flag.aliases.iter().map(|alias| &**alias).chain([flag.id.as_str()]);
    names.any(|name| name.eq_ignore_ascii_case(word))
}

impl Found {
    /// Puts glances together. A shared flag is one flag with several services.
    pub fn of(glances: impl IntoIterator<Item = Glance>, word: &str) -> Found {
        let mut found = Found::default();
        for glance in glances {
            found.unread += usize::from(glance.unread);
            found.later = found.later.or(glance.later);
            let near: Vec<String> = found.near.into_iter().chain(glance.near).collect();
            found.near = nearest(word, near.iter().map(String::as_str)).map(str::to_owned);
            glance.flags.into_iter().for_each(|page| add(&mut found.flags, page));
        }
        found.flags.iter_mut().for_each(FlagPage::sort);
        found
    }
}

fn add(flags: &mut Vec<FlagPage>, page: FlagPage) {
    let place = |page: &FlagPage| (page.file.clone(), page.line);
    match flags.iter_mut().rev().find(|known| place(known) == place(&page)) {
        Some(known) => known.services.extend(page.services),
        None => flags.push(page),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;
    use crate::registry::{Ask, MemoryTree, Whole, load};

    const MAIN: &str = r#"
format = 1
[service.a]
release = [{ version = "1.0.0", tags = ["t"] }]
[service.b]
release = [{ version = "1.0.0" }]
[advisory.SHARED]
title = "on all"
aliases = ["Other-1"]
affects = [{ services = "*", tag = "t" }]
[advisory.ONE]
title = "on one"
recorded = 2026-11-20
affects = [{ service = "b", versions = "*" }]
"#;

    fn find(word: &str, at: &str) -> Found {
        found_in(MAIN, word, at)
    }

    fn found_in(main: &str, word: &str, at: &str) -> Found {
        let mut tree = MemoryTree::default();
        tree.put("holdpoint.toml", main);
        tree.put("services/c/service.toml", "what = 1");
        let whole = Whole::open(&tree, "holdpoint.toml").unwrap();
        let moment = Moment::as_of(parse_time(at).unwrap());
        let glance = |name: &Name| match whole.service(&tree, name) {
            Ok(loaded) => Glance::at(&loaded.registry, name, word, moment),
            Err(_) => Glance::unread(),
        };
        Found::of(whole.names().iter().map(glance), word)
    }

    #[test]
    fn a_shared_flag_is_found_once_with_all_its_services() {
        for word in ["SHARED", "shared", "OTHER-1"] {
            let found = find(word, "2026-11-22");
            assert_eq!(found.flags.len(), 1, "{word}");
            let services: Vec<_> = found.flags[0].services.iter().map(|at| at.service.as_str()).collect();
            assert_eq!(services, ["a", "b"]);
            assert_eq!((found.near, found.later, found.unread), (None, None, 1));
        }
    }

    #[test]
    fn the_services_that_it_hits_stand_first_and_the_others_are_counted() {
        let mut main = String::from(
            "format = 1\n[instability.I-1]\ntitle = \"t\"\naffects = [{ services = \"*\", tag = \"t\" }]\n",
        );
        for (name, tags, runs) in
            [("a", "", true), ("b", "\"t\"", false), ("e", "", false), ("d", "\"t\"", true)]
        {
            main.push_str(&format!("[service.{name}]\nrelease = [{{ version = \"1\", tags = [{tags}] }}]\n"));
            main.push_str(if runs { "running = { prod = \"1\" }\n" } else { "" });
        }
        let page = found_in(&main, "I-1", "2026-11-22").flags.remove(0);
        let names = |list: &[AtService]| list.iter().map(|at| at.service.to_string()).collect::<Vec<_>>();
        let (told, rest) = page.told();
        assert_eq!(
            (names(told), names(&page.services)),
            (vec!["d".into(), "b".into()], ["d", "b", "a", "e"].map(String::from).into())
        );
        assert_eq!(rest.as_deref(), Some("2 other services have no such release"));
        let none = found_in(&main.replace("\"t\"]", "]"), "I-1", "2026-11-22").flags.remove(0);
        assert_eq!(none.told().1.as_deref(), Some("none of its 4 services has such a release"));
    }

    #[test]
    fn a_flag_from_the_future_counts_as_now_and_says_so() {
        let mut tree = MemoryTree::default();
        tree.put("holdpoint.toml", MAIN.replace("2026-11-20", "2027-01-01"));
        let loaded = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap();
        let moment = Moment::present(parse_time("2026-11-22").unwrap());
        let glance = Glance::at(&loaded.registry, &Name::new("b").unwrap(), "ONE", moment);
        let said = &glance.flags[0].facts()[0].lines[0];
        assert!(said.starts_with("active: recorded at 2027-01-01T00:00:00Z, in the future"), "{said}");
    }

    #[test]
    fn what_is_not_found_is_told_apart_from_what_is_not_there_yet() {
        let found = find("on", "2026-11-22");
        assert!(found.flags.is_empty() && found.later.is_none());
        assert_eq!(find("ONE", "2026-11-22").flags.len(), 1);
        assert_eq!(find("ONE", "2026-11-19").later, parse_time("2026-11-20").ok());
        assert_eq!(find("SHARD", "2026-11-22").near.as_deref(), Some("SHARED"));
    }
}
