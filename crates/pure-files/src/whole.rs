//! Writing files and folders whole or not at all, and removing them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Writes a file with these bytes.
///
/// # Errors
///
/// [`Error::Write`], [`Error::NoName`], or [`Error::NotAFile`] if a folder is there; the old file, if
/// any, is still there.
pub fn write(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
    write_with(path, |file| file.write_all(bytes.as_ref()))
}

/// Writes a file with what `write` writes to it.
///
/// A path that leads to a pipe, a terminal or another device, such as `/dev/stdout`, is written
/// straight into: there is nothing to be replaced.
///
/// # Errors
///
/// As [`write()`]; an error of `write` becomes the source of an [`Error::Write`].
pub fn write_with<T>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
) -> Result<T, Error> {
    let path = path.as_ref();
    if path.is_dir() && !path.is_symlink() {
        return Err(Error::not_a_file(path, "a folder"));
    }
    if is_device(path) {
        let straight = || {
            let mut file = BufWriter::new(File::options().write(true).open(path)?);
            let value = write(&mut file)?;
            file.flush().map(|()| value)
        };
        return straight().map_err(Error::write(path));
    }
    write_by_name(path, |partial| {
        let whole = || {
            let file = File::create_new(partial)?;
            if let Ok(old) = path.symlink_metadata()
                && old.is_file()
            {
                file.set_permissions(old.permissions())?;
            }
            let mut file = BufWriter::new(file);
            let value = write(&mut file)?;
            file.into_inner()?.sync_all().map(|()| value)
        };
        whole().map_err(Error::write(path))
    })
}

/// Writes a file by a function that makes it under the name that it is given: for libraries that open
/// the file themselves.
///
/// # Errors
///
/// The error of `write`, or as [`write()`].
pub fn write_by_name<T, E: From<Error>>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&Path) -> Result<T, E>,
) -> Result<T, E> {
    let path = path.as_ref();
    let partial = Partial::of(path)?;
    let value = write(&partial.0)?;
    sync(&partial.0)
        .and_then(|()| partial.rename_to(path))
        .map_err(Error::write(path))?;
    Ok(value)
}

/// Writes a folder by a function that fills the new and empty one that it is given. The folders that it
/// stands in are made. A folder that is there is replaced, with all that it holds.
///
/// A folder cannot be replaced at one stroke: if the machine stops between two renames, the old one is
/// there as `name.replaced` and the new one as `name.partial`.
///
/// # Errors
///
/// The error of `write`, or as [`write()`].
pub fn write_folder<T, E: From<Error>>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&Path) -> Result<T, E>,
) -> Result<T, E> {
    let path = path.as_ref();
    write_by_name(path, |partial| {
        fs::create_dir_all(partial).map_err(Error::write(path))?;
        write(partial)
    })
}

/// Makes a folder that is to be filled file by file, with those that it stands in, unless it is there.
///
/// # Errors
///
/// [`Error::Write`].
pub fn create_folder(path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    fs::create_dir_all(path).map_err(Error::write(path))
}

/// Removes a file, a link, or a folder with all that it holds, if it is there. Links are not followed.
///
/// # Errors
///
/// [`Error::Remove`].
pub fn remove(path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    remove_any(path).map_err(|source| Error::Remove {
        path: path.to_owned(),
        source,
    })
}

fn remove_any(path: &Path) -> io::Result<()> {
    let removed = match path.symlink_metadata() {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        // Windows removes a link to a folder as it removes folders.
        Ok(found) if cfg!(windows) && found.is_symlink() => {
            fs::remove_file(path).or_else(|_| fs::remove_dir(path))
        }
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes a file, or a folder and all that it holds, safe on the disk.
///
/// # Errors
///
/// What the system said.
pub fn sync(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref();
    if !path.is_dir() {
        return sync_file(path);
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sync(entry.path())?;
        } else if kind.is_file() {
            sync_file(&entry.path())?;
        }
    }
    sync_entries(path)
}

/// Windows syncs only through a handle that may write, so nothing that is read-only.
fn sync_file(path: &Path) -> io::Result<()> {
    if !cfg!(windows) {
        return File::open(path)?.sync_all();
    }
    match File::options().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        file => file?.sync_all(),
    }
}

/// Makes the names in a folder safe, which Windows does by itself and some file systems cannot.
fn sync_entries(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    use io::ErrorKind::{InvalidInput, Unsupported};
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), InvalidInput | Unsupported) => Ok(()),
        synced => synced,
    }
}

/// The name that something has until it is whole. What has it when this goes is removed.
struct Partial(PathBuf);

impl Partial {
    /// Beside `path`, and free.
    fn of(path: &Path) -> Result<Self, Error> {
        let partial = sibling(path, ".partial").ok_or_else(|| Error::NoName {
            path: path.to_owned(),
        })?;
        remove_any(&partial).map_err(Error::write(path))?;
        Ok(Self(partial))
    }

    fn rename_to(self, path: &Path) -> io::Result<()> {
        let is_folder = self.0.is_dir();
        match path.symlink_metadata() {
            Ok(there) if is_folder && there.is_file() => {
                return Err(io::ErrorKind::NotADirectory.into());
            }
            // Nothing can be renamed over a folder, or a folder over a link.
            Ok(_) if is_folder => {
                let aside = sibling(path, ".replaced").expect("it has a name, as before");
                remove_any(&aside)?;
                fs::rename(path, &aside)?;
                if let Err(error) = fs::rename(&self.0, path) {
                    // The first error is the one to tell.
                    let _ = fs::rename(&aside, path);
                    return Err(error);
                }
                remove_any(&aside)?;
            }
            // Of a file it fails if a folder is there.
            _ => fs::rename(&self.0, path)?,
        }
        let parent = path.parent().filter(|parent| *parent != Path::new(""));
        sync_entries(parent.unwrap_or(Path::new(".")))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After the rename there is nothing; after a failure the failure is the one to tell.
        let _ = remove_any(&self.0);
    }
}

/// A name beside `path`, also where that ends in a slash.
fn sibling(path: &Path, ending: &str) -> Option<PathBuf> {
    let mut name = path.file_name()?.to_owned();
    name.push(OsStr::new(ending));
    Some(path.with_file_name(name))
}

/// Whether something is there that bytes only pass through.
fn is_device(path: &Path) -> bool {
    // `/dev/stdout` is a link, which may lead to a file; it is never to be replaced.
    let names_a_stream =
        path.is_symlink() && (path.starts_with("/dev") || path.starts_with("/proc"));
    names_a_stream
        || path
            .metadata()
            .is_ok_and(|found| !found.is_file() && !found.is_dir())
}
