//! From a prompt to the tokens that a model continues: one way for training, sampling, scoring and
//! reward models, so that a model is asked as it was taught.
//!
//! | prompt | [`PromptFormat`] | tokens |
//! | --- | --- | --- |
//! | text | the default | the turn of a user under the chat template, the model's turn opened |
//! | text | `raw` | the text, with what the tokenizer puts around one, such as a first token |
//! | text | a `template` | the same two, of the template with the text at `{prompt}` |
//! | messages | any | the conversation under the chat template, the model's turn opened |

use serde::{Deserialize, Serialize};

use crate::{Error, Message, Tokenizer};

/// Where the prompt stands in a template.
const PLACE: &str = "{prompt}";

/// How prompts become tokens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromptFormat {
    /// Takes prompts of text as they are, without the chat template.
    pub raw: bool,
    /// A text that prompts of text are put into, at `{prompt}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl PromptFormat {
    /// Turns prompts into tokens of a tokenizer.
    ///
    /// # Errors
    ///
    /// [`Error::PromptTemplate`] if the template has no place for a prompt, or several.
    pub fn encoder<'a>(&'a self, tokenizer: &'a Tokenizer) -> Result<PromptEncoder<'a>, Error> {
        let template = match &self.template {
            None => ("", ""),
            Some(template) => match template.split(PLACE).collect::<Vec<_>>()[..] {
                [before, behind] => (before, behind),
                ref parts => {
                    let found = parts.len() - 1;
                    return Err(Error::PromptTemplate { found });
                }
            },
        };
        Ok(PromptEncoder {
            tokenizer,
            raw: self.raw,
            template,
        })
    }
}

/// Turns prompts into tokens: see [`PromptFormat::encoder`].
#[derive(Debug, Clone, Copy)]
pub struct PromptEncoder<'a> {
    tokenizer: &'a Tokenizer,
    raw: bool,
    /// What stands before and behind a prompt.
    template: (&'a str, &'a str),
}

impl PromptEncoder<'_> {
    /// The tokens of a text, one at least.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPrompt`] if there are none, [`Error::NoChatTemplate`], [`Error::ChatTemplate`] or
    /// [`Error::Encode`].
    pub fn text(&self, text: &str) -> Result<Vec<u32>, Error> {
        let (before, behind) = self.template;
        let text = [before, text, behind].concat();
        match self.raw {
            true => some(self.tokenizer.encode(&text, true)?),
            false => self.messages(&[Message::new("user", text)]),
        }
    }

    /// The tokens of a conversation that the model is to go on with, one at least.
    ///
    /// # Errors
    ///
    /// As [`text`](Self::text).
    pub fn messages(&self, messages: &[Message]) -> Result<Vec<u32>, Error> {
        let text = self.tokenizer.render_chat(messages, true)?;
        some(self.tokenizer.encode(&text, false)?)
    }

    /// The token that ends an answer to such prompts: what the chat template puts behind an answer, where
    /// it applies and that is a special token, else the tokenizer's own end of text.
    pub(crate) fn end_of_answer(&self) -> Option<u32> {
        let of_turn = match self.raw {
            true => None,
            false => end_of_turn(self.tokenizer),
        };
        of_turn.or_else(|| self.tokenizer.eos_token())
    }
}

fn some(tokens: Vec<u32>) -> Result<Vec<u32>, Error> {
    match tokens.is_empty() {
        true => Err(Error::EmptyPrompt),
        false => Ok(tokens),
    }
}

/// The special token that directly follows an answer under the chat template.
fn end_of_turn(tokenizer: &Tokenizer) -> Option<u32> {
    const ANSWER: &str = "42";
    let turns = [
        Message::new("user", "6 * 7 = ?"),
        Message::new("assistant", ANSWER),
    ];
    let text = tokenizer.render_chat(&turns, false).ok()?;
    let (_, behind) = text.rsplit_once(ANSWER)?;
    let first = *tokenizer.encode(behind, false).ok()?.first()?;
    let is_special = tokenizer.decode(&[first], true).is_empty();
    (is_special && !tokenizer.decode(&[first], false).is_empty()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::tests::load_with;

    fn format(raw: bool, template: Option<&str>) -> PromptFormat {
        let template = template.map(str::to_owned);
        PromptFormat { raw, template }
    }

    #[test]
    fn a_prompt_becomes_the_tokens_that_its_format_says() {
        let (_folder, tokenizer) = load_with(|_, _| ());
        let tokenizer = tokenizer.unwrap();
        let text =
            |format: PromptFormat| format.encoder(&tokenizer).unwrap().text("hello").unwrap();
        assert_eq!(text(format(true, None)), [5]);
        assert_eq!(text(format(true, Some("Q {prompt} A"))), [7, 5, 8]);
        assert_eq!(text(format(false, None)), [3, 5, 1, 4]);
        assert_eq!(
            text(format(false, Some("Q {prompt} A"))),
            [3, 7, 5, 8, 1, 4]
        );
        let turns = ["user", "assistant"].map(|role| Message::new(role, "42"));
        for format in [format(true, Some("{prompt} A")), format(false, None)] {
            let encoder = format.encoder(&tokenizer).unwrap();
            assert_eq!(encoder.messages(&turns).unwrap(), [3, 6, 1, 4, 6, 1, 4]);
        }
    }

    #[test]
    fn a_prompt_that_is_lost_is_an_error() {
        let (_folder, tokenizer) = load_with(|_, config| config["chat_template"] = "".into());
        let tokenizer = tokenizer.unwrap();
        let empty = format(true, None).encoder(&tokenizer).unwrap().text("");
        assert!(matches!(empty, Err(Error::EmptyPrompt)));
        let empty = format(false, None)
            .encoder(&tokenizer)
            .unwrap()
            .text("hello");
        assert!(matches!(empty, Err(Error::EmptyPrompt)));
        for (template, found) in [("Q", 0), ("{prompt}{prompt}", 2)] {
            let error = format(true, Some(template))
                .encoder(&tokenizer)
                .unwrap_err();
            assert!(matches!(error, Error::PromptTemplate { found: times } if times == found));
        }
    }

    #[test]
    fn a_format_is_written_as_settings_are() {
        let read = |text: &str| serde_json::from_str::<PromptFormat>(text);
        assert_eq!(read("{}").unwrap(), PromptFormat::default());
        let all = r#"{"raw":true,"template":"Q {prompt}"}"#;
        assert_eq!(serde_json::to_string(&read(all).unwrap()).unwrap(), all);
        assert!(read(r#"{"rwa": true}"#).is_err());
    }
}
