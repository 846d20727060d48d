//! Lines that were written behind one end of a record, put behind another: their numbers and the hashes of the lines
//! before them change, and no other byte.
//!
//! Two clones that wrote at the same time have two histories of one record. A line that nobody else has seen yet may
//! still be put behind what others have published; once it is published, its place is its place.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::{Name, parse_time};
use crate::record::Sealed;
use crate::record::chain::{Tail, digest, hex, month_file};

/// Why lines can't be put elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// One of them isn't a line of ours.
    #[error("a line of {service}'s record can't be read: {why}")]
    Strange {
        /// Whose record.
        service: String,
        /// What the reader says.
        why: String,
    },
}

/// What has to be known of a line to give it another place; a later holdpoint may have written more.
#[derive(Deserialize)]
struct Placed<'a> {
    #[serde(borrow)]
    seq: &'a RawValue,
    #[serde(borrow)]
    prev: &'a RawValue,
    #[serde(borrow)]
    at: Cow<'a, str>,
}

/// Puts lines, given without their ends, behind the end of a record, in their order. Each goes into the file of its
/// month, or into the newest there is, if that is later.
///
/// # Errors
/// When one of them can't be read.
pub fn reseal<L: AsRef<[u8]>>(service: &Name, tail: &Tail, lines: &[L]) -> Result<Vec<Sealed>, Unsealable> {
    let strange = |why: String| Unsealable::Strange { service: service.to_string(), why };
    let (mut seq, mut prev, mut newest) = (tail.seq, tail.hash.clone(), tail.file.clone());
    let mut out: Vec<Sealed> = Vec::new();
    for line in lines {
        let line = line.as_ref();
        let text = std::str::from_utf8(line).map_err(|error| strange(error.to_string()))?;
        let placed: Placed<'_> = serde_json::from_str(text).map_err(|error| strange(error.to_string()))?;
        let at = parse_time(&placed.at).map_err(|error| strange(error.to_string()))?;
        seq += 1;
        let moved = replaced(text, placed.seq, &seq.to_string(), placed.prev, &format!("\"{prev}\""));
        let moved = moved.ok_or_else(|| strange("its parts overlap".into()))?;
        prev = hex(&digest(moved.as_bytes()));
        let file = newest.into_iter().chain([month_file(service, at)]).max().unwrap_or_default();
        let bytes = [moved.as_bytes(), b"\n"].concat();
        match out.last_mut() {
            Some(last) if last.file == file => last.bytes.extend(bytes),
            _ => out.push(Sealed { file: file.clone(), bytes }),
        }
        newest = Some(file);
    }
    Ok(out)
}

/// A text with two of its values replaced.
fn replaced(text: &str, one: &RawValue, by: &str, other: &RawValue, other_by: &str) -> Option<String> {
    let mut parts = [(within(text, one)?, by), (within(text, other)?, other_by)];
    parts.sort_by_key(|(range, _)| range.start);
    let [(first, first_by), (second, second_by)] = parts;
    let (before, between, behind) =
        (text.get(..first.start)?, text.get(first.end..second.start)?, text.get(second.end..)?);
    Some([before, first_by, between, second_by, behind].concat())
}

/// Where a value stands in the text that it was read from.
fn within(text: &str, value: &RawValue) -> Option<Range<usize>> {
    let start = (value.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let end = start.checked_add(value.get().len())?;
    (end <= text.len()).then_some(start..end)
}

/// The id of a line, given without its end. None: it has none that can be read.
pub fn id_of(line: &[u8]) -> Option<Box<str>> {
    #[derive(Deserialize)]
    struct Known<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    serde_json::from_slice(line).ok().map(|Known { id }| id.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::testing::{named, written};
    use crate::record::{tail, verify};
    use crate::registry::{MemoryTree, Tree};

    fn lines(tree: &MemoryTree) -> Vec<Vec<u8>> {
        let lines =
            |bytes: &Vec<u8>| bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
        tree.files().values().flat_map(lines).filter(|line| !line.is_empty()).collect()
    }

    /// Puts lines behind a record.
    fn put(tree: &mut MemoryTree, lines: &[Vec<u8>]) {
        let end = tail(tree, &named("checkout")).unwrap();
        for Sealed { file, bytes } in reseal(&named("checkout"), &end, lines).unwrap() {
            let before = tree.read(&file).unwrap().unwrap_or_default();
            tree.put(&file, [before, bytes].concat());
        }
    }

    #[test]
    fn only_the_place_of_a_line_changes() {
        let mut tree = written(&["2026-11-01"]);
        let later = b"{\"seq\": 7 ,\"beam\":{\"wide\":[1.50, 1e400],\"prev\":\"\\u0061\"},\"id\":\"X\",\"at\":\"2026-12-01T00:00:00Z\",\"prev\":\"00\",\"z\":1}";
        put(&mut tree, &[later.to_vec()]);
        let hash = tail(&written(&["2026-11-01"]), &named("checkout")).unwrap().hash;
        let want = String::from_utf8(later.to_vec())
            .unwrap()
            .replace(" 7 ", " 2 ")
            .replace("\"prev\":\"00\"", &format!("\"prev\":\"{hash}\""));
        let got = tree.read("log/checkout/2026-12.jsonl").unwrap().unwrap();
        assert_eq!(String::from_utf8(got).unwrap(), format!("{want}\n"));
    }

    #[test]
    fn what_cant_be_read_is_not_moved() {
        let end = tail(&MemoryTree::new(), &named("checkout")).unwrap();
        for line in [
            "",
            "{}",
            "nonsense",
            "{\"seq\":1,\"prev\":\"0\",\"at\":\"never\"}",
            "{\"seq\":1,\"prev\":\"0\"}",
        ] {
            assert!(reseal(&named("checkout"), &end, &[line]).is_err(), "{line}");
        }
        assert_eq!(id_of(b"{\"id\":\"a\\u0062\"}").as_deref(), Some("ab"));
        assert_eq!(id_of(b"{}"), None);
    }

    proptest! {
        /// Whatever two clones wrote, in whatever months: put behind one another it is one record that verifies.
        #[test]
        fn two_histories_become_one_that_verifies(
            ours in prop::collection::btree_set((9_u32..13, 1_u32..14), 1..6),
            theirs in prop::collection::btree_set((9_u32..13, 14_u32..28), 0..6),
        ) {
            let days = |set: &std::collections::BTreeSet<(u32, u32)>| {
                set.iter().map(|(month, day)| format!("2026-{month:02}-{day:02}")).collect::<Vec<_>>()
            };
            let of = |days: &[String]| written(&days.iter().map(String::as_str).collect::<Vec<_>>());
            let mut tree = of(&days(&theirs));
            let mine = lines(&of(&days(&ours)));
            put(&mut tree, &mine);
            prop_assert_eq!(lines(&tree).len(), ours.len() + theirs.len());
            let verified = verify(&tree, &named("checkout"), &[]).unwrap();
            prop_assert!(verified.is_whole(), "{:?}", verified.findings);
        }
    }
}
