//! Many objects that are read in one go.

use super::commits::sh;
use super::*;

/// A repository of so many files, each of so many bytes and told apart by its first ones.
fn repository(format: &str, files: usize, length: usize) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for number in 0..files {
        std::fs::write(root.path().join(format!("{number:04}")), content(number, length)).unwrap();
    }
    sh(
        root.path(),
        &format!("git init -q -b main --object-format={format} .; git add -A; git commit -qm all"),
    );
    root
}

fn content(number: usize, length: usize) -> Vec<u8> {
    let mut bytes = format!("{number:04}").into_bytes();
    bytes.resize(length, b'.');
    bytes
}

fn opened(root: &tempfile::TempDir) -> (Objects, Vec<Blob>) {
    let objects = Objects::open(root.path()).unwrap();
    let listed = objects.contents(&objects.commit("HEAD").unwrap()).unwrap();
    (objects, listed.into_iter().map(|(_, blob)| blob).collect())
}

#[test]
fn neither_side_waits_for_ever_though_questions_and_answers_would_fill_every_pipe() {
    for format in ["sha1", "sha256"] {
        // More than a pipe holds of questions, and a hundred times that of answers.
        let (files, length, asked) = (50, 4_000, 2_500);
        let root = repository(format, files, length);
        let (objects, blobs) = opened(&root);
        let many: Vec<&Blob> = blobs.iter().cycle().take(asked).collect();
        let read = objects.bytes_of_each(&many, u64::MAX);
        let fits = read.iter().enumerate().all(|(at, read)| *read == Ok(content(at % files, length)));
        assert!(fits && read.len() == asked, "{format}");
        // What isn't wanted comes through the pipe all the same.
        let read = objects.bytes_of_each(&many, 10);
        assert!(read.len() == asked && read.iter().all(|read| *read == Err(BlobError::TooLarge)), "{format}");
        assert_eq!(objects.bytes(&blobs[3], u64::MAX), Ok(content(3, length)), "{format}");
    }
}

#[test]
fn each_answer_is_that_of_its_question() {
    let root = repository("sha1", 100, 20);
    let (objects, blobs) = opened(&root);
    let of = |id: String| Blob { kind: BlobKind::File, id };
    let (never, no_id) = (of("1".repeat(40)), of(format!("{}\n", blobs[0].id)));
    for count in [0, 1, 29, 30, 31, 59, 60, 61, 100] {
        let mut asked: Vec<&Blob> = Vec::new();
        for blob in &blobs[..count] {
            asked.extend([&never, blob, &no_id, blob]);
        }
        let one_by_one: Vec<_> = asked.iter().map(|blob| objects.bytes(blob, 100)).collect();
        assert_eq!(objects.bytes_of_each(&asked, 100), one_by_one, "{count}");
        let there = one_by_one.iter().filter(|read| read.is_ok()).count();
        assert_eq!(there, 2 * count, "{count}");
    }
}

#[test]
fn where_git_gives_up_at_one_the_others_are_read_all_the_same() {
    let root = repository("sha1", 200, 2_000);
    let (objects, blobs) = opened(&root);
    // Their ends are cut off: Git has begun to answer when it sees that.
    let spoilt = [0, 1, 29, 30, 77, 199];
    for at in spoilt {
        let (folder, name) = blobs[at].id.split_at(2);
        let path = root.path().join(".git/objects").join(folder).join(name);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 8]).unwrap();
    }
    let read = objects.bytes_of_each(&blobs.iter().collect::<Vec<_>>(), u64::MAX);
    assert_eq!(read.len(), blobs.len());
    for (at, read) in read.iter().enumerate() {
        match spoilt.contains(&at) {
            true => {
                assert!(matches!(read, Err(BlobError::Refused(why)) if !why.is_empty()), "{at}: {read:?}")
            }
            false => assert_eq!(*read, Ok(content(at, 2_000)), "{at}"),
        }
    }
    assert_eq!(read[77], objects.bytes(&blobs[77], u64::MAX), "as if it were asked by itself");
}
