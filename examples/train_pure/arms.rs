//! What is compared: a table of arms, each with the settings in which it differs from configs/chain/pure.toml. All else
//! is the same for all of them, and nothing was tuned for any: one learning rate, whitened advantages, separators masked,
//! the same weight of the KL term. Where an arm compares answers as wholes, by their deviation or their mean, that term
//! is in the loss, as its paper has it or has none: in the reward a group of equal outcomes would be compared by its KL.
//!
//! A new arm is a new entry, and needs nothing else.

use super::reward_models::{CONSENSUS, IMPLICIT, MONTE_CARLO, PQM, PRM, RewardModel};

/// A way to be paid.
#[derive(Debug, Clone, Copy)]
pub struct Arm {
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Settings that differ, with a space between them: each is what `pure train --set` takes.
    settings: &'static str,
    /// What judges its steps, if anything does.
    pub reward_model: RewardModel,
}

impl Arm {
    /// The settings that differ, one by one.
    pub fn settings(&self) -> impl Iterator<Item = &'static str> {
        self.settings.split_whitespace()
    }

    const fn with(name: &'static str, about: &'static str, settings: &'static str) -> Self {
        Self {
            name,
            about,
            settings,
            reward_model: PRM,
        }
    }

    const fn judged_by(self, reward_model: RewardModel) -> Self {
        Self {
            reward_model,
            ..self
        }
    }
}

