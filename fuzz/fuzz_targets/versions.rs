//! Two versions of any bytes under each order: placing never panics, and the order is one.
#![no_main]

use holdpoint::version::{Order, Scale, check_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let (a, b) = data.split_once('\n').unwrap_or((data, data));
    let _ = (check_text(a), check_text(b));
    for scale in [Scale::new(Order::Semver), Scale::new(Order::Calver), Scale::listed([a, b, "1.0"])] {
        let (Some(x), Some(y)) = (scale.place(a), scale.place(b)) else { continue };
        assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
        assert_eq!(x == y, x.cmp(&y).is_eq());
        assert_eq!(scale.place(a), Some(x));
        let _ = scale.is_prerelease(a);
    }
});
