//! A folder that a command makes, whole or not at all.

use std::error::Error;
use std::fs;
use std::path::Path;

use miette::miette;
use pure::files::write_folder;

use super::Outcome;
use super::diagnostic::explain;
use super::output::print;

/// Refuses a folder that holds something; `help` is what to do then.
pub fn refuse_if_used(folder: &Path, help: &str) -> miette::Result<()> {
    let held = match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(false) => return Ok(()),
        Ok(true) if folder.join("config.json").exists() => "already holds a model",
        Ok(true) => "already holds something",
        Err(_) if folder.exists() => "is something else than a folder",
        Err(_) => return Ok(()),
    };
    Err(miette!(help = help, "{} {held}", folder.display()))
}

/// Makes one for a model, and tells its name.
pub fn make_model(
    folder: &Path,
    write: impl FnOnce(&Path) -> Result<(), Box<dyn Error + Send + Sync>>,
) -> miette::Result<Outcome> {
    write_folder(folder, write).map_err(|error| match error.downcast() {
        Ok(error) => explain(*error),
        Err(other) => miette!("{other}"),
    })?;
    print(format_args!("{}\n", folder.display()))?;
    Ok(Outcome::Done)
}
