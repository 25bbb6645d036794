//! Answers before and after training, each step coloured by what forms of credit pay it.

use std::fmt::Write as _;

use super::class_and_name;
use crate::html::{credit_table, escaped};
use crate::report::Report;
use crate::shown_answers::{ShownAnswer, ShownAnswers};

/// Steps that are shown of an answer, at most.
const MOST_STEPS: usize = 14;

const NOTE: &str = "<p class=note>Beside each step stand its reward and its return under each form of credit: \
    what is paid from there on. <i class=key style=\"background:rgb(var(--good)/.6)\"></i> encourages, \
    <i class=key style=\"background:rgb(var(--bad)/.6)\"></i> discourages. Rewards and returns are coloured on \
    the scale from −1 to 1; a form that leaves it, as a sum can, on the scale of its largest return.</p>\n";

const TRAINED: &str = "<p class=note>The cells under a step are its tokens, coloured by the advantage that each was \
    learned with; the column tells their mean.</p>\n";

pub(super) fn draw(report: &Report) -> String {
    let mut out = NOTE.to_owned();
    for (index, (arm, answers)) in report.arms.iter().zip(&report.answers).enumerate() {
        let open = if index == 0 { " open" } else { "" };
        let name = class_and_name(index, &arm.name);
        let _ = writeln!(
            out,
            "<details{open} data-arm={index}><summary {name}</summary>"
        );
        of_arm(&mut out, answers, &arm.credit());
        out += "</details>\n";
    }
    out
}

fn of_arm(out: &mut String, answers: &ShownAnswers, own: &str) {
    let ShownAnswers { evaluated, trained } = answers;
    if evaluated.is_empty() && trained.is_empty() {
        *out += "<p>No answers were kept.</p>\n";
    }
    for (before, after) in evaluated {
        prompt(out, &before.prompt);
        *out += "<div class=pair>\n";
        answer(out, before, &format!("before, step {}", before.step), own);
        if let Some(after) = after {
            answer(out, after, &format!("after, step {}", after.step), own);
        }
        *out += "</div>\n";
    }
    if evaluated.is_empty() && !trained.is_empty() {
        *out += "<p>There was no evaluation, so these are answers that training learned from, to other prompts \
                 in each iteration.</p>\n";
        *out += TRAINED;
    }
    for answers in trained {
        let Some(ShownAnswer { step, .. }) = answers.first() else {
            continue;
        };
        if !evaluated.is_empty() {
            let _ = writeln!(
                out,
                "<details><summary>Answers learned from, iteration {step}, with their advantages</summary>\n{TRAINED}"
            );
        }
        for (index, shown) in answers.iter().enumerate() {
            if index == 0 || answers[index - 1].prompt != shown.prompt {
                prompt(out, &shown.prompt);
            }
            answer(out, shown, &format!("iteration {step}"), own);
        }
        if !evaluated.is_empty() {
            *out += "</details>\n";
        }
    }
}

fn prompt(out: &mut String, prompt: &str) {
    let _ = writeln!(out, "<h3 class=prompt>{}</h3>", escaped(prompt));
}

fn answer(out: &mut String, shown: &ShownAnswer, when: &str, own: &str) {
    let verdict = match shown.outcome {
        Some(outcome) if outcome >= 0.5 => "right",
        Some(_) => "wrong",
        None => "not verified",
    };
    let credit = &shown.credit;
    let (steps, tokens) = (credit.steps(), credit.tokens);
    let cut_off = match shown.truncated {
        true => ", cut off at the generation limit",
        false => "",
    };
    let _ = writeln!(
        out,
        "<figure class=answer><figcaption><b>{when}</b>: {verdict}, {steps} steps, {tokens} tokens{cut_off}</figcaption>"
    );
    if let Some(text) = &shown.text {
        let _ = writeln!(out, "<pre class=whole tabindex=0>{}</pre>", escaped(text));
    }
    if credit.forms.is_empty() {
        *out += "<p class=note>Its steps have no rewards.</p>\n";
    }
    *out += &credit_table(credit, Some(own), MOST_STEPS);
    *out += "</figure>\n";
}
