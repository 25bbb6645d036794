//! The picture of an answer's credit as one page for a browser, with nothing to load.

use std::fmt::Write as _;

use super::explain::{Picture, returns_of};
use crate::cli::page::{escaped, page};

const STYLE: &str = "
.tokens { display: flex; flex-wrap: wrap; gap: 2px; margin: .2rem 0 1rem; }
.tokens i { width: .8rem; height: 1.2rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.tokens i.end { margin-right: .5rem; }
";

/// The whole page.
pub fn draw(picture: &Picture) -> String {
    let Picture {
        record,
        table,
        gains,
    } = picture;
    let title = format!("Answer {} of group {}", record.id, record.group);
    let most = |numbers: &[f32]| numbers.iter().map(|n| n.abs()).fold(0.0, f32::max);
    let most_reward = most(&table.rewards);
    let most_return = table
        .forms
        .iter()
        .map(|form| most(&form.returns))
        .fold(0.0, f32::max);

    let mut out = format!(
        "<p>{} tokens in {} steps. In each cell stands the return that all tokens of the step get: \
         what is paid from there on. Where there are two, its tokens get different ones, from the one \
         to the other.</p>\n\
         <div class=scroll tabindex=0><table>\n<thead><tr><th scope=col>step\
         <th scope=col>tokens<th scope=col>reward",
        table.length,
        table.steps.len()
    );
    for form in &table.forms {
        let _ = write!(out, "<th scope=col>{}", escaped(&form.name));
    }
    out += "</thead>\n<tbody>\n";
    for (number, (step, reward)) in table.steps.iter().zip(&table.rewards).enumerate() {
        let _ = write!(
            out,
            "<tr><th scope=row>{}<td>{}–{}{}",
            number + 1,
            step.start,
            step.last(),
            cell(*reward, most_reward)
        );
        for form in &table.forms {
            let ground = ground(form.step_returns[number], most_return);
            let _ = write!(out, "<td style=\"{ground}\">{}", returns_of(form, step));
        }
        out.push('\n');
    }
    out += "</tbody>\n<tfoot>\n<tr><th scope=row colspan=3>the whole answer";
    for form in &table.forms {
        out += &cell(form.total, most_return);
    }
    out += "\n<tr><th scope=row colspan=3>one more good step adds";
    for gain in gains {
        out += &cell(*gain, most_return);
    }
    out += "\n</tfoot></table></div>\n\
            <p>A form that pays for one more good step teaches a model to write more steps.</p>\n\
            <h2>Token by token</h2>\n";
    for form in &table.forms {
        let _ = write!(out, "<h3>{}</h3>\n<div class=tokens>", escaped(&form.name));
        for (token, value) in form.returns.iter().enumerate() {
            let is_end = table.steps.iter().any(|step| step.last() == token);
            let end = if is_end { " class=end" } else { "" };
            let _ = write!(
                out,
                "<i{end} style=\"{}\" title=\"token {token}: {value:+.4}\"></i>",
                ground(*value, most_return)
            );
        }
        out += "</div>\n";
    }
    page(&title, STYLE, &out)
}

fn cell(value: f32, most: f32) -> String {
    format!("<td style=\"{}\">{value:+.3}", ground(value, most))
}

/// Green for what is encouraged, red for what is not; the numbers say it too.
fn ground(value: f32, most: f32) -> String {
    let strength = if most > 0.0 {
        (value / most).abs() * 0.75
    } else {
        0.0
    };
    let colour = if value > 0.0 { "good" } else { "bad" };
    format!("background:rgb(var(--{colour}) / {strength:.2})")
}
