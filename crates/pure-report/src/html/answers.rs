//! Credit pictures: answers before and after, each step coloured by what forms of credit would pay it.

use std::fmt::Write as _;

use super::{escaped, ground, look};
use crate::answers::Answers;
use crate::credit::{Picture, Row, Step};
use crate::report::Report;

const NOTE: &str = "<p class=note>The same prompts for all arms. Beside each step stand its reward and \
    its return under each form of credit: what is paid from there on. <i class=key style=\"\
    background:rgb(var(--good)/.6)\"></i> encourages, <i class=key style=\"background:rgb(var(--bad)/.6)\"></i> \
    discourages. Rewards, min and soft-min are coloured on the scale from −1 to 1, which they cannot \
    leave; a sum can, and is coloured by its own largest: it pays for every step more.</p>\n";

pub(super) fn draw(report: &Report) -> String {
    let mut out = NOTE.to_owned();
    for (index, (arm, answers)) in report.arms.iter().zip(&report.answers).enumerate() {
        let open = if index == 0 { " open" } else { "" };
        let _ = writeln!(
            out,
            "<details{open} data-arm={index}><summary class=\"arm {}\">{}</summary>",
            look(index),
            escaped(&arm.name)
        );
        of_arm(&mut out, answers, &arm.credit());
        out += "</details>\n";
    }
    out
}

fn of_arm(out: &mut String, answers: &Answers, own: &str) {
    if answers.first.is_empty() && answers.train.is_empty() {
        *out += "<p>No answers were kept.</p>\n";
    }
    for (index, before) in answers.first.iter().enumerate() {
        prompt(out, &before.prompt);
        *out += "<div class=pair>\n";
        picture(out, before, &format!("before, step {}", before.step), own);
        if let Some(after) = answers.last.get(index) {
            picture(out, after, &format!("after, step {}", after.step), own);
        }
        *out += "</div>\n";
    }
    if let Some(step) = answers.train.first().map(|picture| picture.step) {
        let _ = writeln!(
            out,
            "<details><summary>Answers learned from, iteration {step}, with their advantages</summary>\n\
             <p class=note>The row of cells under a step are its tokens, coloured by the advantage that \
             each was learned with; the column tells their mean.</p>"
        );
        for (index, of_train) in answers.train.iter().enumerate() {
            let same = index > 0 && answers.train[index - 1].prompt == of_train.prompt;
            if !same {
                prompt(out, &of_train.prompt);
            }
            picture(out, of_train, &format!("iteration {step}"), own);
        }
        *out += "</details>\n";
    }
}

fn prompt(out: &mut String, prompt: &str) {
    let _ = writeln!(out, "<h3 class=prompt>{}</h3>", escaped(prompt));
}

fn picture(out: &mut String, picture: &Picture, when: &str, own: &str) {
    let verdict = match picture.outcome {
        Some(outcome) if outcome >= 0.5 => "right",
        Some(_) => "wrong",
        None => "not verified",
    };
    let cut = if picture.cut {
        ", cut at the limit"
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "<figure class=answer><figcaption><b>{when}</b>: {verdict}, {} steps, {} tokens{cut}</figcaption>",
        picture.steps, picture.tokens
    );
    if let Some(text) = &picture.text {
        let _ = writeln!(out, "<pre class=whole tabindex=0>{}</pre>", escaped(text));
    }
    if picture.forms.is_empty() {
        *out += "<p class=note>Its steps have no rewards.</p>\n";
    }
    *out += "<div class=scroll tabindex=0 role=region aria-label=Steps><table class=steps>\n\
             <thead><tr><th scope=col>#<th scope=col class=text>step";
    if !picture.forms.is_empty() {
        *out += "<th scope=col>reward";
    }
    for form in &picture.forms {
        let mark = if form == own {
            " class=own title=\"what this arm is paid by\""
        } else {
            ""
        };
        let _ = write!(out, "<th scope=col{mark}>{}", escaped(form));
    }
    if picture.most_advantage.is_some() {
        *out += "<th scope=col>advantage";
    }
    *out += "</thead>\n<tbody>\n";
    for row in &picture.rows {
        match row {
            Row::Step(step) => of_step(out, picture, step),
            Row::LeftOut { steps, reward } => {
                let columns = picture.forms.len() + 3;
                let reward =
                    reward.map_or_else(String::new, |reward| format!(", mean reward {reward:+.2}"));
                let _ = writeln!(
                    out,
                    "<tr class=gap><td><td class=text colspan={columns}>… {steps} more{reward} …"
                );
            }
        }
    }
    *out += "</tbody></table></div></figure>\n";
}

fn of_step(out: &mut String, picture: &Picture, step: &Step) {
    let number = step
        .number
        .map_or_else(String::new, |number| number.to_string());
    let _ = write!(
        out,
        "<tr><th scope=row>{number}<td class=text>{}",
        escaped(&step.text)
    );
    if let Some(most) = picture.most_advantage {
        *out += "<span class=tokens>";
        for advantage in &step.advantages {
            let _ = write!(
                out,
                "<i style=\"{}\" title=\"{advantage:+.3}\"></i>",
                ground(*advantage, most)
            );
        }
        *out += "</span>";
    }
    if !picture.forms.is_empty() {
        match step.reward {
            Some(reward) => cell(out, reward, 1.0),
            None => *out += "<td>–",
        }
    }
    for (index, most) in picture.most.iter().enumerate() {
        match step.returns.get(index) {
            Some(value) => cell(out, *value, most.max(1.0)),
            None => *out += "<td>–",
        }
    }
    if let Some(most) = picture.most_advantage {
        let sum: f32 = step.advantages.iter().sum();
        cell(out, sum / step.advantages.len().max(1) as f32, most);
    }
    out.push('\n');
}

fn cell(out: &mut String, value: f32, most: f32) {
    let _ = write!(out, "<td style=\"{}\">{value:+.2}", ground(value, most));
}
