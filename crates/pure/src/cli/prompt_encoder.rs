//! From a prompt to the tokens that a model answers.

use pure::model::{Message, Tokenizer};

pub struct PromptEncoder<'a> {
    /// Only text needs one.
    pub tokenizer: Result<&'a Tokenizer, String>,
    /// Takes prompts as they are, without the chat template.
    pub raw: bool,
}

impl PromptEncoder<'_> {
    pub fn text(&self, text: String) -> Result<Vec<u32>, String> {
        if self.raw {
            let tokens = self.tokenizer.clone()?.encode(&text, true);
            return tokens.map_err(|error| error.to_string());
        }
        self.chat(&[Message::new("user", text)])
    }

    pub fn chat(&self, messages: &[Message]) -> Result<Vec<u32>, String> {
        let tokenizer = self.tokenizer.clone()?;
        let text = tokenizer
            .render_chat(messages, true)
            .map_err(|error| format!("{error}; --raw takes prompts as they are"))?;
        tokenizer
            .encode(&text, false)
            .map_err(|error| error.to_string())
    }
}
