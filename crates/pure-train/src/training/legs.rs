//! Burn's strategy of a run in legs, each of which ends in an evaluation and a checkpoint.

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
use crate::run::{Checkpoints, Journal, State};
use crate::{Error, Measures};

/// Burn's strategy of a run in legs.
pub(super) struct Legs<W> {
    /// Burn lends the strategy out unchangeable, to one thread.
    pub inside: RefCell<Inside<W>>,
    pub plan: Plan,
    pub checkpoints: Checkpoints,
    pub failure: Rc<RefCell<Option<Error>>>,
}

pub(super) struct Inside<W> {
    pub work: W,
    pub journal: Journal,
    pub report: Option<Report>,
}

impl<W: Work> SupervisedLearningStrategy<W::Model> for Legs<W> {
    fn fit(
        &self,
        mut components: TrainingComponents<W::Model>,
        mut learner: Learner<W::Model>,
        _: TrainLoader<W::Model>,
        _: ValidLoader<W::Model>,
        first_leg: usize,
    ) -> (W::Model, SupervisedTrainingEventProcessor<W::Model>) {
        let fitted = self.legs(&mut components, &mut learner, first_leg);
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
        first_leg: usize,
    ) -> Result<(), Error> {
        let mut inside = self.inside.borrow_mut();
        let interrupter = components.interrupter.clone();
        let store = components.event_store.clone();
        // It has seen nothing of the legs before.
        let mut is_enough = false;
        if let Some(stopping) = &mut components.early_stopping {
            for leg in 1..first_leg {
                is_enough = stopping.should_stop(leg, &store);
            }
        }
        for leg in first_leg..=self.plan.legs() {
            if is_enough {
                break;
            }
            let steps = self.plan.leg(leg);
            let end = steps.end;
            let events = &mut components.event_processor;
            let is_through = inside.steps(steps, leg, learner, events, &interrupter)?;
            if !is_through {
                break;
            }
            let watched = inside.evaluate(end, leg, learner, events, &interrupter)?;
            interrupter.fail_on_error(events.process_train(LearnerEvent::EndEpoch(leg)));
            interrupter.fail_on_error(events.flush());

            let journal = inside.journal.synced()?;
            self.checkpoints
                .expect(State::new(leg, end, watched, journal));
            if let Some(checkpointer) = &mut components.checkpointer {
                checkpointer.checkpoint(learner, leg, &store);
            }
            if let Some(stopping) = &mut components.early_stopping {
                is_enough = stopping.should_stop(leg, &store);
                if is_enough {
                    inside.report(&Progressed::StoppedEarly { step: end });
                }
            }
            if interrupter.should_stop() {
                break;
            }
        }
        Ok(())
    }
}

impl<W: Work> Inside<W> {
    /// Takes the steps of a leg, and tells whether all of them were taken.
    fn steps(
        &mut self,
        steps: Range<usize>,
        leg: usize,
        learner: &mut Learner<W::Model>,
        events: &mut SupervisedTrainingEventProcessor<W::Model>,
        interrupter: &Interrupter,
    ) -> Result<bool, Error> {
        let (first, total) = (steps.start, steps.len());
        interrupter.fail_on_error(events.process_train(LearnerEvent::StartSplit {
            epoch_number: leg,
            total_items: total,
        }));
        let mut is_through = true;
        for step in steps {
            let start = Instant::now();
            let measures = self.work.step(learner, step)?;
            let (step, seconds) = (step + 1, start.elapsed().as_secs_f64());
            let time = Measures::default().with("seconds", seconds);
            self.journal.write(step, "train", &measures, &time)?;
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
            if interrupter.should_stop() {
                is_through = step == first + total;
                break;
            }
        }
        interrupter.fail_on_error(events.process_train(LearnerEvent::EndSplit(leg)));
        Ok(is_through)
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
        let start = Instant::now();
        let measures = self.work.evaluate(&learner.model().valid())?;
        let time = Measures::default().with("seconds", start.elapsed().as_secs_f64());
        self.journal.write(step, "valid", &measures, &time)?;
        self.report(&Progressed::Evaluated {
            step,
            measures: &measures,
        });
        let watched = measures.get(self.work.watched().name);
        let progress = Progress::new(1, 1, Some("evaluations".to_owned()));
        let item = TrainingItem::new(measures, progress, Some(step), None);
        interrupter.fail_on_error(events.process_valid(LearnerEvent::ProcessedItem(item)));
        interrupter.fail_on_error(events.process_valid(LearnerEvent::EndSplit(leg)));
        Ok(watched)
    }

    fn report(&mut self, progressed: &Progressed<'_>) {
        if let Some(report) = &mut self.report {
            report(progressed);
        }
    }
}
