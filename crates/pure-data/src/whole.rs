//! Files that are written whole or not at all: under a passing name, synced, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::Error;

/// Writes a file with what `write` gives. After a failure the old file, if any, is still there.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let written = write_synced(partial, write).and_then(|()| fs::rename(partial, path));
    if let Err(source) = written {
        // The first error is the one to tell.
        let _ = fs::remove_file(partial);
        return Err(Error::write(path)(source));
    }
    Ok(())
}

fn write_synced(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    write(&mut file)?;
    file.into_inner()?.sync_all()
}

/// Writes records, one a line, and tells how many there were.
pub(crate) fn write_lines<T: Serialize>(
    path: &Path,
    records: impl Iterator<Item = T>,
) -> Result<u64, Error> {
    let mut count = 0;
    write_whole(path, |file| {
        for record in records {
            serde_json::to_writer(&mut *file, &record)?;
            file.write_all(b"\n")?;
            count += 1;
        }
        Ok(())
    })?;
    Ok(count)
}

/// Makes a folder, with those that it stands in.
pub(crate) fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::write(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_whole(&path, |file| file.write_all(b"old")).unwrap();
        let failed = write_whole(&path, |file| {
            file.write_all(b"new")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.unwrap_err().to_string().contains("disk is full"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
