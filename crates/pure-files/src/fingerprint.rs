//! Whether a file or folder is still what it was: its length and a checksum.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crc32fast::Hasher;

use crate::{Error, Input};

/// The length of a file and the CRC-32 of its bytes. It tells damage and change, not forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// In bytes; of a folder, that of its files together.
    pub length: u64,
    /// The CRC-32 of IEEE 802.3, as in zip and PNG.
    pub checksum: u32,
}

impl From<Fingerprint> for (u64, u32) {
    fn from(of: Fingerprint) -> Self {
        (of.length, of.checksum)
    }
}

/// The fingerprint of a regular file, or of the regular files of a folder in the order of their names.
///
/// Of a folder the names count too, each with the length of its file. Hidden files, whose names begin
/// with a dot, and folders in it are not looked at.
///
/// # Errors
///
/// [`Error::Read`], or [`Error::NotAFile`] for a device or a pipe.
pub fn fingerprint(path: impl AsRef<Path>) -> Result<Fingerprint, Error> {
    let path = path.as_ref();
    let mut hasher = Hasher::new();
    let mut length = 0;
    if path.is_dir() {
        for file in files(path)? {
            let name = file.file_name().unwrap_or_default().as_encoded_bytes();
            let size = file.metadata().map_err(Error::read(&file))?.len();
            hasher.update(&(name.len() as u64).to_le_bytes());
            hasher.update(name);
            hasher.update(&size.to_le_bytes());
            length += hash(&file, &mut hasher)?;
        }
    } else {
        length = hash(path, &mut hasher)?;
    }
    Ok(Fingerprint {
        length,
        checksum: hasher.finalize(),
    })
}

/// The regular files that stand in a folder, links to such included.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::read(folder))? {
        let entry = entry.map_err(Error::read(folder))?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Hashes the bytes of a file, and tells how many they are.
fn hash(path: &Path, hasher: &mut Hasher) -> Result<u64, Error> {
    let mut file = Input::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        match file.read(&mut buffer).map_err(Error::read(path))? {
            0 => return Ok(length),
            read => {
                hasher.update(&buffer[..read]);
                length += read as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "123456789").unwrap();
        let found: (u64, u32) = fingerprint(&path).unwrap().into();
        assert_eq!(found, (9, 0xcbf4_3926));
    }

    #[test]
    fn of_a_folder_every_byte_and_every_name_counts() {
        let of = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in files {
                fs::write(folder.path().join(name), text).unwrap();
            }
            fs::create_dir(folder.path().join("within")).unwrap();
            fingerprint(folder.path()).unwrap()
        };
        let one = of(&[("a", "12"), ("b", "3")]);
        assert_eq!(one, of(&[("b", "3"), ("a", "12"), (".hidden", "x")]));
        assert_eq!(one.length, 3);
        for other in [
            of(&[("a", "1"), ("b", "23")]),
            of(&[("a", "12"), ("c", "3")]),
            of(&[("a", "12"), ("b", "4")]),
            of(&[("a", "12"), ("b", "3"), ("c", "")]),
        ] {
            assert_ne!(one, other);
        }
    }
}
