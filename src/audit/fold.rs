//! Which lines of a record are decisions, and which belong to one.
//!
//! Every line is exactly one of three: a row of the population, a part of a row, or counted beside. What is beside is
//! no decision: a release that was registered, an incident that began or ended. A line that isn't understood is a row,
//! since it may be a decision; so is one that should belong to a row which isn't there.

use std::collections::HashMap;

use super::ledger::{Entry, Ledger, Says, Told};
use crate::record::{Deed, Statement};

/// What becomes of a line in the population.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It is a row.
    Row,
    /// It belongs to the row of this line.
    Of(usize),
    /// It is no decision, and is counted only.
    Beside,
}

/// What becomes of each line of a ledger.
#[derive(Debug, Clone)]
pub struct Folds {
    /// By the place of the line.
    pub parts: Vec<Part>,
    /// What belongs to each row, in order, by the place of the row.
    pub of_row: HashMap<usize, Vec<usize>>,
}

impl Folds {
    /// Looks at every line.
    pub fn of(ledger: &Ledger) -> Folds {
        let known = Known::of(ledger);
        let parts: Vec<Part> =
            ledger.entries.iter().enumerate().map(|(place, entry)| known.part(place, entry)).collect();
        let mut of_row: HashMap<usize, Vec<usize>> = HashMap::new();
        for (place, part) in parts.iter().enumerate() {
            if let Part::Of(row) = part {
                of_row.entry(*row).or_default().push(place);
            }
        }
        Folds { parts, of_row }
    }

    /// The lines that belong to a row.
    pub fn parts_of(&self, row: usize) -> &[usize] {
        self.of_row.get(&row).map_or(&[], Vec::as_slice)
    }

    /// The row of a line: its own place, or that of the row to which it belongs.
    pub fn row(&self, place: usize) -> usize {
        match self.parts.get(place) {
            Some(Part::Of(row)) => *row,
            _ => place,
        }
    }
}

/// Where lines are found by their ids.
struct Known<'a> {
    ledger: &'a Ledger,
    by_id: HashMap<&'a str, usize>,
    /// The lines of `run` whose end is in the record, with the place of the first that says so.
    ended: HashMap<&'a str, usize>,
}

