//! The text that a question is put into.
//!
//! | name | text around a question |
//! | --- | --- |
//! | `plain` | none |
//! | `qwen-boxed` | ChatML, and the user asks for the answer in a box |
//! | `qwen25-math-cot` | ChatML, and the system asks for it |
//! | `qwen25-math-cot-ft` | no ChatML; asks for steps between blank lines too: what PURE's policies learn |
//! | `chat` | the model's own chat template, which this crate does not know |
//! | any text with `{prompt}` in it | itself |
//!
//! The names are those of the evaluation harness of Qwen2.5-Math, which PURE's own evaluation keeps, and so are the
//! texts, to the letter, since a model's accuracy depends on them.

use std::fmt;
use std::str::FromStr;

use pure_data::Prompt;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Where the question stands in a text.
const PLACE: &str = "{prompt}";

const END_OF_TURN: &str = "<|im_end|>";

const QWEN_BOXED: &str = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n\
    <|im_start|>user\n{prompt}\nPlease reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n\
    <|im_start|>assistant\n";
const QWEN_MATH: &str = "<|im_start|>system\nPlease reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n\
    <|im_start|>user\n{prompt}<|im_end|>\n\
    <|im_start|>assistant\n";
const QWEN_MATH_STEPS: &str = "{prompt}\n\n\
    Please reason step by step with steps separated by \"\n\n\", and put your final answer within \\boxed{}.";

/// The text that a question is put into, read from its name or from itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PromptTemplate {
    /// The question as it is.
    Plain,
    /// The model's chat template, which the caller applies.
    #[default]
    Chat,
    /// ChatML with the request for a box behind the question.
    QwenBoxed,
    /// ChatML with the request for a box from the system.
    Qwen25MathCot,
    /// The request for steps and a box behind the question, without ChatML.
    Qwen25MathCotFt,
    /// A text with one `{prompt}` in it; made by [`FromStr`], which checks that.
    Text(String),
}

impl PromptTemplate {
    const NAMED: [Self; 5] = [
        Self::Plain,
        Self::Chat,
        Self::QwenBoxed,
        Self::Qwen25MathCot,
        Self::Qwen25MathCotFt,
    ];

    /// The text, with `{prompt}` where the question goes; nothing for the model's chat template.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Plain => Some(PLACE),
            Self::Chat => None,
            Self::QwenBoxed => Some(QWEN_BOXED),
            Self::Qwen25MathCot => Some(QWEN_MATH),
            Self::Qwen25MathCotFt => Some(QWEN_MATH_STEPS),
            Self::Text(text) => Some(text),
        }
    }

    /// The text that ends an answer, where the template has turns in ChatML: a model that answers in them ends its own so.
    pub fn end_of_turn(&self) -> Option<&'static str> {
        let is_chat_ml = self.text().is_some_and(|text| text.contains(END_OF_TURN));
        is_chat_ml.then_some(END_OF_TURN)
    }

    /// What the model reads. Under [`Chat`](Self::Chat) that is the question itself, for its chat template.
    ///
    /// # Errors
    ///
    /// [`Error::Conversation`] for messages under any other template.
    pub fn apply(&self, question: &Prompt) -> Result<Prompt, Error> {
        match (self.text(), question) {
            (None, question) => Ok(question.clone()),
            (Some(text), Prompt::Text(question)) => {
                Ok(Prompt::Text(text.replacen(PLACE, question, 1)))
            }
            (Some(_), Prompt::Messages(_)) => Err(Error::Conversation),
        }
    }
}

impl fmt::Display for PromptTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Chat => "chat",
            Self::QwenBoxed => "qwen-boxed",
            Self::Qwen25MathCot => "qwen25-math-cot",
            Self::Qwen25MathCotFt => "qwen25-math-cot-ft",
            Self::Text(text) => text,
        })
    }
}

impl FromStr for PromptTemplate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let named = Self::NAMED
            .into_iter()
            .find(|known| known.to_string() == text);
        match (named, text.matches(PLACE).count()) {
            (Some(named), _) => Ok(named),
            (None, 1) => Ok(Self::Text(text.to_owned())),
            (None, places) => Err(Error::Template {
                found: text.to_owned(),
                places,
            }),
        }
    }
}

impl TryFrom<String> for PromptTemplate {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<PromptTemplate> for String {
    fn from(of: PromptTemplate) -> Self {
        of.to_string()
    }
}

#[cfg(test)]
mod tests {
    use pure_data::Turn;

    use super::*;

    fn read(template: &str, question: &str) -> String {
        let template: PromptTemplate = template.parse().unwrap();
        match template.apply(&Prompt::Text(question.to_owned())).unwrap() {
            Prompt::Text(text) => text,
            Prompt::Messages(_) => panic!("a text"),
        }
    }

    #[test]
    fn each_template_is_what_its_name_stands_for() {
        let boxed = "Please reason step by step, and put your final answer within \\boxed{}.";
        let chat = |system: &str, user: &str| {
            format!(
                "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"
            )
        };
        for (name, expected) in [
            ("plain", "1+1=".to_owned()),
            ("chat", "1+1=".to_owned()),
            (
                "qwen-boxed",
                chat("You are a helpful assistant.", &format!("1+1=\n{boxed}")),
            ),
            ("qwen25-math-cot", chat(boxed, "1+1=")),
            (
                "qwen25-math-cot-ft",
                "1+1=\n\nPlease reason step by step with steps separated by \"\n\n\", and put your final answer \
                 within \\boxed{}."
                    .to_owned(),
            ),
            ("Q: {prompt}\nA:", "Q: 1+1=\nA:".to_owned()),
        ] {
            assert_eq!(read(name, "1+1="), expected, "{name}");
            let template: PromptTemplate = name.parse().unwrap();
            assert_eq!(template.to_string(), name);
            let json = serde_json::to_string(&template).unwrap();
            let again: PromptTemplate = serde_json::from_str(&json).unwrap();
            assert_eq!(again, template);
        }
    }

    #[test]
    fn answers_in_turns_end_with_their_turn() {
        let end = |template: &str| template.parse::<PromptTemplate>().unwrap().end_of_turn();
        for template in ["qwen-boxed", "qwen25-math-cot", "<|im_end|>{prompt}"] {
            assert_eq!(end(template), Some("<|im_end|>"), "{template}");
        }
        for template in ["plain", "chat", "qwen25-math-cot-ft", "Q: {prompt}"] {
            assert_eq!(end(template), None, "{template}");
        }
    }

    #[test]
    fn a_question_may_hold_the_words_of_the_template() {
        assert_eq!(read("<{prompt}>", "{prompt} $1"), "<{prompt} $1>");
    }

    #[test]
    fn what_is_no_template_is_told() {
        for (text, places) in [("qwen", "0 places"), ("{prompt} {prompt}", "2 places")] {
            let error = text.parse::<PromptTemplate>().unwrap_err().to_string();
            assert!(
                error.contains(places) && error.contains("qwen-boxed"),
                "{error}"
            );
        }
        assert!(serde_json::from_str::<PromptTemplate>("\"qwen\"").is_err());
    }

    #[test]
    fn a_conversation_is_left_to_the_chat_template() {
        let question = Prompt::Messages(vec![Turn {
            role: "user".to_owned(),
            content: "1+1=".to_owned(),
        }]);
        assert_eq!(PromptTemplate::Chat.apply(&question).unwrap(), question);
        let error = PromptTemplate::Plain.apply(&question).unwrap_err();
        assert!(matches!(error, Error::Conversation));
    }
}
