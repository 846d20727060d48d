//! Registries of any bytes: a file a paragraph between `---PATH` lines. Loading and judging never panic.
#![no_main]

use holdpoint::judge::{Moment, Question, advise};
use holdpoint::model::{MoveKind, Name, parse_time};
use holdpoint::registry::{Ask, LoadError, MemoryTree, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut tree = MemoryTree::new();
    let (mut path, mut content) = ("holdpoint.toml".to_owned(), Vec::new());
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(b"---") {
            Some(next) => {
                tree.put(&path, std::mem::take(&mut content));
                path = String::from_utf8_lossy(next).trim().to_owned();
            }
            None => content.extend_from_slice(line),
        }
    }
    tree.put(&path, content);
    let Ok(service) = Name::new("checkout") else { return };
    for ask in [Ask::Service(service.clone()), Ask::Everything] {
        let registry = match load(&tree, "holdpoint.toml", &ask) {
            Ok(loaded) => loaded.registry,
            Err(LoadError::Mistakes(mistakes)) => {
                assert!(!mistakes.list.is_empty());
                let _ = holdpoint::report::human::mistakes(&mistakes, 80);
                continue;
            }
            Err(_) => continue,
        };
        let question = Question {
            service: service.clone(),
            environment: Name::new("prod").ok(),
            from: None,
            to: "2.3.0".into(),
            asked: MoveKind::Rollback,
            incident: None,
            asker: None,
            along: Default::default(),
        };
        if let Ok(now) = parse_time("2026-11-22T04:00:00Z") {
            let _ = advise(&registry, &question, Moment::present(now));
            let _ = advise(&registry, &question, Moment::as_of(now));
        }
    }
});
