//! Integers of any size, as they stand in versions.

/// An integer of any size. `Large` holds only what `Small` can't, so equal numbers have one form, and its
/// digits come after their count, so that the derived order is the numeric one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Number {
    /// What a machine word holds.
    Small(u64),
    /// How many digits there are, and the digits; the first isn't a zero.
    Large(usize, Box<str>),
}

impl Number {
    /// Zero.
    pub(super) const ZERO: Number = Number::Small(0);

    /// The number of these digits; without any it is zero.
    pub(super) fn new(digits: &str) -> Number {
        let digits = digits.trim_start_matches('0');
        match digits.parse() {
            Ok(small) => Number::Small(small),
            Err(_) if digits.is_empty() => Number::ZERO,
            Err(_) => Number::Large(digits.len(), digits.into()),
        }
    }
}

/// How many digits a text begins with.
pub(super) fn digits_len(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_size() {
        let huge = "9".repeat(100);
        let ascending = ["", "1", "09", "10", "18446744073709551615", "18446744073709551616", &huge];
        for pair in ascending.windows(2) {
            assert!(Number::new(pair[0]) < Number::new(pair[1]), "{pair:?}");
        }
        assert!(Number::new(&huge) < Number::new(&format!("1{}", "0".repeat(100))));
    }

    #[test]
    fn leading_zeros_do_not_count() {
        for (a, b) in [("", "000"), ("007", "7"), ("018446744073709551616", "18446744073709551616")] {
            assert_eq!(Number::new(a), Number::new(b));
        }
    }
}
