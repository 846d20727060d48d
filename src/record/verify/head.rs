//! Heads: the hash of the last line that a record had at some time, kept elsewhere.

use std::fmt;
use std::str::FromStr;

use super::facts::Facts;
use super::trouble::{Finding, Spot, Trouble};
use crate::model::Name;
use crate::record::chain::unhex;
use crate::record::read::FOLDER;

/// The end that a record had at some time: `SERVICE:SEQ:HASH`, or less of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Of which service; None: of the only one that is looked at.
    pub service: Option<Name>,
    /// The number of its last line, if that was kept.
    pub seq: Option<u64>,
    /// The hash of that line, in hexadecimal.
    pub hash: String,
}

/// Why a text is no head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// What should be a hash isn't.
    #[error("`{0}` is no hash of 64 hexadecimal digits")]
    Hash(String),
    /// What should be a number isn't.
    #[error("`{0}` is no number of a line")]
    Seq(String),
    /// What should be a service isn't.
    #[error("`{0}` is no name of a service")]
    Service(String),
}

impl FromStr for Head {
    type Err = HeadError;

    /// Takes `HASH`, `SERVICE=HASH`, `SERVICE:HASH`, and `SERVICE:SEQ:HASH`.
    fn from_str(text: &str) -> Result<Head, HeadError> {
        let (front, hash) =
            text.rsplit_once([':', '=']).map_or((None, text), |(front, hash)| (Some(front), hash));
        let hash = hash.to_ascii_lowercase();
        if unhex(&hash).is_none() {
            return Err(HeadError::Hash(hash));
        }
        let Some(front) = front else { return Ok(Head { service: None, seq: None, hash }) };
        let (service, seq) =
            front.split_once(':').map_or((front, None), |(service, seq)| (service, Some(seq)));
        let number = |seq: &str| seq.parse().map_err(|_| HeadError::Seq(seq.to_owned()));
        let service = Name::new(service).map_err(|_| HeadError::Service(service.to_owned()))?;
        Ok(Head { service: Some(service), seq: seq.map(number).transpose()?, hash })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(service) = &self.service {
            write!(f, "{service}:")?;
        }
        if let Some(seq) = self.seq {
            write!(f, "{seq}:")?;
        }
        f.write_str(&self.hash)
    }
}

impl Head {
    /// The line that it is the hash of.
    pub(super) fn line(&self, facts: &Facts) -> Option<usize> {
        let hash = unhex(&self.hash)?;
        facts.list.iter().position(|fact| fact.hash == hash)
    }
}

/// What the heads say against the record; `lines` are the lines of them that are found.
pub(super) fn missed(service: &Name, facts: &Facts, heads: &[Head], lines: &[Option<usize>]) -> Vec<Finding> {
    let fits = lines.iter().flatten().max().and_then(|line| Some((facts.seq(*line)?, facts.list[*line].at)));
    let each = |(head, line): (&Head, &Option<usize>)| match line {
        Some(line) => {
            let (said, found) = (head.seq?, facts.seq(*line));
            let trouble = Trouble::HeadNumber { said, found };
            (found != Some(said)).then(|| Finding { spot: facts.spot(*line), trouble })
        }
        None => Some(Finding { spot: place(service, facts, head), trouble: lost(facts, head, fits) }),
    };
    heads.iter().zip(lines).filter_map(each).collect()
}

fn lost(facts: &Facts, head: &Head, fits: Option<(u64, Option<crate::model::Time>)>) -> Trouble {
    let end = facts.list.iter().rev().find_map(|fact| fact.seq);
    let fits = fits.filter(|(fits, _)| head.seq.is_none_or(|seq| *fits < seq));
    Trouble::Head { hash: head.hash.clone(), seq: head.seq, end, fits }
}

/// Where to look: the line that has its number now, else the last, else the folder.
fn place(service: &Name, facts: &Facts, head: &Head) -> Spot {
    let numbered = head.seq.and_then(|seq| facts.list.iter().position(|fact| fact.seq == Some(seq)));
    match numbered.or(facts.list.len().checked_sub(1)) {
        Some(line) => facts.spot(line),
        None => Spot { file: format!("{FOLDER}/{service}"), line: 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FIRST;

    #[test]
    fn heads_are_read_as_they_are_written_and_in_shorter_forms() {
        let head = |service: Option<&str>, seq| Head {
            service: service.map(|name| Name::new(name).unwrap()),
            seq,
            hash: FIRST.into(),
        };
        for (text, want) in [
            (format!("checkout:12:{FIRST}"), head(Some("checkout"), Some(12))),
            (format!("checkout={FIRST}"), head(Some("checkout"), None)),
            (format!("checkout:{FIRST}"), head(Some("checkout"), None)),
            (FIRST.to_owned(), head(None, None)),
        ] {
            assert_eq!(text.parse::<Head>().unwrap(), want);
            assert_eq!(want.to_string().parse::<Head>().unwrap(), want);
        }
        let ace = "ACE".repeat(22);
        assert_eq!(ace[..64].parse::<Head>().unwrap().hash, ace[..64].to_lowercase());
        for wrong in [
            "",
            "checkout",
            "checkout:12",
            &format!("Check out:{FIRST}"),
            &format!("checkout:x:{FIRST}"),
            &format!("checkout:12:{FIRST}0"),
        ] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}
