//! What the person says, line by line, and Ctrl-C.

use std::io::{self, IsTerminal, stdin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use miette::{IntoDiagnostic as _, WrapErr as _};
use signal_hook::consts::SIGINT;

use crate::cli::support::print;

/// How often a person who is waited for may press Ctrl-C and be heard.
const PAUSE: Duration = Duration::from_millis(50);

/// A turn of the person.
pub enum Turn {
    Said(String),
    /// The conversation is to begin anew.
    Clear,
    End,
}

/// The turns, from standard input.
pub struct Turns {
    lines: Receiver<io::Result<String>>,
    interrupted: Arc<AtomicBool>,
    is_terminal: bool,
}

impl Turns {
    pub fn open() -> miette::Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGINT, interrupted.clone())
            .into_diagnostic()
            .wrap_err("Ctrl-C cannot be listened to")?;
        // One line is read ahead at most, and the end of the program does not wait for it.
        let (sender, lines) = sync_channel(0);
        thread::spawn(move || {
            for line in stdin().lines() {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            lines,
            interrupted,
            is_terminal: stdin().is_terminal(),
        })
    }

    /// Becomes true at Ctrl-C.
    pub fn interrupted(&self) -> &AtomicBool {
        &self.interrupted
    }

    /// Waits for the next turn; blank lines are none.
    pub fn next_turn(&self) -> miette::Result<Turn> {
        loop {
            self.ask()?;
            let line = match self.wait()? {
                Some(line) => line,
                None => return Ok(Turn::End),
            };
            match line.trim() {
                "" => {}
                "/exit" => return Ok(Turn::End),
                "/clear" => return Ok(Turn::Clear),
                said => return Ok(Turn::Said(said.to_owned())),
            }
        }
    }

    fn ask(&self) -> miette::Result<()> {
        match self.is_terminal {
            true => print("> "),
            false => Ok(()),
        }
    }

    /// The next line; none at the end.
    fn wait(&self) -> miette::Result<Option<String>> {
        loop {
            match self.lines.recv_timeout(PAUSE) {
                Ok(line) => {
                    // Who goes on has changed his mind.
                    self.interrupted.store(false, Ordering::Relaxed);
                    return line
                        .map(Some)
                        .into_diagnostic()
                        .wrap_err("cannot read what is said");
                }
                Err(RecvTimeoutError::Disconnected) => {
                    if self.is_terminal {
                        print("\n")?;
                    }
                    return Ok(None);
                }
                Err(RecvTimeoutError::Timeout) => {
                    if self.interrupted.swap(false, Ordering::Relaxed) && self.is_terminal {
                        print("\n")?;
                        self.ask()?;
                    }
                }
            }
        }
    }
}
