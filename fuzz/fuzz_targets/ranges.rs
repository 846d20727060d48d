//! A range and a version of any bytes: reading never panics, and what is printed reads as the same range.
#![no_main]

use holdpoint::version::{Order, Ranges, Scale};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let (range, version) = data.split_once('\n').unwrap_or((data, "1.2.3"));
    let listed = Scale::listed(["1.0", "1.1", "2.0", version]);
    let orders = Order::WORDS.iter().filter_map(|word| Order::from_word(word));
    for scale in orders.filter(|order| *order != Order::Listed).map(Scale::new).chain([listed]) {
        let place = scale.place(version);
        for parsed in [Ranges::parse([range], &scale), Ranges::parse_except([range], &scale)] {
            match parsed {
                Ok(ranges) => {
                    let _ = ranges.contains(version, place.as_ref());
                }
                Err(error) => {
                    assert!(range.get(error.span.clone()).is_some(), "the span lies in the text: {error:?}");
                    let _ = (error.to_string(), error.hint());
                }
            }
        }
        if let Ok(ranges) = Ranges::parse([range], &scale) {
            let printed: Vec<String> =
                ranges.alternatives().map(|alternative| alternative.to_string()).collect();
            let again = Ranges::parse(printed.iter().map(String::as_str), &scale);
            assert_eq!(again.as_ref(), Ok(&ranges));
        }
    }
});
