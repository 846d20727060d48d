//! An event's id as receivers get it: the same for every receiver and every attempt.

use sha2::{Digest, Sha256};

use crate::telling::Message;

/// The longest id that is sent as it is.
const LONGEST: usize = 200;

/// The id of a message's event: as it is where it can stand in a header, a file and an address, else its hash.
pub fn event_id(message: &Message) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "._:/+-".contains(c);
    let id = &*message.id;
    if !id.is_empty() && id.len() <= LONGEST && id.chars().all(safe) { id.to_owned() } else { hash(id) }
}

/// The SHA-256 of a text, in hexadecimal digits.
pub(super) fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telling::body::testing::message;

    #[test]
    fn an_id_stays_unless_it_could_mean_something_else() {
        let of = |id: &str| event_id(&Message { id: id.into(), ..message() });
        for same in ["01KAF3M6Q0000000000000000A", "debt.overdue:checkout/01KAF4:2026-11-22", "a+b"] {
            assert_eq!(of(same), same);
        }
        for other in ["", "a\r\nx-evil: 1", "a b", "ä", &"x".repeat(201)] {
            let id = of(other);
            assert!(id.len() == 64 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
            assert_eq!(id, of(other), "the same each time");
        }
        assert_ne!(of("a b"), of("a  b"));
    }
}
