//! Picking lines of records: by what they say, and the newest only.

use std::collections::VecDeque;

use crate::model::{Name, Time};
use crate::record::read::{Entry, Glance, Raw, each_line, files};
use crate::record::verify::Spot;
use crate::registry::{Tree, TreeError};

/// Which lines are wanted; what isn't said holds for any.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of one environment.
    pub environment: Option<Name>,
    /// Of these kinds.
    pub kinds: Vec<String>,
    /// From this moment on.
    pub since: Option<Time>,
    /// Before this moment.
    pub before: Option<Time>,
    /// For this incident.
    pub incident: Option<String>,
    /// By somebody in whose name these letters stand.
    pub by: Option<String>,
    /// With this id, or about what has it: a flag, a sign-off, a debt, a command that was started.
    pub id: Option<String>,
    /// Of one act over several services.
    pub group: Option<String>,
    /// Only so many, the newest.
    pub newest: Option<usize>,
}

/// The lines that were picked.
#[derive(Debug, Clone, Default)]
pub struct Selected {
    /// They, oldest first.
    pub entries: Vec<Entry>,
    /// How many there are, with those that were left out for being older than the newest.
    pub matching: usize,
    /// How many lines the records have in all.
    pub lines: usize,
    /// Lines that can't be read.
    pub unreadable: Vec<Spot>,
}

/// Picks lines of these services, in the order of time; those of one service stay in their own order.
///
/// # Errors
/// When a record can't be read.
pub fn select(tree: &dyn Tree, services: &[Name], wanted: &Wanted) -> Result<Selected, TreeError> {
    let mut selected = Selected::default();
    let mut all: Vec<(Option<Time>, Entry)> = Vec::new();
    for service in services {
        let mut kept = VecDeque::new();
        for file in files(tree, service)?.unwrap_or_default().months {
            each_line(tree, &file, &mut |line| {
                let Some(entry) = pick(&file, line, wanted, &mut selected) else { return };
                kept.push_back(entry);
                if wanted.newest.is_some_and(|newest| kept.len() > newest) {
                    kept.pop_front();
                }
            })?;
        }
        // A clock that went back must not put lines of one service out of their order.
        let mut latest = None;
        all.extend(kept.into_iter().map(|entry| {
            latest = latest.max(entry.at);
            (latest, entry)
        }));
    }
    all.sort_by_key(|(latest, _)| *latest);
    let older = wanted.newest.map_or(0, |newest| all.len().saturating_sub(newest));
    selected.entries = all.into_iter().skip(older).map(|(_, entry)| entry).collect();
    Ok(selected)
}

/// The line, if it is wanted.
fn pick(file: &str, line: Raw<'_>, wanted: &Wanted, selected: &mut Selected) -> Option<Entry> {
    if line.bytes.trim_ascii().is_empty() {
        return None;
    }
    selected.lines += 1;
    let entry = serde_json::from_slice::<Glance<'_>>(line.bytes).ok().and_then(|glance| {
        if !wanted.wants(&glance) {
            return Some(None);
        }
        let says = serde_json::from_slice(line.bytes).ok()?;
        Some(Some(Entry { file: file.to_owned(), line: line.number, at: glance.moment(), says }))
    });
    let Some(entry) = entry else {
        selected.unreadable.push(Spot { file: file.to_owned(), line: line.number });
        return None;
    };
    selected.matching += usize::from(entry.is_some());
    entry
}

impl Wanted {
    fn wants(&self, line: &Glance<'_>) -> bool {
        let is =
            |wanted: Option<&str>, found: Option<&str>| wanted.is_none_or(|wanted| found == Some(wanted));
        let at = line.moment();
        is(self.environment.as_ref().map(Name::as_str), line.environment())
            && (self.kinds.is_empty() || self.kinds.iter().any(|kind| line.kind.as_deref() == Some(kind)))
            && self.since.is_none_or(|since| at.is_some_and(|at| at >= since))
            && self.before.is_none_or(|before| at.is_some_and(|at| at < before))
            && is(self.incident.as_deref(), line.incident())
            && is(self.group.as_deref(), line.group())
            && self.by.as_deref().is_none_or(|by| line.by.as_deref().is_some_and(|found| holds(found, by)))
            && self.id.as_deref().is_none_or(|id| line.names(id))
    }
}

