//! Files and folders that are there whole or not at all, whatever moment the machine stops at.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;

/// The name that something has until it is whole.
pub(crate) fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Writes a small file.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let partial = partial(path);
    let write = || {
        fs::write(&partial, bytes)?;
        sync(&partial)?;
        commit(&partial, path)
    };
    write().map_err(Error::write(path))
}

/// Makes what a file or folder holds safe on the disk.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Gives something whole its name, in place of what had it.
pub(crate) fn commit(partial: &Path, path: &Path) -> io::Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)?;
    }
    fs::rename(partial, path)?;
    path.parent().map_or(Ok(()), sync)
}

/// Removes a folder, if it is there.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
