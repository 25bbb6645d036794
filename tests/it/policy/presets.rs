//! Both branches of the original through the whole pipeline: their rollouts, rewards and reference
//! go in, their advantages come out of the run's own files.

use std::collections::BTreeMap;

use pure::core::credit::{Mean, SoftMin, SuffixMin, Sum};
use pure::core::{
    Baseline, ClosingSeparator, CreditConfig, MethodConfig, Preset, RewardSource,
    SeparatorAdvantage, StepFormat,
};
use pure::rl::{Answer, Error, Outcomes, PolicyTraining, Prompt, PromptSource, ReferencePolicy};

use super::{Recorded, Rewards, lines, rollout, run, settings};
use crate::credit_golden::cases::{self, Case, Stages, TOLERANCE, WHITENED, numbers};
use crate::credit_golden::{openrlhf, verl};
use crate::training::Bench;

/// A token that ends a step, and one that does not.
const ENDS: u32 = 2;
const OTHER: u32 = 5;

/// Recorded answers, group by group.
struct Groups(Vec<Vec<cases::Answer>>);

impl Groups {
    /// The answers of a case whose groups are all of one size, two at least.
    fn of(case: &Case, answers: Vec<cases::Answer>) -> Option<Self> {
        let mut groups: BTreeMap<u64, Vec<cases::Answer>> = BTreeMap::new();
        for (index, answer) in answers.into_iter().enumerate() {
            groups.entry(case.group(index)).or_default().push(answer);
        }
        let groups: Vec<_> = groups.into_values().collect();
        let size = groups[0].len();
        let even = size > 1 && groups.iter().all(|group| group.len() == size);
        even.then_some(Self(groups))
    }

    fn size(&self) -> usize {
        self.0[0].len()
    }

    /// The numbers of an answer's record, by the name of its prompt and its place in the group.
    fn numbers(&self, key: &str) -> Vec<Vec<Vec<f32>>> {
        let of = |answer: &cases::Answer| {
            let numbers = numbers(&answer.record[key]);
            numbers.into_iter().map(|number| number as f32).collect()
        };
        let groups = self.0.iter();
        groups.map(|group| group.iter().map(of).collect()).collect()
    }
}

/// Prompts named by their number.
struct Numbered(usize);

impl PromptSource for Numbered {
    fn prompt(&mut self, number: u64) -> Result<Prompt, Error> {
        Ok(Prompt {
            id: number.to_string(),
            tokens: vec![3, 4],
            pays_outcome: true,
            ..Prompt::default()
        })
    }

    fn len(&self) -> usize {
        self.0
    }
}

/// What is recorded of answers, asked in the order of the groups.
struct InOrder {
    numbers: Vec<Vec<f32>>,
    next: usize,
}

impl InOrder {
    fn new(groups: Vec<Vec<Vec<f32>>>) -> Self {
        let numbers = groups.into_iter().flatten().collect();
        Self { numbers, next: 0 }
    }

    fn next(&mut self) -> Vec<f32> {
        self.next += 1;
        self.numbers[self.next - 1].clone()
    }
}

struct Reference(InOrder);

impl ReferencePolicy for Reference {
    fn log_probs(&mut self, answers: &[Answer], _: f64) -> Result<Vec<Vec<f32>>, Error> {
        Ok(answers.iter().map(|_| self.0.next()).collect())
    }
}

/// Outcomes by the group, which the prompt is named after, and the answer's place in it.
struct Verdicts {
    by_group: Vec<Vec<Option<f32>>>,
    asked: std::cell::Cell<usize>,
}

impl Outcomes for Verdicts {
    fn outcome(&self, answer: &Answer) -> Option<f32> {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        let group: usize = answer.prompt.id.parse().unwrap();
        self.by_group[group][asked % self.by_group[group].len()]
    }
}

/// The advantages that the pipeline wrote down, group by group.
fn advantages(groups: &Groups, method: MethodConfig, closing: ClosingSeparator) -> Vec<Vec<f64>> {
    let bench = Bench::new();
    let mut config = settings(&bench, "");
    config.iterations = 1;
    config.prompts.file = None;
    config.prompts.per_iteration = groups.0.len();
    config.rollouts.num_generations = groups.size();
    config.rollouts.max_new_tokens = 64;
    config.method = method;

    let ends = groups.numbers("step_ends");
    let log_probs = groups.numbers("old_logprobs");
    let sampler = Recorded(move |request: usize, sample: usize| {
        let log_probs: Vec<f32> = log_probs[request][sample].clone();
        let ends = &ends[request][sample];
        let last = log_probs.len().saturating_sub(1);
        let twice = ends.iter().filter(|&&end| end as usize == last).count() == 2;
        let is_end = |place: usize| ends.contains(&(place as f32)) && (place != last || twice);
        let tokens = (0..log_probs.len()).map(|place| if is_end(place) { ENDS } else { OTHER });
        rollout(tokens.collect(), log_probs.clone())
    });
    let mut rewards = InOrder::new(groups.numbers("rewards"));
    let verdict = |answer: &cases::Answer| answer.record["outcome"].as_f64().map(|o| o as f32);
    let by_group = groups
        .0
        .iter()
        .map(|group| group.iter().map(verdict).collect());
    let training = PolicyTraining::prepare(config)
        .unwrap()
        .with_prompts(Numbered(groups.0.len()))
        .with_sampler(sampler)
        .with_steps(StepFormat::new([ENDS], 1).with_closing(closing))
        .with_step_rewards(Rewards(move |_: &Answer| rewards.next()))
        .with_outcomes(Verdicts {
            by_group: by_group.collect(),
            asked: 0.into(),
        })
        .with_reference(Reference(InOrder::new(groups.numbers("ref_logprobs"))));
    run(&bench, training).unwrap();
    let written = lines(&bench, "samples.jsonl");
    written
        .iter()
        .map(|line| numbers(&line["advantages"]))
        .collect()
}

