//! Git's index: which files the next commit holds, read from its file (`gitformat-index`).

/// Whether the next commit holds a file, by its path in the repository. `hash` is the length of an object's id in
/// bytes. None: this isn't an index that we know.
pub(super) fn holds(bytes: &[u8], path: &[u8], hash: usize) -> Option<bool> {
    let rest = bytes.strip_prefix(b"DIRC")?;
    let (version, count) = (number(rest)?, number(rest.get(4..)?)?);
    if !(2..=4).contains(&version) {
        return None;
    }
    let (mut at, mut name) = (12, Vec::new());
    for _ in 0..count {
        let begin = at;
        at += STAT + hash;
        let flags = u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?);
        at += if version > 2 && flags & EXTENDED != 0 { 4 } else { 2 };
        let kept = if version == 4 { name.len().checked_sub(offset(bytes, &mut at)?)? } else { 0 };
        name.truncate(kept);
        let length = bytes.get(at..)?.iter().position(|byte| *byte == 0)?;
        name.extend_from_slice(&bytes[at..at + length]);
        at += length;
        if name == path {
            return Some(true);
        }
        // Before version 4 each entry is filled up with zeros, one at least, to a multiple of eight.
        at = if version == 4 { at + 1 } else { begin + (at - begin + 8) / 8 * 8 };
    }
    Some(false)
}

/// What an entry begins with: times, numbers and sizes of the file.
const STAT: usize = 40;

/// The flag that says that two more bytes of flags follow.
const EXTENDED: u16 = 0x4000;

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}

/// How much of the name before is dropped, in Git's numbers of seven bits a byte.
fn offset(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value: usize = 0;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value = value.checked_mul(128)?.checked_add(usize::from(byte & 127))?;
        if byte & 128 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}
