//! Names of settings, as they are written in files and on the command line.

use crate::error::Error;

/// Finds a value by its name.
pub(crate) fn by_name<T: Copy>(
    what: &'static str,
    names: &[(&'static str, T)],
    found: &str,
) -> Result<T, Error> {
    let named = names.iter().find(|(name, _)| *name == found);
    named
        .map(|&(_, value)| value)
        .ok_or_else(|| Error::UnknownName {
            what,
            found: found.to_owned(),
            known: names
                .iter()
                .map(|&(name, _)| name)
                .collect::<Vec<_>>()
                .join(", "),
        })
}

/// The name of a value.
pub(crate) fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    let named = names.iter().find(|(_, named)| named == value);
    named.expect("every value has a name").0
}