fn compare(
    stages: &mut Stages,
    stage: &str,
    case: &Case,
    groups: &Groups,
    found: &[Vec<f64>],
    recorded: impl Fn(&cases::Answer) -> Vec<f32>,
    tolerance: f64,
) {
    let answers: Vec<&cases::Answer> = groups.0.iter().flatten().collect();
    assert_eq!(found.len(), answers.len());
    for (answer, found) in answers.into_iter().zip(found) {
        stages.check(stage, &case.name, found, &recorded(answer), tolerance);
    }
}

fn source(name: &str) -> RewardSource {
    match name {
        "PRM" => RewardSource::Process,
        "VR" => RewardSource::Outcome,
        _ => RewardSource::Both,
    }
}

/// The settings of a key `<credit>.<reward>.<kl>` of verl.
fn verl_method(case: &Case, key: &str) -> MethodConfig {
    let (rest, kl) = key.rsplit_once('.').unwrap();
    let (form, reward) = rest.rsplit_once('.').unwrap();
    let mut method = Preset::Verl.config();
    method.credit = match form {
        "sum" => CreditConfig::Sum(Sum::default()),
        "min" => CreditConfig::SuffixMin(SuffixMin),
        _ => CreditConfig::SoftMin(SoftMin { temperature: 0.1 }),
    };
    method.reward.source = source(reward);
    method.reward.outcome_coefficient = case.number("vr_coef");
    method.limit = Some(case.rows("in.responses")[0].len());
    method.kl.coefficient = 0.0;
    if kl != "none" {
        method.kl.coefficient = case.number("kl_beta");
        method.kl.estimator = kl.parse().unwrap();
    }
    method
}

/// The settings of `<token|step>.<reward>.<w1|w0>.<k1|k3>.<mask|nomask>` of OpenRLHF.
fn openrlhf_method(case: &Case, setting: &str) -> MethodConfig {
    let parts: Vec<&str> = setting.split('.').collect();
    let [baseline, reward, weights, kl, mask] = parts[..] else {
        panic!("{setting}")
    };
    let mut method = Preset::OpenRlhf.config();
    if baseline == "step" {
        method.baseline = Baseline::StepLeaveOneOut;
    }
    if weights == "w0" {
        method.credit = CreditConfig::Mean(Mean);
    }
    if mask == "nomask" {
        method.separators = SeparatorAdvantage::Kept;
    }
    method.reward.source = source(reward);
    method.reward.outcome_coefficient = case.number("vr_coef");
    method.kl.coefficient = case.number("kl_beta");
    method.kl.estimator = kl.parse().unwrap();
    method
}

#[test]
fn the_pipeline_gives_verls_advantages() {
    let mut stages = Stages::default();
    for case in cases::cases("verl") {
        let Some(groups) = Groups::of(&case, verl::answers(&case)) else {
            continue;
        };
        for key in ["approx0.1.PRMVR.low_var_kl", "sum.PRM.kl", "min.PRMVR.none"] {
            for (whiten, norm, tolerance) in
                [(false, "norm0", TOLERANCE), (true, "norm1", WHITENED)]
            {
                let array = match whiten {
                    true => format!("advantages.{key}.{norm}"),
                    false => format!("returns.{key}"),
                };
                if !case.has(&array) {
                    continue;
                }
                let mut method = verl_method(&case, key);
                method.whiten = whiten;
                let found = advantages(&groups, method, ClosingSeparator::Twice);
                let recorded = |answer: &cases::Answer| case.recorded(&array, answer);
                compare(
                    &mut stages,
                    norm,
                    &case,
                    &groups,
                    &found,
                    recorded,
                    tolerance,
                );
            }
        }
    }
    stages.assert_compared(&["norm0", "norm1"]);
}

#[test]
fn the_pipeline_gives_openrlhfs_advantages() {
    let mut stages = Stages::default();
    for case in cases::cases("openrlhf") {
        let Some(groups) = Groups::of(&case, openrlhf::answers(&case)) else {
            continue;
        };
        for setting in [
            "token.PRMVR.w1.k1.mask",
            "step.PRM.w1.k3.nomask",
            "token.VR.w0.k1.mask",
        ] {
            for (whiten, key, tolerance) in [
                (false, "returns", TOLERANCE),
                (true, "advantages_normalized", WHITENED),
            ] {
                let array = |answer: &cases::Answer| format!("{setting}.mb{}.{key}", answer.batch);
                if !case.has(&array(&groups.0[0][0])) {
                    continue;
                }
                let mut method = openrlhf_method(&case, setting);
                method.whiten = whiten;
                let found = advantages(&groups, method, ClosingSeparator::Once);
                let recorded = |answer: &cases::Answer| case.recorded(&array(answer), answer);
                compare(
                    &mut stages,
                    key,
                    &case,
                    &groups,
                    &found,
                    recorded,
                    tolerance,
                );
            }
        }
    }
    stages.assert_compared(&["advantages_normalized", "returns"]);
}
