//! The files that belong to a model beside its weights, and how they come along when it is saved.
//!
//! A model's folder may be a stranger's, and a link in it may lead to a file that is nobody else's
//! business: a copy of it would be saved, and perhaps published, with the model. So links are followed
//! only to where models have their files: within the folder, and into the `blobs` of Hugging Face's
//! cache, whose `snapshots/*` are folders of links to them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::{Error, Tokenizer};

pub(crate) const GENERATION_CONFIG: &str = "generation_config.json";

/// All but the first are the tokenizer's.
pub(crate) const COMPANIONS: [&str; 9] = [
    GENERATION_CONFIG,
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "tokenizer.model",
    "chat_template.jinja",
];

/// Copies the files of a tokenizer, and its chat template, from one folder to another.
///
/// # Errors
///
/// [`Error::Tokenizer`], [`Error::Json`] or [`Error::File`] if there is none that can be read,
/// [`Error::LinkedFile`] for a link that leaves the folder, or names what cannot be written.
pub fn copy_tokenizer(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), Error> {
    let from = from.as_ref();
    Tokenizer::load(from)?;
    copy_files(from, to.as_ref(), &COMPANIONS[1..])
}

/// Copies those of the named files that are there.
fn copy_files(from: &Path, to: &Path, names: &[impl AsRef<str>]) -> Result<(), Error> {
    Companions::read(names, |name| from.join(name))?.write(to)
}

/// Files of a model's folder, held in memory: a model that trains for hours is saved with those that it began with,
/// whatever becomes of the folder.
#[derive(Debug, Default)]
pub(crate) struct Companions {
    files: Vec<(String, Vec<u8>)>,
}

impl Companions {
    /// Reads those of the named files that are where `place` says.
    pub fn read(names: &[impl AsRef<str>], place: impl Fn(&str) -> PathBuf) -> Result<Self, Error> {
        let mut files = Vec::new();
        for name in names.iter().map(AsRef::as_ref) {
            let path = place(name);
            if path.exists() {
                refuse_strange_link(path.parent().unwrap_or(&path), &path)?;
                let mut bytes = Vec::new();
                let mut file = pure_files::Input::open(&path)?;
                file.read_to_end(&mut bytes)
                    .map_err(|source| pure_files::Error::Read { path, source })?;
                files.push((name.to_owned(), bytes));
            }
        }
        Ok(Self { files })
    }

    /// Writes them to a folder.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        for (name, bytes) in &self.files {
            pure_files::write(folder.join(name), bytes)?;
        }
        Ok(())
    }
}

fn refuse_strange_link(folder: &Path, path: &Path) -> Result<(), Error> {
    let unreadable = |source| pure_files::Error::Read {
        path: path.to_owned(),
        source,
    };
    let root = folder.canonicalize().map_err(unreadable)?;
    let target = path.canonicalize().map_err(unreadable)?;
    // models--owner--name/snapshots/revision/file -> models--owner--name/blobs/hash
    let cache = root.parent().filter(|parent| parent.ends_with("snapshots"));
    let blobs = cache
        .and_then(Path::parent)
        .map(|cache| cache.join("blobs"));
    let is_in = |folder: &Path| target.starts_with(folder);
    if is_in(&root) || blobs.is_some_and(|blobs| is_in(&blobs)) {
        return Ok(());
    }
    Err(Error::LinkedFile {
        path: path.to_owned(),
        target,
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_within_a_models_files_and_nowhere_else() {
        let cache = tempfile::tempdir().unwrap();
        let snapshot = cache.path().join("snapshots/abc");
        let [blobs, private, to] = ["blobs", "private", "to"].map(|name| cache.path().join(name));
        for folder in [&snapshot, &blobs, &private, &to] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(blobs.join("1234"), "merges").unwrap();
        fs::write(private.join("key"), "secret").unwrap();
        symlink("../../blobs/1234", snapshot.join("merges.txt")).unwrap();
        symlink("merges.txt", snapshot.join("vocab.json")).unwrap();
        copy_files(&snapshot, &to, &COMPANIONS).unwrap();
        for name in ["merges.txt", "vocab.json"] {
            assert_eq!(fs::read(to.join(name)).unwrap(), b"merges");
            assert!(!to.join(name).is_symlink());
        }

        symlink("../../private/key", snapshot.join("added_tokens.json")).unwrap();
        let error = copy_files(&snapshot, &to, &COMPANIONS)
            .unwrap_err()
            .to_string();
        assert!(error.contains("added_tokens.json"), "{error}");
        assert!(error.contains("private/key"), "{error}");
        assert!(!to.join("added_tokens.json").exists());
    }

    #[test]
    fn a_device_is_no_companion() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/dev/zero", folder.path().join("vocab.json")).unwrap();
        copy_files(folder.path(), folder.path(), &COMPANIONS).unwrap_err();
    }
}
