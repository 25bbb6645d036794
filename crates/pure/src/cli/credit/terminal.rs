//! The picture of an answer's credit on a terminal.

use pure::core::FormView;

use super::explain::{Picture, RANGE, returns_of};
use crate::cli::ink::Ink;

/// Steps down, forms across; in each cell the return of the step's tokens.
pub fn draw(picture: &Picture, ink: Ink) -> String {
    let Picture {
        record,
        table,
        gains,
    } = picture;
    let outcome = match record.outcome {
        Some(outcome) if outcome > 0.0 => "right",
        Some(_) => "wrong",
        None => "not verified",
    };
    let mut out = format!(
        "answer {} of group {}: {} tokens in {} steps, {outcome}\n\n",
        record.id,
        record.group,
        table.length,
        table.steps.len()
    );

    let returns = || table.forms.iter().flat_map(|form| &form.returns);
    let most = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(f32::abs).fold(0.0, f32::max);
    let most_reward = most(&mut table.rewards.iter().copied());
    let most_return = most(&mut returns().copied());
    let steps = &table.steps;
    let cells_of = |form| steps.iter().map(|step| returns_of(form, step)).collect();
    let cells: Vec<Vec<String>> = table.forms.iter().map(cells_of).collect();
    let width = |(form, cells): (&FormView, &Vec<String>)| {
        let longest = cells.iter().map(String::len).max().unwrap_or(0);
        longest.max(form.name.len()).max(8)
    };
    let widths: Vec<usize> = table.forms.iter().zip(&cells).map(width).collect();

    let mut head = format!("{:<6}{:>12}  {:>8}", "step", "tokens", "reward");
    for (form, width) in table.forms.iter().zip(&widths) {
        head += &format!("  {:>width$}", form.name);
    }
    out += &format!("{}\n", ink.strong(&head));
    for (number, (step, reward)) in table.steps.iter().zip(&table.rewards).enumerate() {
        let tokens = format!("{}-{}", step.start, step.last());
        let reward_text = ink.shade(&format!("{reward:>+8.3}"), *reward, most_reward);
        out += &format!("{:<6}{tokens:>12}  {reward_text}", number + 1);
        for ((form, cells), width) in table.forms.iter().zip(&cells).zip(&widths) {
            let cell = format!("{:>width$}", cells[number]);
            let shaded = ink.shade(&cell, form.step_returns[number], most_return);
            out += &format!("  {shaded}");
        }
        out.push('\n');
    }

    let mut row = |name: &str, values: &mut dyn Iterator<Item = f32>| {
        out += &format!("{name:<28}");
        for (value, width) in values.zip(&widths) {
            out += &format!("  {value:>+width$.3}");
        }
        out.push('\n');
    };
    row(
        "the whole answer",
        &mut table.forms.iter().map(|form| form.total),
    );
    row("one more good step adds", &mut gains.iter().copied());

    out += "\nAll tokens of a step get the number in its row: what is paid from there on.\n";
    if cells.iter().flatten().any(|cell| cell.contains(RANGE)) {
        out += "Where there are two, its tokens get different ones, from the one to the other.\n";
    }
    out += "A form that pays for one more good step teaches a model to write more steps.\n";
    out
}
