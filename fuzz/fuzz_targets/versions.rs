//! Two versions of any bytes under each order: placing never panics, and the order is one.
#![no_main]

use holdpoint::version::{Order, Scale, check_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let (a, b) = data.split_once('\n').unwrap_or((data, data));
    let _ = (check_text(a), check_text(b));
    let listed = Scale::listed([a, b, "1.0"]);
    let orders = Order::WORDS.iter().filter_map(|word| Order::from_word(word));
    for scale in orders.filter(|order| *order != Order::Listed).map(Scale::new).chain([listed]) {
        let (Some(x), Some(y)) = (scale.place(a), scale.place(b)) else { continue };
        assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
        assert_eq!(x == y, x.cmp(&y).is_eq());
        assert_eq!(scale.place(a), Some(x));
        let _ = scale.is_prerelease(a);
    }
});
