//! Which tokens end a text: those of `generation_config.json` if it names any, for a model that was
//! tuned to answer ends otherwise than the one it was made of; else those of `config.json`.

use std::path::Path;

use serde_json::Value;

use crate::companions::GENERATION_CONFIG;
use crate::json::read_json_if_there;
use crate::{Checkpoint, Error};

impl Checkpoint {
    /// The tokens that end a text by the folder alone.
    ///
    /// # Errors
    ///
    /// If `generation_config.json` is there and broken.
    pub fn end_tokens(&self) -> Result<Vec<u32>, Error> {
        Ok(match of_generation(self.folder())? {
            named if named.is_empty() => self.config().eos_token_ids.clone(),
            named => named,
        })
    }
}

fn of_generation(folder: &Path) -> Result<Vec<u32>, Error> {
    const LARGEST: u64 = 1 << 20;
    let file = read_json_if_there(&folder.join(GENERATION_CONFIG), LARGEST)?;
    let one_or_many = match &file["eos_token_id"] {
        Value::Array(tokens) => tokens.as_slice(),
        token => std::slice::from_ref(token),
    };
    let token = |value: &Value| u32::try_from(value.as_u64()?).ok();
    Ok(one_or_many.iter().filter_map(token).collect())
}
