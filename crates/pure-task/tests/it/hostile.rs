//! Nothing that a model may write makes anything here panic.

use proptest::prelude::*;
use pure_task::chain::{Corruption, Dice, Problem, judge, split_steps, vocabulary};

proptest! {
    #[test]
    fn any_response_is_judged_and_every_byte_of_it_is_in_one_step(
        words in prop::collection::vec(prop::sample::select(vocabulary()), 0..60),
        other in "\\PC{0,8}",
        finished: bool,
    ) {
        let problem: Problem = "mod 97: 2+(3*4)-5=".parse().unwrap();
        let response = words.concat() + &other;
        let judgement = judge(&problem, &response, finished);
        let mut end = 0;
        for step in &judgement.steps {
            prop_assert_eq!(step.range.start, end);
            end = step.range.end;
        }
        prop_assert_eq!(end, response.len());
        prop_assert!(judgement.finished || !judgement.correct);
        prop_assert_eq!(judgement.steps.len(), split_steps(&response, finished).len());
        let mut dice = Dice::new(0, "test");
        for corruption in Corruption::ALL {
            _ = corruption.apply(&problem, &response, &mut dice);
        }
    }

    #[test]
    fn any_text_is_a_prompt_or_told(text in "[0-9+*()=: mod-]{0,30}|\\PC{0,20}") {
        if let Ok(problem) = text.parse::<Problem>() {
            prop_assert_eq!(problem.prompt(), text);
            prop_assert!(problem.answer() < problem.modulus());
        }
    }
}
