//! The tokenizer folder, as Hugging Face's own library reads it.

use proptest::prelude::*;
use pure_task::chain::{
    Corruption, Dice, END_TOKEN, Level, MARKER, PAD_TOKEN, Problems, SEPARATOR, SolutionStyle,
    SolutionWriter, Split, vocabulary, write_tokenizer,
};
use tokenizers::Tokenizer;

fn load() -> Tokenizer {
    let folder = tempfile::tempdir().unwrap();
    write_tokenizer(folder.path()).unwrap();
    Tokenizer::from_file(folder.path().join("tokenizer.json")).unwrap()
}

fn encode(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    tokenizer.encode(text, true).unwrap().get_ids().to_vec()
}

#[test]
fn every_token_has_the_id_of_its_place_and_is_one_token() {
    let tokenizer = load();
    let words = vocabulary();
    assert_eq!(tokenizer.get_vocab_size(true), words.len());
    for (id, word) in (0..).zip(&words) {
        assert_eq!(tokenizer.token_to_id(word), Some(id), "{word:?}");
        assert_eq!(encode(&tokenizer, word), [id], "{word:?}");
    }
    assert_eq!(words[0], END_TOKEN);
    assert_eq!(words[1], PAD_TOKEN);
    assert!(words.iter().any(|word| word == SEPARATOR));
    assert!(words.iter().any(|word| word == MARKER));
}

#[test]
fn problems_and_answers_of_every_level_come_back_as_they_were() {
    let tokenizer = load();
    let writer = SolutionWriter::new(SolutionStyle::default(), 0).unwrap();
    let mut dice = Dice::new(0, "test");
    for (_, level) in Level::PRESETS {
        for problem in Problems::new(level, Split::Train, 0).unwrap().take(200) {
            let mut response = writer.write(&problem, &mut dice);
            if let Some(cut) = Corruption::CutOff.apply(&problem, &response, &mut dice) {
                response = cut;
            }
            for text in [problem.prompt(), &response] {
                let ids = encode(&tokenizer, text);
                assert_eq!(tokenizer.decode(&ids, false).unwrap(), text);
                assert!(ids.len() <= text.len());
            }
        }
    }
}

#[test]
fn a_base_prompt_is_twelve_tokens_and_the_end_token_ends_a_text() {
    let tokenizer = load();
    assert_eq!(encode(&tokenizer, "7+3*4-8*2+5=").len(), 12);
    let ids = encode(&tokenizer, "\\boxed{42}<|endoftext|>");
    assert_eq!(ids.len(), 4);
    assert_eq!(ids[3], 0);
    assert_eq!(tokenizer.decode(&ids, true).unwrap(), "\\boxed{42}");
}

#[test]
fn text_that_is_not_of_the_task_is_refused() {
    let tokenizer = load();
    for text in ["thank you", "7 + 3", "é", "7+3=0\r\n"] {
        assert!(tokenizer.encode(text, true).is_err(), "{text:?}");
    }
}

proptest! {
    /// What a policy may write, one token after the other.
    #[test]
    fn decoding_what_was_encoded_gives_the_text_back(
        words in prop::collection::vec(prop::sample::select(vocabulary()), 0..40)
    ) {
        let tokenizer = load();
        let text = words.concat();
        let ids = encode(&tokenizer, &text);
        prop_assert_eq!(tokenizer.decode(&ids, false).unwrap(), text);
    }
}
