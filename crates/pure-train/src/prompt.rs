//! From a prompt to the tokens that a model answers.

use pure_data::Prompt;
use pure_model::{Message, Tokenizer};

/// Where the prompt stands in a template.
pub(crate) const PLACE: &str = "{prompt}";

/// How prompts become tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PromptEncoder<'a> {
    pub tokenizer: &'a Tokenizer,
    /// Takes prompts of text as they are, without the chat template.
    pub raw: bool,
    /// What a prompt of text is put into, at [`PLACE`].
    pub template: Option<&'a str>,
}

impl PromptEncoder<'_> {
    /// The tokens, one at least; or what is wrong.
    pub fn encode(&self, prompt: &Prompt) -> Result<Vec<u32>, String> {
        let tokens = match prompt {
            Prompt::Text(text) => self.text(&self.filled(text)),
            Prompt::Messages(turns) => self.chat(
                turns
                    .iter()
                    .map(|turn| Message::new(&turn.role, &turn.content))
                    .collect(),
            ),
        }?;
        match tokens.is_empty() {
            true => Err("the prompt has no token".to_owned()),
            false => Ok(tokens),
        }
    }

    fn filled(&self, text: &str) -> String {
        match self.template {
            Some(template) => template.replacen(PLACE, text, 1),
            None => text.to_owned(),
        }
    }

    fn text(&self, text: &str) -> Result<Vec<u32>, String> {
        if self.raw {
            let tokens = self.tokenizer.encode(text, true);
            return tokens.map_err(|error| error.to_string());
        }
        self.chat(vec![Message::new("user", text)])
    }

    fn chat(&self, messages: Vec<Message>) -> Result<Vec<u32>, String> {
        let text = self.tokenizer.render_chat(&messages, true);
        let text =
            text.map_err(|error| format!("{error}; `raw = true` takes prompts as they are"))?;
        let tokens = self.tokenizer.encode(&text, false);
        tokens.map_err(|error| error.to_string())
    }
}
