//! Names of settings, as they are written in files and on the command line.

use crate::error::Error;

/// Finds a value by its name.
pub(crate) fn by_name<T: Copy>(
    what: &'static str,
    names: &[(&'static str, T)],
    found: &str,
) -> Result<T, Error> {
    if let Some(&(_, value)) = names.iter().find(|(name, _)| *name == found) {
        return Ok(value);
    }
    let known: Vec<&str> = names.iter().map(|&(name, _)| name).collect();
    Err(Error::UnknownName {
        what,
        found: found.to_owned(),
        known: known.join(", "),
    })
}

/// Writes the values of a type by their first names in a table, and reads them by any of them.
macro_rules! named {
    ($type:ty, $what:literal, $names:ident) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::names::name_of(&$names, self))
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::names::by_name($what, &$names, text)
            }
        }
    };
}
pub(crate) use named;

/// The name of a value.
pub(crate) fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    let named = names.iter().find(|(_, named)| named == value);
    named.expect("every value has a name").0
}
