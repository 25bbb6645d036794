//! The report itself: runs read, arms found, answers chosen.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::Error;
use crate::arm_summary::ArmSummary;
use crate::arms::{Arm, arms};
use crate::kind::Kind;
use crate::metrics_jsonl::AnswersFrom;
use crate::page::Answers;
use crate::run::Run;
use crate::shown_answers::{self, ShownAnswers};
use crate::supervised_summary::SupervisedSummary;
use crate::table::Table;
use crate::{policy_table, supervised_table};

/// What some runs of one kind did.
#[derive(Debug)]
pub struct Report {
    pub(crate) kind: Kind,
    pub(crate) arms: Vec<Arm>,
    /// Of policies.
    pub(crate) summaries: Vec<ArmSummary>,
    pub(crate) answers: Vec<ShownAnswers>,
    pub(crate) samples: Vec<Answers>,
    /// Of what learned from examples.
    pub(crate) supervised: Vec<SupervisedSummary>,
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
        let (runs, kind) = of_one_kind(runs?)?;
        let arms = arms(runs);
        let (mut summaries, mut supervised) = (Vec::new(), Vec::new());
        let (mut answers, mut samples) = (Vec::new(), Vec::new());
        if kind == Kind::Policy {
            summaries = arms.iter().map(ArmSummary::of).collect();
            answers = shown_answers::choose(&arms)?;
            samples = arms.iter().map(Answers::read).collect::<Result<_, _>>()?;
        } else {
            supervised = arms.iter().map(SupervisedSummary::of).collect();
        }
        Ok(Self {
            kind,
            arms,
            summaries,
            answers,
            samples,
            supervised,
        })
    }

    /// Whether every run has its result.
    pub fn is_done(&self) -> bool {
        let mut runs = self.arms.iter().flat_map(|arm| &arm.runs);
        runs.all(|run| run.folder.join("model").exists())
    }

    /// What the runs train.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What became of each arm of policies; nothing of those of another kind.
    pub fn summaries(&self) -> &[ArmSummary] {
        &self.summaries
    }

    /// What became of each arm of fine-tuning or of reward models; nothing of policies.
    pub fn supervised(&self) -> &[SupervisedSummary] {
        &self.supervised
    }

    /// The same as a table, for a terminal.
    pub fn table(&self) -> Table {
        match self.kind {
            Kind::Policy => policy_table::table(&self.summaries),
            kind => supervised_table::table(kind, &self.supervised),
        }
    }

    /// The arms without evaluations, told of by the answers that training sampled.
    pub(crate) fn arms_in_training(&self) -> Vec<&str> {
        let arms = self.arms.iter();
        let arms = arms.filter(|arm| arm.answers_from() == AnswersFrom::Training);
        arms.map(|arm| arm.name.as_str()).collect()
    }
}

/// Runs, if all are of the kind of the first.
fn of_one_kind(runs: Vec<Run>) -> Result<(Vec<Run>, Kind), Error> {
    let (folder, one) = (runs[0].folder.clone(), runs[0].config.kind);
    match runs.iter().find(|run| run.config.kind != one) {
        None => Ok((runs, one)),
        Some(other) => Err(Error::Kinds {
            folder,
            one,
            other_folder: other.folder.clone(),
            other: other.config.kind,
        }),
    }
}
