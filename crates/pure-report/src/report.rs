//! The report itself: runs read, arms found, answers chosen.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::Error;
use crate::answers::{self, Answers};
use crate::arms::{Arm, arms};
use crate::rows::ArmRow;
use crate::run::Run;
use crate::table::Table;

/// What some runs did.
#[derive(Debug)]
pub struct Report {
    pub(crate) arms: Vec<Arm>,
    pub(crate) rows: Vec<ArmRow>,
    pub(crate) answers: Vec<Answers>,
}

impl Report {
    /// Reads the folders of runs; the order of arms is that of their first runs.
    ///
    /// # Errors
    ///
    /// [`Error`], which names the folder or the line at fault.
    pub fn read(folders: &[PathBuf]) -> Result<Self, Error> {
        if folders.is_empty() {
            return Err(Error::NoRuns);
        }
        let mut known = BTreeSet::new();
        for folder in folders {
            let same = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            if !known.insert(same) {
                let folder = folder.clone();
                return Err(Error::Twice { folder });
            }
        }
        let runs: Result<Vec<Run>, Error> =
            folders.iter().map(|folder| Run::read(folder)).collect();
        let arms = arms(runs?);
        Ok(Self {
            rows: arms.iter().map(ArmRow::of).collect(),
            answers: answers::choose(&arms)?,
            arms,
        })
    }

    /// What became of each arm.
    pub fn rows(&self) -> &[ArmRow] {
        &self.rows
    }

    /// The same as text for a terminal.
    pub fn table(&self) -> Table<'_> {
        Table(&self.rows)
    }

    /// The page: one file with nothing to load.
    pub fn to_html(&self) -> String {
        crate::html::page(self)
    }
}
