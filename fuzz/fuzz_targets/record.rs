//! The record, of any bytes: whoever reads, verifies or goes on from it never panics, and what is put behind its end
//! can be read again.
#![no_main]

use std::sync::LazyLock;

use holdpoint::model::{Name, parse_time};
use holdpoint::record::{Wanted, each_line, recall, select, tail, torn, verify};
use holdpoint::registry::MemoryTree;
use libfuzzer_sys::fuzz_target;

const MONTHS: [&str; 2] = ["log/checkout/2026-10.jsonl", "log/checkout/2026-11.jsonl"];

static SERVICE: LazyLock<Option<Name>> = LazyLock::new(|| Name::new("checkout").ok());

fuzz_target!(|data: &[u8]| {
    let (Some(service), Ok(now)) = (SERVICE.as_ref(), parse_time("2026-11-22T03:00:00Z")) else {
        panic!("the record of this target is wrong")
    };
    // The first zero byte divides the two months; without one there is only the later.
    let cut = data.iter().position(|byte| *byte == 0);
    let parts = cut.map_or([&[][..], data], |cut| [&data[..cut], &data[cut + 1..]]);
    let tree: MemoryTree = MONTHS.into_iter().zip(parts.map(<[u8]>::to_vec)).collect();

    let verified = verify(&tree, service, &[]).unwrap_or_else(|error| panic!("it lies in memory: {error}"));
    for file in MONTHS {
        let _ = each_line(&tree, file, &mut |_| ());
    }
    if let Ok(selected) = select(&tree, std::slice::from_ref(service), &Wanted::default()) {
        selected.entries.iter().for_each(|entry| _ = entry.known());
    }
    let _ = recall(&tree, service, "key", now);
    let _ = torn(&tree, service);
    // The end that a writer goes on from is the one that the verifier saw.
    if let (Ok(tail), Some(end)) = (tail(&tree, service), &verified.end) {
        assert!(tail.seq == 0 || end.seq.is_none_or(|seq| seq == tail.seq), "{tail:?} {end:?}");
    }
});