impl<'a> Known<'a> {
    fn of(ledger: &'a Ledger) -> Known<'a> {
        let (mut by_id, mut ended) = (HashMap::new(), HashMap::new());
        for (place, entry) in ledger.entries.iter().enumerate() {
            if let Some(id) = entry.id() {
                by_id.entry(id).or_insert(place);
            }
            if let Some(of) = entry.deed().and_then(begun) {
                ended.entry(of).or_insert(place);
            }
        }
        Known { ledger, by_id, ended }
    }

    fn part(&self, place: usize, entry: &Entry) -> Part {
        match &entry.says {
            Says::Known(says) => self.of_known(place, says),
            Says::Told(told) => self.of_told(place, told),
            Says::Other(_) | Says::Unreadable(_) => Part::Row,
        }
    }

    fn of_known(&self, place: usize, says: &Statement) -> Part {
        match &says.deed {
            Deed::Finished { .. } | Deed::Recorded { .. } => {
                let start = begun(&says.deed).filter(|of| self.ended.get(of) == Some(&place));
                start.and_then(|of| self.start(of, place)).map_or(Part::Row, Part::Of)
            }
            Deed::BrokeGlass { .. } => {
                let next = self.ledger.entries.get(place + 1).and_then(Entry::known);
                let moves = next.filter(|next| is_the_move_of(says, next));
                moves.map_or(Part::Row, |next| match self.of_known(place + 1, next) {
                    Part::Of(row) => Part::Of(row),
                    Part::Row | Part::Beside => Part::Of(place + 1),
                })
            }
            Deed::Released { .. } | Deed::IncidentStarted { .. } | Deed::IncidentEnded => Part::Beside,
            _ => Part::Row,
        }
    }

    /// The line that says that this was begun, before it.
    fn start(&self, id: &str, place: usize) -> Option<usize> {
        let start = *self.by_id.get(id)?;
        let is_start = matches!(self.ledger.entries.get(start)?.deed(), Some(Deed::Started { .. }));
        (is_start && start < place).then_some(start)
    }

    fn of_told(&self, place: usize, told: &Told) -> Part {
        let of = told.of.iter().find_map(|of| self.by_id.get(&**of)).filter(|of| **of < place);
        of.map_or(Part::Row, |of| match self.ledger.entries.get(*of).map(|entry| self.part(*of, entry)) {
            Some(Part::Of(row)) => Part::Of(row),
            Some(Part::Beside) => Part::Beside,
            _ => Part::Of(*of),
        })
    }
}

/// The id of the `started` line of which a deed is the end: a `recorded` brings it in under that as its key, when
/// the end couldn't be recorded at the time.
fn begun(deed: &Deed) -> Option<&str> {
    match deed {
        Deed::Finished { of, .. } => Some(of),
        Deed::Recorded { key, .. } => key.as_deref(),
        _ => None,
    }
}

/// Whether the move that a line begins or records is the one for which the glass was broken: they are written in one
/// go.
fn is_the_move_of(glass: &Statement, next: &Statement) -> bool {
    matches!(next.deed, Deed::Started { .. } | Deed::Recorded { .. })
        && next.at == glass.at
        && next.environment == glass.environment
        && next.movement == glass.movement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::book;

    const MOVE: &str = r#""environment":"prod","move":{"kind":"rollback","from":"2","to":"1"}"#;

    fn parts(lines: &[&str]) -> Vec<Part> {
        let lines: Vec<String> = lines.iter().map(|line| line.replace("MOVE", MOVE)).collect();
        Folds::of(&book(&lines.join("\n"))).parts
    }

    #[test]
    fn what_ended_belongs_to_what_began_and_glass_to_its_move() {
        let got = parts(&[
            r#"{"kind":"broke-glass","reason":"down","subjects":["CVE-1"],MOVE}"#,
            r#"{"kind":"started","command":["true"],MOVE}"#,
            r#"{"kind":"told","of":"L2","sink":"chat"}"#,
            r#"{"kind":"finished","of":"L2","code":0,"running":["1"],"verified":true,MOVE}"#,
            r#"{"kind":"told","of":"L4","sink":"chat"}"#,
            r#"{"kind":"released","version":"3"}"#,
            r#"{"kind":"told","of":"L6"}"#,
        ]);
        let of = Part::Of(1);
        assert_eq!(got, [of, Part::Row, of, of, of, Part::Beside, Part::Beside]);
    }

    #[test]
    fn an_end_that_was_brought_in_later_is_the_end_and_a_second_one_a_row() {
        let got = parts(&[
            r#"{"kind":"started","command":["true"],MOVE}"#,
            r#"{"kind":"broke-glass","reason":"down","subjects":[],MOVE}"#,
            r#"{"kind":"recorded","key":"L1","running":["1"],MOVE}"#,
            r#"{"kind":"recorded","key":"deploy-7","running":["1"],MOVE}"#,
            r#"{"kind":"finished","of":"L1","code":0,"running":["1"],"verified":true}"#,
        ]);
        assert_eq!(got, [Part::Row, Part::Of(0), Part::Of(0), Part::Row, Part::Row]);
    }

    #[test]
    fn what_belongs_to_nothing_that_is_there_is_a_row_of_its_own() {
        let got = parts(&[
            r#"{"kind":"finished","of":"L9","running":[],"verified":false}"#,
            r#"{"kind":"broke-glass","reason":"down","subjects":[],MOVE}"#,
            r#"{"kind":"checked","verdict":"block",MOVE}"#,
            r#"{"kind":"told","of":"L5"}"#,
            r#"{"kind":"finished","of":"L3","running":[],"verified":false}"#,
            r#"{"kind":"teleported"}"#,
            "nonsense",
        ]);
        assert_eq!(got, [Part::Row; 7]);
    }

    #[test]
    fn every_kind_has_its_part() {
        let beside = ["released", "incident-started", "incident-ended"];
        let alone = |kind: &str| {
            let rest = r#""command":[],"of":"x","running":[],"verified":true,"version":"1","reason":"r","flag":"F",
                "as":"security","title":"t","severity":"high","exploited":false,"compromised":false,"affects":{},
                "extended":false,"sign_off":"S","accepts":[],"expires":"x","subjects":[],"debt":"D","closed":false,
                "source":"s","was":null"#;
            parts(&[&format!(r#"{{"kind":"{kind}",{}}}"#, rest.replace('\n', ""))])
        };
        for kind in Deed::WORDS {
            let want = if beside.contains(&kind) { Part::Beside } else { Part::Row };
            assert_eq!(alone(kind), [want], "{kind}");
        }
    }
}
