//! Settings under names that they had once: they go on working, and whoever reads the file is told.

use std::fmt;
use std::path::Path;

use super::place::Place;
use super::tree::{Data, Node, join};
use super::wrong::Wrong;

/// A setting's former key from the top, `stages[].epochs` in an array, its tables under their present
/// names; and its present name in the same table.
pub type Renaming = (&'static str, &'static str);

/// A setting that was found under a former name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Where it is written.
    pub place: Place,
    /// Its key as it was written.
    pub found: String,
    /// Its key today.
    pub now: String,
}

impl fmt::Display for Renamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, found, now } = self;
        write!(
            f,
            "{place}: `{found}` is called `{now}` now; the old name goes with the next version"
        )
    }
}

/// Puts the settings of a tree under their present names, and tells which had others.
pub(super) fn rename(
    tree: &mut Node,
    renamings: &[Renaming],
    file: (&Path, &str),
) -> Result<Vec<Renamed>, Wrong> {
    let mut renamed: Vec<Renamed> = Vec::new();
    for (former, now) in renamings {
        let (table, former) = former.rsplit_once('.').unwrap_or(("", former));
        for table in tables(tree, table) {
            let path = table.path.clone();
            let Data::Table(settings) = &mut table.data else {
                continue;
            };
            // A table's former name may be that of a setting in it, which has no place here.
            let names_table = is_table(&path, now, renamings);
            let is_it = |node: &Node| {
                node.name == former && (!names_table || matches!(node.data, Data::Table(_)))
            };
            let has_new = settings.iter().any(|node| node.name == *now);
            let Some(setting) = settings.iter_mut().find(|node| is_it(node)) else {
                continue;
            };
            let key = join(&path, now);
            if has_new {
                return Err(Wrong::under_two_names(setting, &key));
            }
            renamed.push(Renamed {
                place: Place::new(setting.origin.clone(), setting.key.clone(), file),
                found: setting.path.clone(),
                now: key.clone(),
            });
            setting.name = (*now).to_owned();
            setting.move_to(&key, setting.path.len());
        }
    }
    Ok(renamed)
}

/// Whether a setting is a table, of which others were renamed.
fn is_table(path: &str, name: &str, renamings: &[Renaming]) -> bool {
    let inside = format!("{}.", join(path, name));
    // Elements of an array are counted in paths, and are `[]` in former names.
    let of_any =
        |former: &str| former.starts_with(&inside) || former.contains(&format!("[].{name}."));
    renamings.iter().any(|(former, _)| of_any(former))
}

/// The tables of a path; an array that ends in `[]` has one in each element.
fn tables<'a>(tree: &'a mut Node, path: &str) -> Vec<&'a mut Node> {
    let mut found = vec![tree];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let (name, every) = match name.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let inner = found.into_iter().filter_map(|table| match &mut table.data {
            Data::Table(settings) => settings.iter_mut().find(|node| node.name == name),
            _ => None,
        });
        found = match every {
            false => inner.collect(),
            true => inner.flat_map(elements).collect(),
        };
    }
    found
}

fn elements(array: &mut Node) -> &mut [Node] {
    match &mut array.data {
        Data::Array(elements) => elements,
        _ => &mut [],
    }
}
