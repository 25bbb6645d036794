//! The report itself: runs read, arms found, answers chosen.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::Error;
use crate::arm_summary::ArmSummary;
use crate::arms::{Arm, arms};
use crate::metrics_jsonl::AnswersFrom;
use crate::run::Run;
use crate::shown_answers::{self, ShownAnswers};
use crate::table::Table;

/// What some runs did.
#[derive(Debug)]
pub struct Report {
    pub(crate) arms: Vec<Arm>,
    pub(crate) summaries: Vec<ArmSummary>,
    pub(crate) answers: Vec<ShownAnswers>,
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
            summaries: arms.iter().map(ArmSummary::of).collect(),
            answers: shown_answers::choose(&arms)?,
            arms,
        })
    }

    /// What became of each arm.
    pub fn summaries(&self) -> &[ArmSummary] {
        &self.summaries
    }

    /// The same as text for a terminal.
    pub fn table(&self) -> Table<'_> {
        Table(&self.summaries)
    }

    /// The arms without evaluations, told of by the answers that training sampled.
    pub(crate) fn arms_in_training(&self) -> Vec<&str> {
        let arms = self.arms.iter();
        let arms = arms.filter(|arm| arm.answers_from() == AnswersFrom::Training);
        arms.map(|arm| arm.name.as_str()).collect()
    }
}
