//! Whatever bytes a registry holds: an answer, never a panic, and never a mistake out of its text.

use super::{ask, shown};
use crate::registry::{Ask, LoadError, MemoryTree, load};

/// A generator that needs no seed from outside: each run tries the same registries.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below.max(1)
    }
}

const PIECES: &[&str] = &[
    "\"",
    "'''",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "[[",
    "]]",
    "\u{feff}",
    "\0",
    "é",
    "\u{202e}",
    "-1",
    "1e400",
    "9999-12-31",
    "2026-02-30",
    "0000-01-01T00:00:60Z",
    "\"*\"",
    "service = \"checkout\"",
    "versions = []",
    "affects = {}",
    "[service]",
    "[service.checkout]",
    "[[advisory]]",
    "\"<0-0\"",
    "0xffffffffffffffffffff",
    "true",
    "\"\\u0000\"",
];

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    let at = numbers.next(bytes.len() + 1);
    match numbers.next(5) {
        0 if at < bytes.len() => bytes[at] = numbers.next(256) as u8,
        1 => bytes.truncate(at),
        2 => {
            let end = (at + numbers.next(40)).min(bytes.len());
            bytes.drain(at..end);
        }
        3 => {
            let end = (at + numbers.next(200)).min(bytes.len());
            let again = bytes[at..end].to_vec();
            bytes.splice(end..end, again);
        }
        _ => {
            let piece = PIECES[numbers.next(PIECES.len())].bytes();
            bytes.splice(at..at, piece);
        }
    }
}

fn check(tree: &MemoryTree, ask: &Ask) {
    let Err(error) = load(tree, "holdpoint.toml", ask) else { return };
    assert!(!shown(&error).is_empty());
    if let LoadError::Mistakes(mistakes) = &error {
        for mistake in &mistakes.list {
            let places = mistake.place.iter().chain(mistake.also.as_ref().map(|(place, _)| place));
            for place in places {
                let text = &mistakes.sources.file(place.file).unwrap().text;
                assert!(text.get(place.span.clone()).is_some(), "{mistake:?}");
            }
        }
    }
}

#[test]
fn mutated_registries_end_in_an_answer() {
    let mut numbers = Numbers(1);
    let original = super::good::folders();
    let paths: Vec<String> = original.files().keys().cloned().collect();
    for round in 0..2_000 {
        let mut tree = original.clone();
        for _ in 0..=numbers.next(3) {
            let path = &paths[numbers.next(paths.len())];
            mutate(tree.files_mut().get_mut(path).unwrap(), &mut numbers);
        }
        check(&tree, &if round % 2 == 0 { ask("checkout") } else { Ask::Everything });
    }
}
