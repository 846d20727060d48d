//! Small records, damaged in every way there is.

use super::*;
use crate::record::testing::{deed, named, sealed, statement, written};
use crate::record::{Deed, seal, tail};
use crate::registry::MemoryTree;

const TIMES: [&str; 7] = [
    "2026-09-30T10:00:00Z",
    "2026-10-02T10:00:00Z",
    "2026-10-02T10:00:00Z",
    "2026-10-29T10:00:00Z",
    "2026-11-01T10:00:00Z",
    "2026-11-02T10:00:00Z",
    "2026-11-03T10:00:00Z",
];

/// A record of seven lines in three files. Ids differ although two lines are of one second.
fn record() -> MemoryTree {
    let mut says: Vec<_> = TIMES.iter().map(|at| statement(at)).collect();
    says[2] = deed(TIMES[2], Deed::Released { version: "2.4.2".into(), commit: None, digests: vec![] });
    says[2].id = "01KAF3ZZZZZZZZZZZZZZZZZZZZ".into();
    sealed(&says)
}

fn check(tree: &MemoryTree, heads: &[Head]) -> Verified {
    verify(tree, &named("checkout"), heads).unwrap()
}

fn head(tree: &MemoryTree) -> Head {
    tail(tree, &named("checkout")).unwrap().head(&named("checkout")).unwrap()
}

/// The lines of all files, each with its newline.
fn lines(tree: &MemoryTree) -> Vec<(String, Vec<u8>)> {
    let each = |(file, bytes): (&String, &Vec<u8>)| {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        lines.map(|line| (file.clone(), line.to_vec())).collect::<Vec<_>>()
    };
    tree.files().iter().flat_map(each).collect()
}

/// A record of these lines.
fn of(lines: &[(String, Vec<u8>)]) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for (file, bytes) in lines {
        tree.files_mut().entry(file.clone()).or_default().extend(bytes);
    }
    tree
}

/// Where the lines of a record stand.
fn spots(lines: &[(String, Vec<u8>)]) -> Vec<Spot> {
    let line = |at: usize| 1 + lines[..at].iter().filter(|(file, _)| *file == lines[at].0).count();
    (0..lines.len()).map(|at| Spot { file: lines[at].0.clone(), line: line(at) }).collect()
}

/// What is found, each with its line: `2026-10.jsonl:2 changed`.
fn told(verified: &Verified) -> Vec<String> {
    let short = |finding: &Finding| {
        format!("{} {}", finding.spot.to_string().trim_start_matches("log/checkout/"), finding.trouble.word())
    };
    verified.findings.iter().map(short).collect()
}

fn messages(verified: &Verified) -> String {
    verified.findings.iter().map(|finding| finding.message() + "\n").collect()
}

#[test]
fn what_is_as_it_was_written_verifies_with_every_head_that_it_had() {
    let all = lines(&record());
    let heads: Vec<Head> = (1..=all.len()).map(|count| head(&of(&all[..count]))).collect();
    let verified = check(&record(), &heads);
    assert_eq!((told(&verified), verified.warnings.len()), (vec![], 0));
    assert_eq!((verified.lines, verified.files.len()), (7, 3));
    assert_eq!(verified.end.as_ref().and_then(|end| end.seq), Some(7));
    assert_eq!(
        verified.heads.iter().map(|(_, seq)| *seq).collect::<Vec<_>>(),
        (1..=7).map(Some).collect::<Vec<_>>()
    );
    assert!(check(&MemoryTree::new(), &[]).is_whole());
}

#[test]
fn every_flipped_byte_is_found_in_its_line() {
    let all = lines(&record());
    let (spots, newest) = (spots(&all), head(&record()));
    for (at, spot) in spots.iter().enumerate() {
        for byte in 0..all[at].1.len() {
            for bits in [0x01, 0x80, b'\n' ^ all[at].1[byte]] {
                let mut damaged = all.clone();
                damaged[at].1[byte] ^= bits;
                if damaged == all {
                    continue;
                }
                let tree = of(&damaged);
                // Only the last line needs a head.
                let heads = if at + 1 < all.len() { &[][..] } else { std::slice::from_ref(&newest) };
                let found = check(&tree, heads);
                let about = || {
                    format!(
                        "line {at}, byte {byte}, bits {bits}:\n{}\n{}",
                        messages(&found),
                        told(&found).join("\n")
                    )
                };
                let names = |finding: &Finding| {
                    finding.spot == *spot
                        || matches!(&finding.trouble, Trouble::Either(before) if before == spot)
                };
                assert!(found.findings.iter().any(names), "{}", about());
                let near = |finding: &Finding| {
                    // A newline that is gone, or new, makes one line of two, or two of one.
                    let near = spot.line.abs_diff(finding.spot.line) <= 2 && finding.spot.file == spot.file;
                    let next = spots.get(at + 1).is_some_and(|next| *next == finding.spot);
                    near || next || matches!(finding.trouble, Trouble::Head { .. })
                };
                assert!(found.findings.iter().all(near), "{}", about());
            }
        }
    }
}

