//! One binary, a file a concern.

mod digests;
mod folder;
mod hostile;
mod oracle;
mod tokenizer;
