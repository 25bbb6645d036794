//! A run on the whole terminal, drawn from a thread of its own, so that clocks go on while a step takes its time.
//!
//! ```text
//! watcher --(what happens)--> Course --(every 50 ms)--> draw
//! q, Ctrl-C, signals --> interrupter: a checkpoint is saved, the run stops;   again --> the process ends at once
//! ```
//!
//! The terminal is in raw mode while it shows, in which Ctrl-C is a key like any other. It is given back when the
//! screen is dropped, at a panic, and before a second signal ends the process.

mod answer;
mod course;
mod draw;
mod series;
mod styles;
#[cfg(test)]
mod tests;
mod wrapped;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use burn::train::Interrupter;
use pure::run::{Progressed, Watcher, before_ending_at_once, end_at_once};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use self::course::Course;
use super::rows::{SPEED, Trainee};

/// A run on the terminal. It shows from the run's beginning until it is dropped.
pub struct Screen {
    shared: Arc<Shared>,
    interrupter: Interrupter,
    drawing: Option<JoinHandle<()>>,
}

/// What the watcher and the drawing thread share.
struct Shared {
    course: Mutex<Course>,
    has_changed: AtomicBool,
    is_over: AtomicBool,
}

impl Screen {
    pub fn new(name: &str, trainee: Trainee, interrupter: &Interrupter) -> Self {
        let shared = Shared {
            course: Mutex::new(Course::new(name, trainee)),
            has_changed: AtomicBool::new(true),
            is_over: AtomicBool::new(false),
        };
        Self {
            shared: Arc::new(shared),
            interrupter: interrupter.clone(),
            drawing: None,
        }
    }

    /// Takes the terminal; where that cannot be, the run goes on unseen.
    fn open(&mut self) {
        let Ok(terminal) = ratatui::try_init() else {
            ratatui::restore();
            return;
        };
        before_ending_at_once(ratatui::restore);
        let (shared, interrupter) = (self.shared.clone(), self.interrupter.clone());
        self.drawing = Some(spawn(move || shared.show(terminal, &interrupter)));
    }
}

impl Watcher for Screen {
    fn progressed(&mut self, progressed: &Progressed<'_>) {
        let mut course = self.shared.course();
        match *progressed {
            Progressed::Started {
                step,
                steps,
                every,
                folder,
                damaged,
                ..
            } => {
                course.started(step, steps, every, folder);
                for damage in damaged {
                    course.noticed(step, damage);
                }
                drop(course);
                self.open();
            }
            Progressed::Phase { phase } => course.at(phase),
            Progressed::Step {
                step,
                measures,
                seconds,
            } => {
                course.step = step;
                course.measured(false, measures.iter(), seconds);
                let speed = measures.times().find(|(name, _)| *name == SPEED.name);
                speed.into_iter().for_each(|(_, speed)| course.sped(speed));
            }
            Progressed::Answered { step, answer } => course.answer = Some((step, answer.clone())),
            Progressed::Evaluating { .. } => course.at("evaluating"),
            Progressed::Evaluated { measures, .. } => {
                let seconds = measures.times().find(|(name, _)| *name == "evaluation");
                let seconds = seconds.map_or(f64::NAN, |(_, seconds)| seconds);
                course.measured(true, measures.iter(), seconds);
            }
            Progressed::Noticed { step, notice } => course.noticed(step, &notice.text),
            Progressed::StoppedEarly { step } => {
                course.noticed(step, "nothing improves any more: the run ends here");
            }
            _ => (),
        }
        self.shared.has_changed.store(true, Ordering::Relaxed);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(drawing) = self.drawing.take() {
            self.shared.is_over.store(true, Ordering::Relaxed);
            let _ = drawing.join();
            ratatui::restore();
        }
    }
}

impl Shared {
    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws what has changed, and every second, for its clocks; hears keys.
    fn show(&self, mut terminal: DefaultTerminal, interrupter: &Interrupter) {
        let (mut drawn, mut stopped) = (None::<Instant>, false);
        while !self.is_over.load(Ordering::Relaxed) {
            let stops = interrupter.should_stop();
            let is_old = drawn.is_none_or(|drawn| drawn.elapsed() >= Duration::from_secs(1));
            if self.has_changed.swap(false, Ordering::Relaxed) || is_old || stops != stopped {
                let course = self.course();
                let _ = terminal.draw(|frame| draw::draw(frame, &course, stops));
                (drawn, stopped) = (Some(Instant::now()), stops);
            }
            match next_event() {
                Ok(Some(Event::Resize(..))) => drawn = None,
                Ok(Some(Event::Key(key))) if is_stop(key) && stops => end_at_once(),
                Ok(Some(Event::Key(key))) if is_stop(key) => interrupter.stop(Some("a key")),
                Ok(_) => (),
                // A terminal without keys; signals are heard all the same.
                Err(_) => sleep(TICK),
            }
        }
    }
}

const TICK: Duration = Duration::from_millis(50);

fn next_event() -> io::Result<Option<Event>> {
    match event::poll(TICK)? {
        true => event::read().map(Some),
        false => Ok(None),
    }
}

fn is_stop(key: KeyEvent) -> bool {
    let is_ctrl_c = key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL;
    key.kind == KeyEventKind::Press && (is_ctrl_c || key.code == KeyCode::Char('q'))
}