#[test]
fn a_changed_line_is_the_only_one_accused() {
    let all = lines(&record());
    for (at, spot) in spots(&all).iter().enumerate().take(all.len() - 2) {
        let mut damaged = all.clone();
        let text = String::from_utf8(damaged[at].1.clone()).unwrap();
        damaged[at].1 = text.replace("Ann", "Eve").into_bytes();
        let found = check(&of(&damaged), &[]);
        assert_eq!(found.findings.len(), 1, "{}", messages(&found));
        assert!(matches!(&found.findings[0].trouble, Trouble::Changed { before: None, .. }));
        assert_eq!(found.findings[0].spot, *spot);
        // And so is one whose hash of the line before was changed.
        let mut damaged = all.clone();
        let end = damaged[at].1.len() - 4;
        damaged[at].1[end] ^= 1;
        let found = check(&of(&damaged), &[]);
        let wrong: Vec<_> = found.findings.iter().filter(|finding| finding.spot != *spot).collect();
        assert!(!found.is_whole() && wrong.is_empty(), "{at}: {}", messages(&found));
    }
}

#[test]
fn every_dropped_line_is_missed_by_its_number() {
    let all = lines(&record());
    for at in 0..all.len() {
        let mut left = all.clone();
        left.remove(at);
        let tree = of(&left);
        let found = check(&tree, &[]);
        if at + 1 == all.len() {
            assert!(found.is_whole(), "{}", messages(&found));
            let found = check(&tree, &[head(&record())]);
            assert_eq!(told(&found), ["2026-11.jsonl:2 head-missing"]);
            assert!(messages(&found).contains("the record had 7 lines and ends with number 6"));
            continue;
        }
        let number = at as u64 + 1;
        assert_eq!(found.findings.len(), 1, "{}", messages(&found));
        assert_eq!(found.findings[0].spot, spots(&left)[at]);
        assert!(
            matches!(found.findings[0].trouble, Trouble::Missing { first, last, .. } if (first, last) == (number, number)),
            "{}",
            messages(&found)
        );
    }
}

