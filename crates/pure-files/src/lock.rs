//! Keeping other processes out.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use crate::Error;

/// A lock that no other process holds as long as this lives. The system releases it if the process ends
/// in any way; the file stays.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and makes its file if it is not there. What the file holds is left as it is.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if another process holds it, [`Error::NotAFile`] if something else is there, a
    /// link included, and [`Error::Write`].
    pub fn take(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = match File::create_new(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !path.symlink_metadata().is_ok_and(|there| there.is_file()) {
                    let found = "something else than the lock that belongs there";
                    return Err(Error::not_a_file(path, found));
                }
                File::options().write(true).open(path)
            }
            file => file,
        };
        let file = file.map_err(Error::write(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(Error::write(path)(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it_and_it_is_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::take(&path).unwrap();
        assert!(matches!(Lock::take(&path), Err(Error::InUse { .. })));
        drop(first);
        Lock::take(&path).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_link_that_stands_there_is_refused_and_its_file_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("lock"), folder.path().join("other"));
        std::fs::write(&other, "precious").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(matches!(Lock::take(&path), Err(Error::NotAFile { .. })));
        assert_eq!(std::fs::read(&other).unwrap(), b"precious");
    }
}
