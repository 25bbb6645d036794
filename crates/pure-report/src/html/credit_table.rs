//! A picture of credit as a table: steps down, forms of credit across.

use std::fmt::Write as _;

use super::{escaped, shade, table};
use crate::credit::{CreditPicture, CreditRow};

/// Rows that are shown after those that are left out.
const LAST_ROWS: usize = 4;

/// The table of a picture. The form of the name `own` is marked as the one that the answer was learned with; of
/// more than `most_rows` steps, those before the last four are left out, but counted.
///
/// Rewards are coloured on the scale from -1 to 1; returns too, unless a form leaves it: that has the scale of
/// its largest.
pub fn credit_table(picture: &CreditPicture, own: Option<&str>, most_rows: usize) -> String {
    let CreditPicture { forms, rows, .. } = picture;
    let advantages = rows.iter().flat_map(|row| &row.advantages);
    let most_return = |form: usize| {
        let first = rows.iter().map(|row| row.returns[form].first);
        most(first.chain([1.0]))
    };
    let scales = Scales {
        returns: (0..forms.len()).map(most_return).collect(),
        advantages: most(advantages.copied()),
        has_advantages: rows.iter().any(|row| !row.advantages.is_empty()),
    };
    let mut out = "<thead><tr><th scope=col>#<th scope=col class=text>step".to_owned();
    if !forms.is_empty() {
        out += "<th scope=col>reward";
    }
    for form in forms {
        let mark = match own == Some(form.name.as_str()) {
            true => " class=own title=\"the form that it was learned with\"",
            false => "",
        };
        let _ = write!(out, "<th scope=col{mark}>{}", escaped(&form.name));
    }
    if scales.has_advantages {
        out += "<th scope=col>advantage";
    }
    out += "</thead>\n<tbody>\n";
    let left_out = match rows.len() > most_rows {
        true => most_rows.saturating_sub(LAST_ROWS)..rows.len().saturating_sub(LAST_ROWS),
        false => 0..0,
    };
    for row in &rows[..left_out.start] {
        step(&mut out, row, &scales);
    }
    if !left_out.is_empty() {
        gap(&mut out, &rows[left_out.clone()], forms.len() + 3);
    }
    for row in &rows[left_out.end..] {
        step(&mut out, row, &scales);
    }
    out += "</tbody>\n";
    if !forms.is_empty() {
        out += "<tfoot>\n<tr><th scope=row colspan=3>the whole answer";
        for form in forms {
            let _ = write!(out, "<td>{:+.3}", form.total);
        }
        out += "\n<tr><th scope=row colspan=3>one more good step adds";
        for form in forms {
            let _ = write!(out, "<td>{:+.3}", form.one_more);
        }
        out += "\n</tfoot>";
    }
    table("Steps", "steps", &out)
}

/// What is coloured in full.
struct Scales {
    /// Of each form.
    returns: Vec<f32>,
    advantages: f32,
    has_advantages: bool,
}

fn most(values: impl Iterator<Item = f32>) -> f32 {
    values.map(f32::abs).fold(0.0, f32::max)
}

fn step(out: &mut String, row: &CreditRow, scales: &Scales) {
    let number = row.step.map_or_else(String::new, |step| step.to_string());
    let text = match &row.text {
        Some(text) => escaped(text),
        None => {
            let (first, last) = (row.tokens.start, row.tokens.end.saturating_sub(1));
            format!("tokens {first}–{last}")
        }
    };
    let _ = write!(out, "<tr><th scope=row>{number}<td class=text>{text}");
    if !row.advantages.is_empty() {
        *out += "<span class=tokens>";
        for advantage in &row.advantages {
            let shade = shade(*advantage, scales.advantages);
            let _ = write!(out, "<i style=\"{shade}\" title=\"{advantage:+.3}\"></i>");
        }
        *out += "</span>";
    }
    if !row.returns.is_empty() {
        match row.reward {
            Some(reward) => cell(out, reward, 1.0, &format!("{reward:+.3}")),
            None => *out += "<td>–",
        }
    }
    for (value, most) in row.returns.iter().zip(&scales.returns) {
        cell(out, value.first, *most, &value.to_string());
    }
    if scales.has_advantages {
        let sum: f32 = row.advantages.iter().sum();
        let mean = sum / row.advantages.len().max(1) as f32;
        cell(out, mean, scales.advantages, &format!("{mean:+.3}"));
    }
    out.push('\n');
}

