//! A line at the end of somebody's file.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// Puts a line at the end of a file, which is made if it isn't there, in one piece, and on the disk.
///
/// Several who do so at once don't mix their lines. A pipe that nobody reads is an error, and isn't waited for.
///
/// # Errors
/// What the system says.
pub fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    let mut file = options.open(path)?;
    let written = file.write(line)?;
    if written < line.len() {
        // The next line is then a line of its own again.
        let _ = file.write(b"\n");
        return Err(io::Error::new(io::ErrorKind::WriteZero, "only a part of the line could be written"));
    }
    match file.sync_data() {
        // A pipe or a terminal has nothing to be put on a disk.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_one_behind_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("told.jsonl");
        append(&path, b"one\n").unwrap();
        append(&path, b"two\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one\ntwo\n");
        assert!(append(folder.path(), b"x\n").is_err(), "a folder is no file");
        assert!(append(&folder.path().join("no/such/folder"), b"x\n").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_nobody_reads_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        assert!(append(&path, b"x\n").is_err());
    }
}