/// Every arm, in the order of the table.
#[rustfmt::skip]
pub const ARMS: &[Arm] = &[
    // Outcomes alone, for every prompt.
    Arm::with("vr", "verified answers alone, for every prompt",
        "method.reward.source=vr prompts.with_answer=1.0"),
    Arm::with("grpo", "GRPO on verified answers, for every prompt",
        "method.reward.source=vr prompts.with_answer=1.0 method.baseline=grpo method.kl.coefficient=0.0 \
         loss.kl_coefficient=0.01"),
    Arm::with("lambda-grpo", "λ-GRPO: tokens that answers share weigh less",
        "method.reward.source=vr prompts.with_answer=1.0 method.baseline=grpo weights.divide_shared_prefixes=true \
         method.kl.coefficient=0.0 loss.kl_coefficient=0.01"),
    Arm::with("max-rl", "MaxRL: differences over the group's mean outcome",
        "method.reward.source=vr prompts.with_answer=1.0 method.baseline=max-rl method.kl.coefficient=0.0 \
         loss.kl_coefficient=0.01"),

    // Process rewards alone, in each form of credit.
    Arm::with("sum", "process rewards, summed", "method.reward.source=prm method.credit.form=sum"),
    Arm::with("mean", "process rewards, averaged", "method.reward.source=prm method.credit.form=mean"),
    Arm::with("min", "process rewards, their minimum", "method.reward.source=prm method.credit.form=min"),
    Arm::with("soft-min", "process rewards, their minimum softened", "method.reward.source=prm"),
    Arm::with("clip", "process rewards, what they fall short of 0, summed",
        "method.reward.source=prm method.credit.form=clip"),
    Arm::with("delta", "process rewards, of each step its own alone", "method.reward.source=prm method.credit.form=delta"),

    // And one verified answer in ten.
    Arm::with("soft-min+vr", "PURE: soft-min, and a verified answer in ten", ""),
    Arm::with("sum+vr", "the sum, and a verified answer in ten", "method.credit.form=sum"),
    Arm::with("clip+vr", "clip, and a verified answer in ten", "method.credit.form=clip"),
    Arm::with("delta+vr", "delta, and a verified answer in ten", "method.credit.form=delta"),

    // Other ranges and baselines.
    Arm::with("sum01", "the sum of rewards from 0 to 1",
        "method.reward.source=prm method.credit.form=sum method.reward.process_range=zero-to-one"),
    Arm::with("soft-min01", "the soft minimum of rewards from 0 to 1",
        "method.reward.source=prm method.reward.process_range=zero-to-one"),
    Arm::with("token-baseline", "soft-min, the original's token baseline",
        "method.reward.source=prm method.baseline=length-leave-one-out"),
    Arm::with("step-baseline", "soft-min, the original's step baseline",
        "method.reward.source=prm method.baseline=step-leave-one-out"),

    // Process rewards beside outcomes, as others have them.
    Arm::with("blend", "GRPO on outcome plus mean step reward",
        "prompts.with_answer=1.0 method.credit.form=mean method.baseline=grpo method.kl.coefficient=0.0 \
         loss.kl_coefficient=0.01"),
    Arm::with("prof", "PROF: GRPO on outcomes, answers filtered by step rewards",
        "method.reward.source=vr prompts.with_answer=1.0 method.credit.form=mean method.baseline=grpo \
         method.filter=prof method.kl.coefficient=0.0 loss.kl_coefficient=0.01"),
    Arm::with("papo", "PAPO: outcomes in the group, step rewards among its right answers",
        "prompts.with_answer=1.0 method.credit.form=mean method.baseline=papo method.kl.coefficient=0.0 \
         loss.kl_coefficient=0.01"),
    Arm::with("papo+soft-min", "PAPO where an answer in ten is verified, soft-min elsewhere",
        "method.credit.form=mean method.baseline=papo \
         method.unverified={credit={form='soft-min'},baseline='token-leave-one-out'} method.kl.coefficient=0.0 \
         loss.kl_coefficient=0.01"),
    Arm::with("par", "PAR: the mean step reward against that of reference answers",
        "method.reward.source=prm method.credit.form=mean method.baseline=rloo \
         method.reward.shaping={par={slope=1.0}}"),

    // A reward model that learns while the policy does, from one verified answer in ten.
    Arm::with("soft-min+online", "soft-min, the reward model learns from verified answers",
        "method.reward.source=prm reward_model.online.lr_scheduler.learning_rate=1e-5"),
    Arm::with("soft-min+vr+online", "PURE, the reward model learns from verified answers",
        "reward_model.online.lr_scheduler.learning_rate=1e-5"),

    // One that is made of outcomes alone, all of them, at twice the policy's learning rate as published.
    Arm::with("prime", "PRIME: an implicit reward model, summed, and every verified answer",
        "prompts.with_answer=1.0 method.credit.form=sum method.baseline=prime \
         reward_model.online.implicit.reward=token-sum reward_model.online.lr_scheduler.learning_rate=2e-4")
        .judged_by(IMPLICIT),
    Arm::with("prime-min", "PRIME by its worst step, and the minimum; every verified answer",
        "prompts.with_answer=1.0 method.credit.form=min \
         reward_model.online.implicit.reward=worst-step reward_model.online.lr_scheduler.learning_rate=2e-4")
        .judged_by(IMPLICIT),

    // Other reward models.
    Arm::with("soft-min-pqm", "soft-min, a reward model that ranks steps (PQM)", "method.reward.source=prm")
        .judged_by(PQM),
    Arm::with("soft-min-mc", "soft-min, a reward model of labels by Monte-Carlo", "method.reward.source=prm")
        .judged_by(MONTE_CARLO),
    Arm::with("soft-min-consensus", "soft-min, of labels by Monte-Carlo those that the oracle agrees with", "method.reward.source=prm")
        .judged_by(CONSENSUS),

    // As loosely held to the start as in the paper.
    Arm::with("min-loose", "min, held to its start by the paper's KL weight, 0.001",
        "method.reward.source=prm method.credit.form=min method.kl.coefficient=0.001"),
    Arm::with("soft-min-loose", "soft-min, held to its start by the paper's KL weight, 0.001",
        "method.reward.source=prm method.kl.coefficient=0.001"),
    Arm::with("soft-min+vr-loose", "PURE, held to its start by the paper's KL weight, 0.001",
        "method.kl.coefficient=0.001"),

    Arm::with("soft-min+vr-lora", "PURE with adapters of rank 16, at ten times the learning rate",
        "lora.rank=16 lr_scheduler.learning_rate=1e-3"),
];
