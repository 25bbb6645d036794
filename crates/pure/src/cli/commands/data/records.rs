//! Files of problems, whose records are passed on as they stand.

use std::path::{Path, PathBuf};

use miette::{Report, miette};
use pure::data::{Fault, RawRecord, RawRecords};

use super::{explain, is_same};
use crate::cli::support::harmless;
use crate::cli::support::records::Fields;

/// A record of which something was read.
pub struct Read<T> {
    /// Its line or place, from 1.
    pub number: u64,
    pub fields: Fields,
    pub found: T,
}

/// The records of a file of which this can be read, and how many others there are; why, is told on standard error.
/// `read` is given the number that names a record which has no name.
pub fn read<T>(
    path: &Path,
    mut read: impl FnMut(&Fields, u64) -> Result<T, Fault>,
) -> miette::Result<(Vec<Read<T>>, usize)> {
    let input = pure::files::Input::open_stream(path).map_err(Report::from_err)?;
    let (mut records, mut bad) = (Vec::new(), 0);
    for record in RawRecords::of(input).map_err(explain)? {
        let RawRecord {
            place,
            number,
            count,
            fields,
        } = record;
        let fields = match fields {
            Err(fault @ Fault::Read { .. }) => return Err(Report::from_err(fault)),
            fields => fields,
        };
        let read = fields.and_then(|fields| {
            let found = read(&fields, count)?;
            Ok(Read {
                number,
                fields,
                found,
            })
        });
        match read {
            Ok(read) => records.push(read),
            Err(fault) => {
                let told = harmless(&fault.to_string()).into_owned();
                eprintln!("{}, {place}: {told}", path.display());
                bad += 1;
            }
        }
    }
    Ok((records, bad))
}

/// Refuses to write over a file that is read.
pub fn refuse_replacing<'a>(
    output: Option<&PathBuf>,
    mut inputs: impl Iterator<Item = &'a PathBuf>,
) -> miette::Result<()> {
    let replaced = output.and_then(|output| inputs.find(|input| is_same(input, output)));
    match replaced {
        None => Ok(()),
        Some(input) => Err(miette!(
            help = "name another file",
            "--output would replace {}, which is read",
            input.display()
        )),
    }
}

/// The lines of records.
pub fn lines<'a>(records: impl Iterator<Item = &'a Fields>) -> String {
    let mut text = String::new();
    for record in records {
        text += &serde_json::to_string(record).expect("a record is JSON");
        text.push('\n');
    }
    text
}
