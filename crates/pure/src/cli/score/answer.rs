//! From a record to what the reward model reads: tokens, steps, markers.

use miette::miette;
use pure::core::{StepFormat, StepSpan};
use pure::model::{Checkpoint, Error, MarkedAnswer, Tokenizer};
use serde::Deserialize;
use serde_json::Value;

use super::Steps;

/// What stands between two steps of a text, and behind the last one.
const BLANK_LINE: &str = "\n\n";

#[derive(Deserialize)]
pub struct Record {
    #[serde(default)]
    pub id: Value,
    prompt: Option<String>,
    steps: Option<Vec<String>>,
    prompt_ids: Option<Vec<u32>>,
    response_ids: Option<Vec<u32>>,
}

/// An answer, split and marked.
pub struct Answer {
    pub marked: MarkedAnswer,
    response: Vec<u32>,
    spans: Vec<StepSpan>,
    /// The steps as they were given, if as text.
    given: Option<Vec<String>>,
}

pub struct Reader {
    /// Only text needs one.
    tokenizer: Result<Tokenizer, String>,
    format: StepFormat,
    vocab_size: usize,
}

impl Reader {
    pub fn new(checkpoint: &Checkpoint, steps: &Steps) -> miette::Result<Self> {
        let vocab_size = checkpoint.config().vocab_size;
        let tokenizer = checkpoint.tokenizer().map_err(|error| error.to_string());
        let marker = match (steps.marker_id, &steps.marker) {
            (Some(id), _) => id,
            (None, text) => {
                let text = text.as_deref().unwrap_or("\n");
                let tokenizer = needed(&tokenizer, "the marker", "--marker-id")?;
                one_token(tokenizer, text)?
            }
        };
        if marker as usize >= vocab_size {
            return Err(miette!(
                "the marker, token {marker}, is outside the model's vocabulary of {vocab_size}"
            ));
        }
        let format = if steps.separator_ids.is_empty() {
            let tokenizer = needed(&tokenizer, "the separator of steps", "--separator-ids")?;
            let texts = (0..vocab_size as u32).map(|id| (id, tokenizer.decode(&[id], false)));
            let texts: Vec<(u32, String)> = texts.collect();
            let vocabulary = texts.iter().map(|(id, text)| (*id, text.as_str()));
            StepFormat::from_vocabulary(vocabulary, marker)
        } else {
            StepFormat::new(steps.separator_ids.iter().copied(), marker)
        };
        Ok(Self {
            tokenizer,
            format,
            vocab_size,
        })
    }

    pub fn read(&self, record: Record) -> Result<Answer, String> {
        match record {
            Record {
                prompt_ids: Some(prompt),
                response_ids: Some(response),
                ..
            } => self.mark(prompt, response, None),
            Record {
                prompt: Some(prompt),
                steps: Some(steps),
                ..
            } => self.read_text(&prompt, steps),
            _ => {
                let needed = "`prompt` and `steps`, or `prompt_ids` and `response_ids`";
                Err(format!("the record needs {needed}"))
            }
        }
    }

    /// Texts are joined before they are turned into tokens, as a model that writes them would have
    /// it: the blank line may be one token with the end of the step.
    fn read_text(&self, prompt: &str, steps: Vec<String>) -> Result<Answer, String> {
        let tokenizer = self.tokenizer.as_ref().map_err(Clone::clone)?;
        let encode = |text: &str, is_start| {
            let tokens = tokenizer.encode(text, is_start);
            tokens.map_err(|error| error.to_string())
        };
        // The last one is closed too: else the marker would take the place of its last word.
        let closed = |step: &String| format!("{step}{BLANK_LINE}");
        let response: String = steps.iter().map(closed).collect();
        let (given, prompt) = (steps.len(), encode(prompt, true)?);
        let answer = self.mark(prompt, encode(&response, false)?, Some(steps))?;
        match answer.spans.len() {
            found if found == given => Ok(answer),
            found => Err(format!(
                "the text splits into {found} at its separator tokens, but {given} were given as steps: \
                 one that is empty, or begins with or holds a blank line, cannot be told apart"
            )),
        }
    }

    fn mark(
        &self,
        prompt: Vec<u32>,
        response: Vec<u32>,
        given: Option<Vec<String>>,
    ) -> Result<Answer, String> {
        // Here, for the marker may take the place of a token that the model does not know.
        let vocab_size = self.vocab_size;
        if let Some(&token) = response.iter().find(|&&token| token as usize >= vocab_size) {
            return Err(Error::TokenOutOfRange { token, vocab_size }.to_string());
        }
        let spans = self.format.split(&response);
        let input = self.format.prm_input(&[], &response, &spans);
        Ok(Answer {
            marked: MarkedAnswer {
                prompt,
                answer: input.tokens,
                ends: input.positions,
            },
            response,
            spans,
            given,
        })
    }

    /// The steps for a person: as text, or where there is no tokenizer as tokens.
    pub fn texts(&self, answer: &Answer) -> Vec<String> {
        let text = |span: &StepSpan| {
            let tokens = &answer.response[span.range()];
            match &self.tokenizer {
                Ok(tokenizer) => tokenizer.decode(tokens, false),
                Err(_) => {
                    let ids = tokens.iter().map(ToString::to_string);
                    ids.collect::<Vec<_>>().join(" ")
                }
            }
        };
        let given = answer.given.clone();
        given.unwrap_or_else(|| answer.spans.iter().map(text).collect())
    }
}

fn needed<'a>(
    tokenizer: &'a Result<Tokenizer, String>,
    what: &str,
    option: &str,
) -> miette::Result<&'a Tokenizer> {
    tokenizer.as_ref().map_err(|error| {
        miette!(
            help = format!("give {option}, or put the tokenizer into the folder"),
            "{what} is found by its text, but {error}"
        )
    })
}

fn one_token(tokenizer: &Tokenizer, text: &str) -> miette::Result<u32> {
    let tokens = tokenizer.encode(text, false);
    let tokens = tokens.map_err(super::explain)?;
    match tokens.as_slice() {
        [token] => Ok(*token),
        tokens => Err(miette!(
            help = "give --marker with the text of one token, or --marker-id",
            "the marker must be one token, but {text:?} is {} tokens",
            tokens.len()
        )),
    }
}
