//! Whether a journal still fits what stands in the registry, piece by piece.
//!
//! A piece is done, or not begun; of lines, some may be there. Anything else was put there by somebody who knew
//! nothing of the journal: another commit was checked out, a file was edited by hand. Then nothing of it may be
//! applied, and nobody can say whether what it wanted still holds.

use super::bare::Bare;
use super::journal::{Journal, LOOKED_AT, Lines, Piece, hash};
use crate::registry::{End, Tree};

/// How far a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Far {
    /// As it was before; of lines, perhaps some bytes are there.
    Before,
    /// Done.
    Done,
}

/// How far each piece of a journal is: its files, and its lines.
pub(super) struct Fit {
    pub files: Vec<Far>,
    pub lines: Vec<Far>,
}

/// Holds a journal against what stands there.
///
/// # Errors
/// In words, why it doesn't fit.
pub(super) fn fit(tree: &Bare, journal: &Journal) -> Result<Fit, String> {
    Ok(Fit {
        files: journal.files.iter().map(|piece| far(tree, piece)).collect::<Result<_, _>>()?,
        lines: journal.lines.iter().map(|lines| far_along(tree, lines)).collect::<Result<_, _>>()?,
    })
}

fn far(tree: &Bare, piece: &Piece) -> Result<Far, String> {
    let there = tree.read(&piece.path).map_err(|error| error.to_string())?;
    if there == piece.after {
        return Ok(Far::Done);
    }
    if there.as_deref().map(hash) == piece.before {
        return Ok(Far::Before);
    }
    Err(match there {
        None => format!("`{}` is gone", piece.path),
        Some(_) => format!("`{}` was changed since", piece.path),
    })
}

fn far_along(tree: &Bare, lines: &Lines) -> Result<Far, String> {
    let (file, at) = (&lines.file, lines.at());
    let start = at.saturating_sub(LOOKED_AT as u64);
    let Some(End { length, bytes }) = tree.read_from(file, |_| start).map_err(|error| error.to_string())?
    else {
        return if lines.end.is_some() { Err(format!("`{file}` is gone")) } else { Ok(Far::Before) };
    };
    let Some((known, rest)) = bytes.split_at_checked((at - start) as usize).filter(|_| length >= at) else {
        return Err(format!("`{file}` is shorter than it was"));
    };
    if lines.end.as_ref().is_some_and(|end| end.hash != hash(known)) {
        return Err(format!("`{file}` was changed since"));
    }
    if rest == lines.bytes {
        return Ok(Far::Done);
    }
    if is_begun(rest, &lines.bytes) { Ok(Far::Before) } else { Err(format!("`{file}` goes on otherwise")) }
}

/// Whether bytes are the beginning of others, as a crash may leave them: what never reached the disk is zeros.
fn is_begun(rest: &[u8], whole: &[u8]) -> bool {
    let same = rest.iter().zip(whole).take_while(|(a, b)| a == b).count();
    rest.len() <= whole.len() && rest[same..].iter().all(|byte| *byte == 0)
}
