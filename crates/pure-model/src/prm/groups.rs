//! Which answers are read together: those of like lengths, and those to one prompt.
//!
//! [`Batching`](crate::Batching) does not serve here: a group that shares prompts has two widths, that of
//! its prompts, each read once, and that of its answers.

use std::collections::HashMap;

use super::MarkedAnswer;

/// Answers that are read together.
pub(super) struct Group {
    /// Places of the answers among all.
    pub(super) answers: Vec<usize>,
    /// Whether their prompts are read once each, and not once an answer.
    pub(super) shares_prompts: bool,
}

/// Divides the answers that have steps into groups of at most `limit` tokens.
pub(super) fn groups(answers: &[MarkedAnswer], limit: usize) -> Vec<Group> {
    let mut by_prompt = HashMap::<&[u32], Vec<usize>>::new();
    for (index, answer) in answers.iter().enumerate() {
        if !answer.ends.is_empty() {
            by_prompt.entry(&answer.prompt).or_default().push(index);
        }
    }
    let (mut sharing, mut alone) = (Vec::new(), Vec::new());
    for (prompt, group) in by_prompt {
        let shares = group.len() > 1 && !prompt.is_empty();
        if shares { &mut sharing } else { &mut alone }.extend(group);
    }
    // Like lengths come together, and answers to one prompt stay together.
    let read = |index: usize| answers[index].read().len();
    let prompt = |index: usize| answers[index].prompt.as_slice();
    alone.sort_by_key(|&index| (prompt(index).len() + read(index), index));
    sharing.sort_by_key(|&index| (prompt(index).len(), prompt(index), read(index), index));

    let whole = fill(alone, limit, |index| [0, prompt(index).len() + read(index)]);
    let shared = fill(sharing, limit, |index| [prompt(index).len(), read(index)]);
    let group = |shares_prompts| {
        move |answers| Group {
            answers,
            shares_prompts,
        }
    };
    let whole = whole.into_iter().map(group(false));
    whole.chain(shared.into_iter().map(group(true))).collect()
}

/// Cuts a list into runs that fit into `limit` tokens once both their parts are padded.
fn fill(order: Vec<usize>, limit: usize, widths: impl Fn(usize) -> [usize; 2]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut widest = [0, 0];
    for index in order {
        let [before, behind] = widths(index);
        let wider = [before.max(widest[0]), behind.max(widest[1])];
        match runs.last_mut() {
            Some(run) if (run.len() + 1) * (wider[0] + wider[1]) <= limit => {
                run.push(index);
                widest = wider;
            }
            _ => {
                runs.push(vec![index]);
                widest = [before, behind];
            }
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::judge::longest;
    use super::super::judge::tests::answers;
    use super::*;

    #[test]
    fn groups_hold_every_answer_with_steps_once_and_keep_to_the_limit() {
        let answers = answers();
        for limit in [1, 30, 64, 1000] {
            let mut seen = Vec::new();
            for group in groups(&answers, limit) {
                let of = |part: fn(&MarkedAnswer) -> usize| {
                    longest(group.answers.iter().map(|&i| part(&answers[i])))
                };
                let width = if group.shares_prompts {
                    of(|a| a.prompt.len()) + of(|a| a.read().len())
                } else {
                    of(|a| a.prompt.len() + a.read().len())
                };
                let rows = group.answers.len();
                assert!(rows == 1 || rows * width <= limit, "{rows} x {width}");
                seen.extend(group.answers);
            }
            seen.sort_unstable();
            let with_steps = (0..answers.len()).filter(|&i| !answers[i].ends.is_empty());
            assert!(seen.into_iter().eq(with_steps));
        }
    }
}