#[test]
fn every_swap_names_both_lines() {
    let all = lines(&record());
    for one in 0..all.len() {
        for other in one + 1..all.len() {
            let mut swapped = all.clone();
            let kept = swapped[one].1.clone();
            swapped[one].1 = std::mem::replace(&mut swapped[other].1, kept);
            let found = check(&of(&swapped), &[]);
            let spots = spots(&all);
            assert_eq!(found.findings.len(), 1, "{one} and {other}: {}", messages(&found));
            match &found.findings[0].trouble {
                Trouble::Swapped(a, b) => assert_eq!((&a.first, &b.first), (&spots[one], &spots[other])),
                // The first file has one line.
                Trouble::SwappedFiles(..) => panic!("{one} and {other}"),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn every_line_that_was_moved_is_missed_where_it_belongs() {
    let all = lines(&record());
    for from in 0..all.len() {
        for to in 0..all.len() {
            if from.abs_diff(to) < 2 {
                continue; // neighbours that are swapped
            }
            let mut texts: Vec<Vec<u8>> = all.iter().map(|(_, text)| text.clone()).collect();
            let text = texts.remove(from);
            texts.insert(to, text);
            let moved: Vec<_> = all.iter().zip(texts).map(|((file, _), text)| (file.clone(), text)).collect();
            let found = check(&of(&moved), &[]);
            assert_eq!(found.findings.len(), 1, "{from} to {to}: {}", messages(&found));
            let finding = &found.findings[0];
            let word = finding.trouble.word();
            assert!(word == "moved" || word == "files-moved", "{from} to {to}: {}", messages(&found));
            if matches!(finding.trouble, Trouble::Belongs(_)) {
                assert_eq!(finding.spot, spots(&moved)[to], "{from} to {to}: {}", messages(&found));
            }
        }
    }
}

#[test]
fn every_cut_is_found_and_at_the_end_of_a_line_with_a_head() {
    let all = lines(&record());
    let bytes: usize = all.iter().map(|(_, text)| text.len()).sum();
    for cut in 0..bytes {
        let (mut left, mut rest) = (Vec::new(), cut);
        for (file, text) in &all {
            let kept = rest.min(text.len());
            rest -= kept;
            if kept > 0 {
                left.push((file.clone(), text[..kept].to_vec()));
            }
        }
        let whole = left.last().is_none_or(|(_, text)| text.ends_with(b"\n"));
        let found = check(&of(&left), &[]);
        assert_eq!(found.is_whole(), whole, "{cut}: {}", messages(&found));
        if !whole {
            let spot = spots(&left).pop().unwrap();
            assert!(matches!(found.findings[0].trouble, Trouble::Torn { inside: false, .. }));
            assert_eq!((found.findings.len(), &found.findings[0].spot), (1, &spot));
        }
        let with_head = check(&of(&left), &[head(&record())]);
        assert!(with_head.findings.iter().any(|finding| finding.trouble.word() == "head-missing"));
    }
}

#[test]
fn a_cut_in_an_older_file_is_found_in_it() {
    let all = lines(&record());
    let mut cut = all.clone();
    cut[3].1.truncate(40);
    let found = check(&of(&cut), &[]);
    assert_eq!(told(&found)[0], "2026-10.jsonl:3 torn");
    assert!(messages(&found).contains("the file was cut"), "{}", messages(&found));
}

/// What is done to the lines, and what is found.
#[test]
fn damage_is_told_in_plain_words() {
    type Damage = fn(&mut Vec<(String, Vec<u8>)>);
    let cases: [(Damage, &[&str], &str); 14] = [
        (
            |all| {
                all.remove(1);
                all.remove(1);
            },
            &["2026-10.jsonl:1 missing"],
            "2 lines are missing, numbers 2 to 3, between line 1 of 2026-09.jsonl and line 1; whole files may be missing",
        ),
        (
            |all| {
                all.drain(1..4);
            },
            &["2026-11.jsonl:1 missing"],
            "3 lines are missing, numbers 2 to 4, between line 1 of 2026-09.jsonl and line 1; whole files may be missing",
        ),
        (
            |all| {
                all.drain(..2);
            },
            &["2026-10.jsonl:1 missing"],
            "2 lines are missing, numbers 1 to 2, before line 1: the beginning of the record; whole files may be missing",
        ),
        (
            |all| {
                let again = all[4].clone();
                all.insert(5, again);
            },
            &["2026-11.jsonl:2 repeated"],
            "line 2 repeats line 1",
        ),
        (
            |all| {
                let again = all[1].clone();
                all.push(again);
            },
            &["2026-10.jsonl:4 repeated"],
            "line 4 repeats line 1",
        ),
        (
            |all| {
                all.insert(2, (all[1].0.clone(), b"\n".to_vec()));
            },
            &["2026-10.jsonl:2 empty-line"],
            "line 2 is empty",
        ),
        (
            |all| {
                all[1..4].iter_mut().for_each(|(_, text)| {
                    text.pop();
                    text.extend(b"\r\n");
                })
            },
            &["2026-10.jsonl line-ends"],
            "3 lines end in CR LF: Git or an editor",
        ),
        (
            |all| all[2].1.splice(..0, b"<<<<<<< HEAD\n".iter().copied()).for_each(drop),
            &["2026-10.jsonl:2 merge-conflict"],
            "line 2 is a mark of Git's",
        ),
        (
            |all| all[2].1 = b"[]\n".to_vec(),
            &["2026-10.jsonl:2 unreadable", "2026-10.jsonl:2 changed"],
            "line 2 can't be read: it is no table of fields",
        ),
        (
            |all| all[2].1 = b"{\"seq\":3,\"at\":\"today\",\"prev\":\"abc\"}\n".to_vec(),
            &[
                "2026-10.jsonl:2 field-missing",
                "2026-10.jsonl:2 field-odd",
                "2026-10.jsonl:2 field-odd",
                "2026-10.jsonl:2 changed",
            ],
            "line 2 lacks `id`, `kind`, `service`, `by`, `known`",
        ),
        (
            |all| {
                let kept = all[1..4].iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
                let later = all[4..].iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
                all.truncate(1);
                all.extend(later.into_iter().map(|text| ("log/checkout/2026-10.jsonl".to_owned(), text)));
                all.extend(kept.into_iter().map(|text| ("log/checkout/2026-11.jsonl".to_owned(), text)));
            },
            &["2026-10.jsonl files-moved"],
            "the files `log/checkout/2026-10.jsonl` and `log/checkout/2026-11.jsonl` have each other's place",
        ),
        (
            |all| {
                all.clear();
                all.push(("log/checkout/notes.txt".into(), b"x".to_vec()));
            },
            &["notes.txt strange-file"],
            "no month's file",
        ),
        (
            |all| {
                let text = all[6].1.clone();
                all[6].1 = text;
                all[5].1 = b"{\"seq\":6}\n".to_vec();
            },
            &["2026-11.jsonl:2 field-missing", "2026-11.jsonl:2 changed"],
            "line 2 was changed after line 3 was written",
        ),
        (
            |all| {
                for at in [1, 2, 3] {
                    let text = String::from_utf8(all[at].1.clone()).unwrap();
                    all[at].1 = text.replace("Ann", "Eve").into_bytes();
                }
            },
            &["2026-10.jsonl:2 changed", "2026-10.jsonl:3 changed"],
            "line 2 was changed after line 3 was written, which holds another hash of it; it doesn't hold the hash of line 1 either, so line 1 may have been changed, too",
        ),
    ];
    for (damage, want, words) in cases {
        let mut all = lines(&record());
        damage(&mut all);
        let found = check(&of(&all), &[]);
        assert_eq!(told(&found), want, "{}", messages(&found));
        assert!(messages(&found).contains(words), "{words}\n{}", messages(&found));
    }
}

#[test]
fn the_last_link_accuses_two_until_a_head_clears_one() {
    let mut all = lines(&record());
    let newest = head(&record());
    let text = String::from_utf8(all[5].1.clone()).unwrap();
    all[5].1 = text.replace("Ann", "Eve").into_bytes();
    let tree = of(&all);
    let found = check(&tree, &[]);
    assert_eq!(told(&found), ["2026-11.jsonl:3 changed"]);
    assert!(
        messages(&found)
            .contains("either line 2 was changed after line 3 was written, or `prev` of line 3 was")
    );
    assert_eq!(told(&check(&tree, &[newest])), ["2026-11.jsonl:2 changed"]);
}

#[test]
fn lines_that_were_put_in_and_two_histories_are_told_apart() {
    let base = written(&["2026-11-01", "2026-11-02"]);
    let onto = |tree: &MemoryTree, at: &str| {
        let sealed =
            seal(&named("checkout"), &tail(tree, &named("checkout")).unwrap(), &[&statement(at)]).unwrap();
        let mut tree = tree.clone();
        tree.files_mut().entry(sealed.file).or_default().extend(sealed.bytes);
        tree
    };
    let (mine, theirs) = (onto(&base, "2026-11-03"), onto(&base, "2026-11-04"));
    let mut union = lines(&mine);
    union.push(lines(&theirs).pop().unwrap());
    let found = check(&of(&union), &[]);
    assert_eq!(told(&found), ["2026-11.jsonl:4 forked"]);
    assert!(
        messages(&found)
            .contains("line 4 follows line 2, and so does what stands between, line 3: two histories")
    );
    let mut forged = lines(&mine);
    forged.insert(1, (forged[0].0.clone(), b"{\"seq\":2,\"prev\":\"00\"}\n".to_vec()));
    let found = messages(&check(&of(&forged), &[]));
    assert!(found.contains("line 3 follows line 1; what stands between, line 2, was put in"), "{found}");
}

#[test]
fn heads_tell_a_cut_tail_a_new_chain_and_since_when() {
    let (old, all) = (record(), lines(&record()));
    let heads: Vec<Head> = [2, 5, 7].iter().map(|count| head(&of(&all[..*count]))).collect();
    // Somebody writes everything from the fourth line on anew, with hashes that fit.
    let mut anew = of(&all[..3]);
    for at in &TIMES[3..] {
        let other = deed(at, Deed::IncidentEnded);
        let sealed = seal(&named("checkout"), &tail(&anew, &named("checkout")).unwrap(), &[&other]).unwrap();
        anew.files_mut().entry(sealed.file).or_default().extend(sealed.bytes);
    }
    assert!(check(&anew, &[]).is_whole() && check(&anew, &heads[..1]).is_whole());
    let found = check(&anew, &heads);
    assert_eq!(told(&found), ["2026-11.jsonl:1 head-missing", "2026-11.jsonl:3 head-missing"]);
    let words = "number 5 isn't what it was: it was changed, or the record was written anew; up to number 2, of \
                 2026-10-02T10:00:00Z, an earlier head still fits";
    assert!(messages(&found).contains(words), "{}", messages(&found));
    let nothing = check(&MemoryTree::new(), &[head(&old)]);
    assert_eq!(told(&nothing), ["log/checkout head-missing"]);
    assert!(messages(&nothing).contains("it had 7 lines and is gone"));
    let bare = Head { service: None, seq: None, hash: head(&old).hash };
    assert!(check(&old, std::slice::from_ref(&bare)).is_whole());
    let cut = messages(&check(&of(&all[..6]), &[bare]));
    assert!(cut.contains("the record, which ends with number 6, doesn't hold it"), "{cut}");
    let wrong = Head { seq: Some(3), ..head(&old) };
    assert!(messages(&check(&old, &[wrong])).contains("said to be number 3, and is that of number 7"));
}

#[test]
fn lines_of_a_later_holdpoint_verify() {
    let mut tree = record();
    let prev = head(&tree).hash;
    let later = format!(
        "{{\"seq\":8, \"id\":\"01KAG\",\"at\":\"2026-11-04T00:00:00.125+01:00\",\"kind\":\"teleported\",\"service\":\"checkout\",\
         \"by\":\"Ann\",\"known\":\"oidc\",\"environment\":[\"a\"],\"beam\":{{\"wide\":1.50}},\"prev\":\"{prev}\"}}\n"
    );
    tree.files_mut().get_mut("log/checkout/2026-11.jsonl").unwrap().extend(later.as_bytes());
    let sealed =
        seal(&named("checkout"), &tail(&tree, &named("checkout")).unwrap(), &[&statement("2026-11-05")])
            .unwrap();
    tree.files_mut().get_mut(&sealed.file).unwrap().extend(sealed.bytes);
    let found = check(&tree, &[]);
    assert_eq!((told(&found), found.lines), (vec![], 9));
}

#[test]
fn what_is_odd_in_a_whole_chain_is_a_warning_or_a_finding_of_its_own() {
    let mut says = vec![
        statement("2026-11-02T10:00:00Z"),
        statement("2026-11-02T09:51:00Z"),
        statement("2026-11-02T09:40:00Z"),
    ];
    let found = check(&sealed(&says), &[]);
    assert_eq!(found.findings, []);
    let warned: Vec<String> = found.warnings.iter().map(Finding::message).collect();
    let want = "line 3 is of 2026-11-02T09:40:00Z, earlier than line 2, which is of 2026-11-02T09:51:00Z: clocks disagree";
    assert_eq!(warned, [want]);
    says[1].service = "cart".into();
    says[2].id = says[0].id.clone();
    let mut tree = MemoryTree::new();
    for statement in &says {
        let sealed =
            seal(&named("checkout"), &tail(&tree, &named("checkout")).unwrap(), &[statement]).unwrap();
        tree.files_mut().entry(sealed.file).or_default().extend(sealed.bytes);
    }
    assert_eq!(told(&check(&tree, &[])), ["2026-11.jsonl:2 other-service", "2026-11.jsonl:3 same-id"]);
    let renamed: MemoryTree =
        tree.files().values().map(|bytes| ("log/checkout/2026-10.jsonl", bytes.clone())).collect();
    assert_eq!(
        check(&renamed, &[]).warnings.iter().filter(|found| found.trouble.word() == "month").count(),
        3
    );
}

#[test]
fn numbers_are_counted_where_the_hashes_fit() {
    let mut tree = MemoryTree::new();
    for (at, seq) in
        [("2026-11-01", 0), ("2026-11-02", 1), ("2026-11-03", 4), ("2026-11-04", 5), ("2026-11-05", 5)]
    {
        let mut end = tail(&tree, &named("checkout")).unwrap();
        end.seq = seq;
        let sealed = seal(&named("checkout"), &end, &[&statement(at)]).unwrap();
        tree.files_mut().entry(sealed.file).or_default().extend(sealed.bytes);
    }
    let found = messages(&check(&tree, &[]));
    let want = "the number of line 3 skips: it is 5, and 3 comes next\nthe number of line 5 repeats: it is 6, and 7 comes next\n";
    assert_eq!(found, want);
}
