//! Which runs are seeds of one arm, and what to call it.
//!
//! Two runs belong together if their settings differ in nothing but the seed, the output folder, and
//! paths beside it that count from the same place: `seed-0/prm` for `seed-0/sum`, `seed-1/prm` for
//! `seed-1/sum`. An arm is called as its folders are, or as they begin: `sum-0` and `sum-1` make `sum`,
//! `sum/0` and `sum/1` too.

use crate::metrics_jsonl::AnswersFrom;
use crate::run::Run;

/// Runs of one setting.
#[derive(Debug)]
pub(crate) struct Arm {
    pub name: String,
    pub runs: Vec<Run>,
}

impl Arm {
    /// The form of credit of its runs, as a command line names it.
    pub fn credit(&self) -> String {
        let credit = self.runs[0].config.credit;
        credit.map_or_else(|| "its credit".to_owned(), |form| form.to_string())
    }

    /// Which answers tell what became of it: training's, if a run has no evaluation.
    pub fn answers_from(&self) -> AnswersFrom {
        let all = self.runs.iter().map(|run| run.metrics.answers_from);
        all.max().unwrap_or(AnswersFrom::Training)
    }
}

/// Groups runs, in the order in which their arms come first.
pub(crate) fn arms(runs: Vec<Run>) -> Vec<Arm> {
    let mut groups: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        let same = |group: &&mut Vec<Run>| group[0].config.of_arm == run.config.of_arm;
        match groups.iter_mut().find(same) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    let mut names: Vec<String> = groups.iter().map(|group| name(group)).collect();
    // Folders of the same name in different places are told apart by the place, or else by number.
    for index in 0..names.len() {
        if names[..index].contains(&names[index]) {
            let longer = format!("{}/{}", groups[index][0].name(1), names[index]);
            names[index] = match names.contains(&longer) {
                true => format!("{} ({})", names[index], index + 1),
                false => longer,
            };
        }
    }
    let arms = names.into_iter().zip(groups);
    arms.map(|(name, runs)| Arm { name, runs }).collect()
}

fn name(runs: &[Run]) -> String {
    let names: Vec<String> = runs.iter().map(|run| run.name(0)).collect();
    if names.iter().all(|name| *name == names[0]) {
        return names[0].clone();
    }
    let ends = names[0].char_indices();
    let ends = ends.map(|(at, letter)| at + letter.len_utf8());
    let is_common = |end: &usize| names.iter().all(|name| name.starts_with(&names[0][..*end]));
    let common = &names[0][..ends.take_while(is_common).last().unwrap_or(0)];
    let common = common.trim_end_matches(|letter: char| !letter.is_alphabetic());
    let common = common.strip_suffix("seed").unwrap_or(common);
    let common = common.trim_end_matches(['-', '_', '.', ' ']);
    match common {
        "" => runs[0].name(1),
        common => common.to_owned(),
    }
}
