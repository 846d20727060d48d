//! A last line that was torn: its bytes are put aside, and kept.

use std::io;
use std::path::Path;

use super::apply::ApplyError;
use super::bare::Bare;
use super::hands::Hands;
use super::journal::hash;
use super::parent;
use super::work::{Failed, Work, at};
use crate::registry::{End, MAX_FILE, Tree};

/// Something that was in the way, and where it lies now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The file that it stood in, or was.
    pub from: String,
    /// The file that it is now, beside it: a dotfile.
    pub to: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// Puts the end of a file of the record aside, behind its last whole line. None: it ends with a whole line.
///
/// The same bytes go to the same file, so nothing is kept twice when this is cut short.
pub(super) fn put_aside(hands: &dyn Hands, root: &Path, file: &str) -> Result<Option<Aside>, ApplyError> {
    let Some(End { length, bytes }) = Bare::new(root).read_end(file, MAX_FILE)? else { return Ok(None) };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if whole == 0 && bytes.len() as u64 != length {
        let error = io::Error::other("its last line has no beginning");
        return Err(Failed { path: file.to_owned(), error }.into());
    }
    let torn = &bytes[whole..];
    if torn.is_empty() {
        return Ok(None);
    }
    let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".jsonl");
    let kept = hash(torn);
    let to = format!("{}/.holdpoint-torn-{name}-{}", parent(file), &kept[..8]);
    keep(hands, root, torn, &to)?;
    let place = root.join(file);
    let cut = hands.truncate(&place, length - torn.len() as u64).and_then(|()| hands.sync_file(&place));
    at(file, cut)?;
    Ok(Some(Aside { from: file.to_owned(), to, bytes: torn.len() as u64 }))
}

fn keep(hands: &dyn Hands, root: &Path, torn: &[u8], to: &str) -> Result<(), Failed> {
    let place = root.join(to);
    let keep = || -> io::Result<()> {
        let beside = Work::new(hands, root).write_beside(&place, torn)?;
        hands.rename(&beside, &place).inspect_err(|_| _ = hands.remove(&beside))?;
        place.parent().map_or(Ok(()), |folder| hands.sync_folder(folder))
    };
    at(to, keep())
}
