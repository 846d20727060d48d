//! A policy by itself: the rules and periods of a file that may be no registry's yet.

use crate::model::{Registry, Sources};
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Mistakes, Weight};
use crate::registry::reader::Table;
use crate::registry::shape::ROOT;
use crate::registry::{config, format, rule, shared, syntax};

/// Reads the rules, with the shipped ones behind them, and the periods of a file in the form of a main file. What else
/// stands in it is passed over, for it speaks of services that aren't asked for here.
///
/// # Errors
/// When the file can't be parsed, or something is wrong with its rules or periods.
pub fn proposed(name: &str, bytes: Vec<u8>) -> Result<Registry, Mistakes> {
    let (mut sources, mut list) = (Sources::default(), Vec::new());
    let Some(file) = syntax::take(&mut sources, name, bytes, &mut list) else {
        return Err(Mistakes::new(sources, list));
    };
    let desk = Desk::new(&sources, list);
    let read = read(file, &desk);
    let list = desk.into_list();
    match read {
        Err(newer) => Err(Mistakes::new(sources, vec![*newer])),
        Ok(Some(read)) if list.iter().all(|mistake| mistake.weight == Weight::Warning) => {
            Ok(Registry { sources, ..read })
        }
        Ok(_) => Err(Mistakes::new(sources, list)),
    }
}

/// None: it can't be parsed. The error is that it was written for a newer holdpoint.
fn read(file: u32, desk: &Desk<'_>) -> Result<Option<Registry>, Box<Mistake>> {
    let (whole, tree) = (syntax::parse(desk, file), syntax::parse_anyhow(desk, file).0);
    if let Some(newer) = format::newer(whole.as_ref().unwrap_or(&tree), file) {
        return Err(Box::new(newer));
    }
    let Some(tree) = whole else { return Ok(None) };
    let root = Table::open(&tree, 0..0, file, &ROOT, desk);
    format::check(&root);
    let mut rules = rule::rules(&root);
    rules.extend(shared::shipped());
    Ok(Some(Registry { policy: config::policy(&root), rules, ..Registry::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rules_and_periods_are_taken() {
        let text = "format = 1\n[policy]\nping_pong = \"7d\"\n[[rule]]\nname = \"x\"\nwhen = { reason = \"far-back\" }\n\
                    then = \"hold\"\n[incident.I]\nservices = [\"elsewhere\"]\nstarted = 2026-11-01\n[service.shop]\n";
        let read = proposed("p.toml", text.into()).unwrap();
        assert_eq!((&*read.rules[0].name, read.policy.ping_pong.to_string()), ("x", "7d".into()));
        assert!(read.rules.len() > 1 && read.services.is_empty() && read.incidents.is_empty());
        for (text, wrong) in [
            ("[[rule]]\nthen = \"warn\"\n", "format"),
            ("format = 1\n[[rule]]\nthen = \"wran\"\n", "wran"),
            ("format = 1\n[policy]\nping_pong = 7\n", "ping_pong"),
            ("format = 1\n[polciy]\n", "polciy"),
            ("format = 1\n[policy", ""),
            ("format = 99\n", "newer"),
        ] {
            let mistakes = proposed("p.toml", text.into()).unwrap_err();
            let told: Vec<&str> = mistakes.list.iter().map(|mistake| &*mistake.message).collect();
            assert!(told.iter().any(|message| message.contains(wrong)), "{text}: {told:?}");
        }
    }
}