/// Whether a text holds these letters, whatever their case.
fn holds(text: &str, letters: &str) -> bool {
    text.to_lowercase().contains(&letters.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;
    use crate::record::Deed;
    use crate::record::testing::{deed, named, sealed};
    use crate::registry::MemoryTree;

    /// Two services in one tree; `cart` has lines between those of `checkout`.
    fn tree() -> MemoryTree {
        let flag = Deed::Flagged {
            flag: "CVE-1".into(),
            key: "security".into(),
            title: "A hole".into(),
            severity: "high".into(),
            exploited: false,
            compromised: false,
            affects: Default::default(),
            extended: false,
        };
        let mut says = vec![
            deed("2026-10-31T10:00:00Z", flag),
            deed("2026-11-01T10:00:00Z", Deed::Started { command: vec!["true".into()] }),
            deed("2026-11-01T09:00:00Z", Deed::Checked),
        ];
        let of = says[1].id.clone();
        says.push(deed(
            "2026-11-02T10:00:00Z",
            Deed::Finished {
                of,
                code: Some(0),
                signal: None,
                passed_on: vec![],
                running: vec![],
                verified: true,
                trouble: None,
            },
        ));
        says[1].environment = Some("prod".into());
        says[1].incident = Some("INC-482".into());
        says[2].by = "Bob <bob@example.com>".into();
        says[3].group = Some("01KAG".into());
        let mut tree = sealed(&says);
        let files: Vec<(String, Vec<u8>)> =
            sealed(&[deed("2026-11-01T09:30:00Z", Deed::Checked)]).files().clone().into_iter().collect();
        for (file, bytes) in files {
            tree.put(&file.replace("checkout", "cart"), bytes);
        }
        tree.files_mut().get_mut("log/checkout/2026-10.jsonl").unwrap().extend(b"\nnonsense\n");
        tree
    }

    fn kinds(set: impl FnOnce(&mut Wanted)) -> String {
        let mut wanted = Wanted::default();
        set(&mut wanted);
        let selected = select(&tree(), &[named("checkout"), named("cart")], &wanted).unwrap();
        assert_eq!(selected.unreadable, [Spot { file: "log/checkout/2026-10.jsonl".into(), line: 3 }]);
        assert_eq!(selected.lines, 6);
        let kinds: Vec<&str> = selected.entries.iter().filter_map(|entry| entry.text("kind")).collect();
        kinds.join(" ")
    }

    #[test]
    fn lines_are_picked_by_what_they_say() {
        assert_eq!(kinds(|_| {}), "flagged checked started checked finished");
        assert_eq!(kinds(|wanted| wanted.newest = Some(2)), "checked finished");
        assert_eq!(
            kinds(|wanted| wanted.kinds = vec!["checked".into(), "flagged".into()]),
            "flagged checked checked"
        );
        assert_eq!(kinds(|wanted| wanted.environment = Some(named("prod"))), "started");
        assert_eq!(kinds(|wanted| wanted.incident = Some("INC-482".into())), "started");
        assert_eq!(kinds(|wanted| wanted.by = Some("BOB@".into())), "checked");
        assert_eq!(kinds(|wanted| wanted.group = Some("01KAG".into())), "finished");
        assert_eq!(kinds(|wanted| wanted.id = Some("cve-1".into())), "flagged");
        assert_eq!(
            kinds(|wanted| wanted.since = parse_time("2026-11-01T10:00:00Z").ok()),
            "started finished"
        );
        assert_eq!(
            kinds(|wanted| wanted.before = parse_time("2026-11-01T10:00:00Z").ok()),
            "flagged checked checked"
        );
    }

    #[test]
    fn the_id_of_a_start_finds_its_end_too() {
        let wanted = Wanted { id: Some("01KA".into()), ..Wanted::default() };
        let nothing = select(&tree(), &[named("checkout")], &wanted).unwrap();
        assert_eq!((nothing.entries.len(), nothing.matching), (0, 0), "too short to be meant");
        let all = select(&tree(), &[named("checkout")], &Wanted::default()).unwrap();
        let start = all.entries.iter().find(|entry| entry.text("kind") == Some("started")).unwrap();
        let wanted = Wanted { id: start.text("id").map(str::to_owned), ..Wanted::default() };
        let found = select(&tree(), &[named("checkout")], &wanted).unwrap();
        let kinds: Vec<&str> = found.entries.iter().filter_map(|entry| entry.text("kind")).collect();
        assert_eq!(kinds, ["started", "finished"]);
    }
}
