//! Burn's strategy of a run in legs, each of which ends in an evaluation and a checkpoint. An
//! interruption is followed by a checkpoint alone.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::time::Instant;

use burn::data::dataloader::Progress;
use burn::module::Module;
use burn::train::{
    EventProcessorTraining, Interrupter, Learner, LearnerEvent, SupervisedLearningStrategy,
    SupervisedTrainingEventProcessor, TrainLoader, TrainingComponents, TrainingItem, ValidLoader,
};

use super::{Plan, Progressed, Report, Work};
use crate::run::{Checkpoints, Logs, State};
use crate::{Error, Measures};

/// Burn's strategy of a run in legs.
pub(super) struct Legs<W> {
    /// Burn lends the strategy out unchangeable, to one thread.
    pub inside: RefCell<Inside<W>>,
    pub plan: Plan,
    /// Steps that were taken before.
    pub taken: usize,
    pub checkpoints: Checkpoints,
    pub failure: Rc<RefCell<Option<Error>>>,
}

pub(super) struct Inside<W> {
    pub work: W,
    pub logs: Logs,
    pub report: Option<Report>,
}

impl<W: Work> SupervisedLearningStrategy<W::Model> for Legs<W> {
    fn fit(
        &self,
        mut components: TrainingComponents<W::Model>,
        mut learner: Learner<W::Model>,
        _: TrainLoader<W::Model>,
        _: ValidLoader<W::Model>,
        _: usize,
    ) -> (W::Model, SupervisedTrainingEventProcessor<W::Model>) {
        let fitted = self.legs(&mut components, &mut learner);
        if let Err(error) = fitted {
            components.interrupter.stop(Some("an error"));
            *self.failure.borrow_mut() = Some(error);
        }
        // Waits until the last records are written.
        drop(components.checkpointer);
        (learner.model(), components.event_processor)
    }
}

impl<W: Work> Legs<W> {
    fn legs(
        &self,
        components: &mut TrainingComponents<W::Model>,
        learner: &mut Learner<W::Model>,
    ) -> Result<(), Error> {
        let first_leg = self.plan.legs_in(self.taken) + 1;
        let mut inside = self.inside.borrow_mut();
        let interrupter = components.interrupter.clone();
        let store = components.event_store.clone();
        if self.taken == 0 && self.plan.evaluates_first {
            let model = learner.model().valid();
            inside.measure(0, &model)?;
        }
        // It has seen nothing of the legs before.
        let mut is_enough = false;
        if let Some(stopping) = &mut components.early_stopping {
            for leg in 1..first_leg {
                is_enough = stopping.should_stop(leg, &store);
            }
        }
        for leg in first_leg..=self.plan.legs() {
            if is_enough || inside.work.is_over() {
                break;
            }
            let Range { start, end } = self.plan.leg(leg);
            let events = &mut components.event_processor;
            let steps = start.max(self.taken)..end;
            let came = inside.steps(steps, leg, learner, events, &interrupter)?;
            let mut watched = None;
            if came.is_whole {
                watched = inside.evaluate(came.step, leg, learner, events, &interrupter)?;
                interrupter.fail_on_error(events.process_train(LearnerEvent::EndEpoch(leg)));
                interrupter.fail_on_error(events.flush());
            } else if interrupter.error().is_some() {
                break;
            }

            self.checkpoints.expect(State {
                step: came.step,
                ends_leg: came.is_whole,
                watched,
                logs: inside.logs.synced()?,
                work: inside.work.state()?,
                ..State::default()
            });
            if let Some(checkpointer) = &mut components.checkpointer {
                checkpointer.checkpoint(learner, came.step, &store);
            }
            if let Some(stopping) = &mut components.early_stopping
                && came.is_whole
            {
                is_enough = stopping.should_stop(leg, &store);
                if is_enough {
                    inside.report(&Progressed::StoppedEarly { step: came.step });
                }
            }
            if interrupter.should_stop() {
                break;
            }
        }
        Ok(())
    }
}

/// How far a leg came.
struct Came {
    /// Steps that were taken, in all.
    step: usize,
    /// Whether it was not interrupted.
    is_whole: bool,
}

impl<W: Work> Inside<W> {
    /// Takes steps of a leg.
    fn steps(
        &mut self,
        steps: Range<usize>,
        leg: usize,
        learner: &mut Learner<W::Model>,
        events: &mut SupervisedTrainingEventProcessor<W::Model>,
        interrupter: &Interrupter,
    ) -> Result<Came, Error> {
        let (first, total) = (steps.start, steps.len());
        let mut came = Came {
            step: steps.end,
            is_whole: true,
        };
        interrupter.fail_on_error(events.process_train(LearnerEvent::StartSplit {
            epoch_number: leg,
            total_items: total,
        }));
        for step in steps {
            let start = Instant::now();
            let mut measures = self.work.step(learner, step)?;
            let (step, seconds) = (step + 1, start.elapsed().as_secs_f64());
            measures.put_time("step", seconds);
            self.logs.measured(step, "train", &measures)?;
            self.report(&Progressed::Step {
                step,
                measures: &measures,
                seconds,
            });
            let item = TrainingItem::new(
                measures,
                Progress::new(step - first, total, Some("steps".to_owned())),
                Some(step),
                Some(learner.lr_current()),
            );
            interrupter.fail_on_error(events.process_train(LearnerEvent::ProcessedItem(item)));
            for notice in self.work.notices() {
                self.logs.noticed(step, &notice)?;
                self.report(&Progressed::Noticed {
                    step,
                    notice: &notice,
                });
            }
            let is_over = self.work.is_over();
            if is_over || interrupter.should_stop() {
                came.is_whole = is_over || step == came.step;
                came.step = step;
                break;
            }
        }
        interrupter.fail_on_error(events.process_train(LearnerEvent::EndSplit(leg)));
        Ok(came)
    }

    /// Evaluates the model, and tells the signal that it is watched by.
    fn evaluate(
        &mut self,
        step: usize,
        leg: usize,
        learner: &Learner<W::Model>,
        events: &mut SupervisedTrainingEventProcessor<W::Model>,
        interrupter: &Interrupter,
    ) -> Result<Option<f64>, Error> {
        interrupter.fail_on_error(events.process_valid(LearnerEvent::StartSplit {
            epoch_number: leg,
            total_items: 1,
        }));
        let measures = self.measure(step, &learner.model().valid())?;
        let watched = measures.get(self.work.watched().name);
        let progress = Progress::new(1, 1, Some("evaluations".to_owned()));
        let item = TrainingItem::new(measures, progress, Some(step), None);
        interrupter.fail_on_error(events.process_valid(LearnerEvent::ProcessedItem(item)));
        interrupter.fail_on_error(events.process_valid(LearnerEvent::EndSplit(leg)));
        Ok(watched)
    }

    fn measure(&mut self, step: usize, model: &W::Model) -> Result<Measures, Error> {
        let start = Instant::now();
        let mut measures = self.work.evaluate(model, step)?;
        measures.put_time("evaluation", start.elapsed().as_secs_f64());
        self.logs.measured(step, "valid", &measures)?;
        self.logs.texts(step, self.work.texts())?;
        self.report(&Progressed::Evaluated {
            step,
            measures: &measures,
        });
        Ok(measures)
    }

    fn report(&mut self, progressed: &Progressed<'_>) {
        if let Some(report) = &mut self.report {
            report(progressed);
        }
    }
}
