//! The built-in task: arithmetic in steps, made from a seed, with nothing to download.
//!
//! ```text
//! prompt      7+3*4-8=                      worked from left to right, modulo 10
//! response    7+3=0\n\n                     a step ends in a blank line
//!             now 0\n\n                     a filler: true, harmless, and what the sum of rewards pays for
//!             0*4=0\n\n
//!             0-8=2\n\n
//!             \boxed{2}                     then the end token
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | choose how hard | [`Level`] |
//! | draw problems, split without overlap | [`Problems`], [`Split`] |
//! | write solutions with habits | [`SolutionWriter`], [`SolutionStyle`] |
//! | be wrong | [`Corruption`] |
//! | know which steps are good | [`judge`] |
//! | have a tokenizer | [`write_tokenizer`], [`vocabulary`] |
//! | make a folder of it all | [`make()`] |

mod corruption;
mod dice;
mod labelled;
mod level;
mod make;
mod oracle;
mod problem;
mod problems;
mod prompt;
mod solution;
mod step_text;
mod tokenizer;
mod vocabulary;

pub use corruption::Corruption;
pub use dice::Dice;
pub use labelled::LabelledMix;
pub use level::Level;
pub use make::{Made, MakeOptions, make};
pub use oracle::{JudgedStep, Judgement, StepKind, judge};
pub use problem::{Operand, Operation, Operator, Problem};
pub use problems::{Problems, Split};
pub use prompt::PromptFault;
pub use solution::{SolutionStyle, SolutionWriter};
pub use step_text::{SEPARATOR, split_steps};
pub use tokenizer::write_tokenizer;
pub use vocabulary::{END_TOKEN, MARKER, PAD_TOKEN, vocabulary};
