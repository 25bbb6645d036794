//! Files and folders are there whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use pure_files::{Error, remove, write, write_by_name, write_folder, write_with};

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn fill(folder: &Path) -> Result<(), Error> {
    write(folder.join("file"), "new")?;
    write_folder(folder.join("within"), |within| {
        write(within.join("file"), "new")
    })
}

#[test]
fn a_failed_write_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    write(&path, "old").unwrap();
    let failed = write_with(&path, |file| {
        file.write_all(b"new")?;
        Err::<(), _>(io::Error::from(io::ErrorKind::StorageFull))
    });
    let message = failed.unwrap_err().to_string();
    assert!(
        message.starts_with("cannot write ") && message.contains("make room"),
        "{message}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_panic_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    write(&path, "old").unwrap();
    let caught =
        std::panic::catch_unwind(|| write_with(&path, |_| -> io::Result<()> { panic!("!") }));
    assert!(caught.is_err());
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_failed_folder_leaves_the_old_one_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    write_folder(&path, |path| write(path.join("old"), "old")).unwrap();
    let failed: Result<(), Error> = write_folder(&path, |path| {
        fill(path)?;
        write(path.join("missing").join("file"), "")
    });
    assert!(failed.unwrap_err().is_not_found());
    assert_eq!(names(folder.path()), ["model"]);
    assert_eq!(names(&path), ["old"]);
}

#[test]
fn a_folder_is_replaced_whole_and_its_parents_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run/model/");
    write_folder(&path, |path| write(path.join("old"), "old")).unwrap();
    write_folder(&path, fill).unwrap();
    assert_eq!(names(&folder.path().join("run")), ["model"]);
    assert_eq!(names(&path), ["file", "within"]);
    assert_eq!(fs::read(path.join("within/file")).unwrap(), b"new");
}

#[test]
fn a_file_never_takes_the_place_of_a_folder_nor_a_folder_that_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, within) = (folder.path().join("file"), folder.path().join("folder"));
    write(&file, "old").unwrap();
    write_folder(&within, fill).unwrap();
    let error = write(&within, "new").unwrap_err();
    assert!(
        error.to_string().contains("is a folder: name a file"),
        "{error}"
    );
    let error = write_folder(&file, fill).unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error}");
    let by_name = write_by_name(&within, |partial| write(partial, "new"));
    assert!(matches!(by_name, Err(Error::Write { .. })));
    assert_eq!(fs::read(&file).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["file", "folder"]);
    assert_eq!(names(&within), ["file", "within"]);
}

#[test]
fn what_a_killed_process_left_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it");
    fs::create_dir(folder.path().join("it.partial")).unwrap();
    fs::write(folder.path().join("it.partial/left"), "").unwrap();
    write(&path, "whole").unwrap();
    assert_eq!(names(folder.path()), ["it"]);
    remove(&path).unwrap();
    fs::write(folder.path().join("it.partial"), "left").unwrap();
    write_folder(&path, fill).unwrap();
    assert_eq!(names(folder.path()), ["it"]);
    assert_eq!(names(&path), ["file", "within"]);
}

#[test]
fn a_library_that_opens_the_file_itself_writes_it_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let written: Result<usize, Error> = write_by_name(&path, |partial| {
        assert_ne!(partial, path);
        fs::write(partial, "new").unwrap();
        Ok(3)
    });
    assert_eq!(written.unwrap(), 3);
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn what_is_not_there_is_removed_already() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it");
    remove(&path).unwrap();
    write_folder(&path, fill).unwrap();
    remove(&path).unwrap();
    write(&path, "").unwrap();
    remove(&path).unwrap();
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_path_without_a_name_is_refused() {
    for path in ["", "/", ".."] {
        let error = write_folder(path, fill).unwrap_err();
        assert!(matches!(error, Error::NoName { .. }), "{error}");
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_link_that_stands_in_the_way_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("other");
        write(&other, "precious").unwrap();
        for name in ["file", "file.partial"] {
            symlink(&other, folder.path().join(name)).unwrap();
        }
        write(folder.path().join("file"), "new").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"precious");
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["file", "other"]);
    }

    #[test]
    fn a_link_to_a_folder_is_replaced_or_removed_and_not_what_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let (other, link) = (folder.path().join("other"), folder.path().join("link"));
        write_folder(&other, fill).unwrap();
        symlink(&other, &link).unwrap();
        write_folder(&link, |path| write(path.join("mine"), "")).unwrap();
        assert_eq!(names(&link), ["mine"]);
        remove(&link).unwrap();
        symlink(&other, &link).unwrap();
        remove(&link).unwrap();
        assert_eq!(names(folder.path()), ["other"]);
        assert_eq!(names(&other), ["file", "within"]);
    }

    #[test]
    fn a_file_that_only_its_owner_may_read_stays_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, "old").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        write(&path, "new").unwrap();
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_device_is_written_into_and_not_replaced() {
        write("/dev/null", "nothing").unwrap();
        assert!(!Path::new("/dev/null").is_file());
    }

    #[test]
    fn a_file_in_the_folder_where_the_process_works_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let here = std::env::current_dir().unwrap();
        // A relative path of one part has an empty parent.
        std::env::set_current_dir(folder.path()).unwrap();
        let written = write("file", "new");
        std::env::set_current_dir(here).unwrap();
        written.unwrap();
        assert_eq!(names(folder.path()), ["file"]);
    }
}
