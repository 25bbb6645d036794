//! The picture of an answer's credit on a terminal.

use pure::core::Record;
use pure::report::CreditPicture;

use crate::cli::support::Ink;

/// Steps down, forms across; in each cell the return of the step's tokens.
pub fn draw(record: &Record, picture: &CreditPicture, ink: Ink) -> String {
    let (tokens, forms, rows) = (picture.tokens, &picture.forms, &picture.rows);
    let outcome = match record.outcome {
        Some(outcome) if outcome > 0.0 => "right",
        Some(_) => "wrong",
        None => "not verified",
    };
    let mut out = format!(
        "answer {} of group {}: {tokens} tokens in {} steps, {outcome}\n\n",
        record.id,
        record.group,
        picture.steps()
    );

    let most = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(f32::abs).fold(0.0, f32::max);
    let returns = || rows.iter().flat_map(|row| &row.returns);
    let most_return = most(&mut returns().flat_map(|it| [it.lowest, it.highest]));
    let most_reward = most(&mut rows.iter().filter_map(|row| row.reward));
    let width = |form: usize| {
        let cells = rows.iter().map(|row| row.returns[form].to_string().len());
        cells.max().unwrap_or(0).max(forms[form].name.len()).max(8)
    };
    let widths: Vec<usize> = (0..forms.len()).map(width).collect();

    let mut head = format!("{:<6}{:>12}  {:>8}", "step", "tokens", "reward");
    for (form, width) in forms.iter().zip(&widths) {
        head += &format!("  {:>width$}", form.name);
    }
    out += &format!("{}\n", ink.strong(&head));
    for row in rows.iter().filter(|row| row.step.is_some()) {
        let number = row.step.unwrap_or_default();
        let span = format!("{}-{}", row.tokens.start, row.tokens.end - 1);
        let reward = row.reward.unwrap_or_default();
        let reward = ink.shade(&format!("{reward:>+8.3}"), reward, most_reward);
        out += &format!("{number:<6}{span:>12}  {reward}");
        for (value, width) in row.returns.iter().zip(&widths) {
            let cell = format!("{:>width$}", value.to_string());
            out += &format!("  {}", ink.shade(&cell, value.first, most_return));
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
    row("the whole answer", &mut forms.iter().map(|form| form.total));
    let gains = &mut forms.iter().map(|form| form.one_more);
    row("one more good step adds", gains);

    out += "\nAll tokens of a step get the number in its row: what is paid from there on.\n";
    if returns().any(|it| !it.is_shared()) {
        out += "Where there are two, its tokens get different ones, from the one to the other.\n";
    }
    out += "A form that pays for one more good step teaches a model to write more steps.\n";
    out
}