fn cell(out: &mut String, value: f32, most: f32, text: &str) {
    let _ = write!(out, "<td style=\"{}\">{text}", shade(value, most));
}

fn gap(out: &mut String, rows: &[CreditRow], columns: usize) {
    let rewards: Vec<f32> = rows.iter().filter_map(|row| row.reward).collect();
    let mean = match rewards.as_slice() {
        [] => String::new(),
        rewards => {
            let mean = rewards.iter().sum::<f32>() / rewards.len() as f32;
            format!(", mean reward {mean:+.3}")
        }
    };
    let _ = writeln!(
        out,
        "<tr class=gap><td><td class=text colspan={columns}>… {} more{mean} …",
        rows.len()
    );
}

#[cfg(test)]
mod tests {
    use pure_core::credit::{Min, Sum};
    use pure_core::{CreditConfig, Record};

    use super::*;

    /// An answer of steps of two tokens and one token more.
    fn picture(rewards: &[f32]) -> CreditPicture {
        let record = Record {
            group: 0.into(),
            id: 0.into(),
            length: 2 * rewards.len() + 1,
            step_ends: (0..rewards.len()).map(|step| 2 * step + 1).collect(),
            rewards: rewards.to_vec(),
            outcome: None,
            old_logprobs: None,
            ref_logprobs: None,
            truncated: false,
        };
        let forms = [CreditConfig::Min(Min), CreditConfig::Sum(Sum::default())];
        CreditPicture::of(&record, 0, &forms).unwrap()
    }

    #[test]
    fn steps_in_the_middle_are_left_out_but_counted() {
        let table = credit_table(&picture(&[0.5; 30]), None, 14);
        // Of 31 rows 10 and 4 are shown.
        assert_eq!(table.matches("<tr><th scope=row>").count(), 14);
        assert!(table.contains("… 17 more, mean reward +0.500 …"), "{table}");
        assert!(table.contains("<th scope=row>10<") && table.contains("<th scope=row>28<"));
        assert!(!table.contains("<th scope=row>11<") && !table.contains("<th scope=row>27<"));
        let table = credit_table(&picture(&[0.5; 30]), None, usize::MAX);
        assert_eq!(table.matches("<tr><th scope=row>").count(), 31);
        assert!(!table.contains("<tr class=gap>"), "{table}");
    }

    #[test]
    fn the_form_that_was_learned_with_is_marked_and_the_whole_answer_told() {
        let table = credit_table(&picture(&[0.75, -0.5]), Some("min"), 14);
        assert!(table.contains("class=own title=\"the form that it was learned with\">min"));
        assert_eq!(table.matches("class=own").count(), 1);
        assert!(
            table.contains("the whole answer<td>-0.500<td>+0.250"),
            "{table}"
        );
        assert!(
            table.contains("one more good step adds<td>+0.000<td>+0.750"),
            "{table}"
        );
    }

    #[test]
    fn a_step_is_its_text_or_its_tokens() {
        let mut picture = picture(&[0.75, -0.5]);
        assert!(credit_table(&picture, None, 14).contains("tokens 2–3"));
        assert!(picture.set_texts("<b>'1'\n\n2"));
        let table = credit_table(&picture, None, 14);
        assert!(table.contains("&lt;b&gt;&#39;1&#39;") && !table.contains("<b>"));
        // After the last step comes a token without text.
        assert!(table.contains("tokens 4–4") && !table.contains("tokens 2–3"));
    }
}
