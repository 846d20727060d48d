//! Objects that were read and may be wanted again: what one commit holds, the next one mostly holds too.
//!
//! An object never changes, so nothing here can be stale. It is bounded: when it is full, it begins anew. (Counted
//! so that a repository can go to another thread.)

use std::collections::BTreeMap;
use std::sync::Arc;

use super::folder::Id;

/// A larger object isn't kept.
const LARGEST: usize = 1024 * 1024;
/// How many bytes are kept in all.
const ROOM: usize = 16 * 1024 * 1024;

/// The bytes of objects, by id.
#[derive(Debug, Default)]
pub(super) struct Kept {
    objects: BTreeMap<Id, Arc<[u8]>>,
    bytes: usize,
}

impl Kept {
    /// The bytes of an object, if they are here.
    pub fn get(&self, id: Id) -> Option<Arc<[u8]>> {
        self.objects.get(&id).map(Arc::clone)
    }

    /// Keeps an object's bytes, unless there are too many.
    pub fn keep(&mut self, id: Id, bytes: &Arc<[u8]>) {
        if bytes.len() > LARGEST {
            return;
        }
        if self.bytes + bytes.len() > ROOM {
            *self = Kept::default();
        }
        self.bytes += bytes.len();
        self.objects.insert(id, Arc::clone(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> Id {
        Id::parse(&format!("{number:040x}")).unwrap()
    }

    #[test]
    fn what_was_kept_is_found_and_no_more_than_there_is_room_for() {
        let mut kept = Kept::default();
        let piece: Arc<[u8]> = vec![7; LARGEST].into();
        for number in 0..3 * ROOM / LARGEST {
            kept.keep(id(number), &piece);
            assert_eq!(kept.get(id(number)).as_deref(), Some(&*piece));
            assert!(kept.objects.values().map(|bytes| bytes.len()).sum::<usize>() <= ROOM);
        }
        assert_eq!(kept.get(id(0)), None);
        kept.keep(id(0), &vec![7; LARGEST + 1].into());
        assert_eq!(kept.get(id(0)), None);
    }
}
