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
use crate::run::{Checkpoints, Logs, State};
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
        if first_leg == 1 && self.plan.evaluates_first {
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
            let steps = self.plan.leg(leg);
            let events = &mut components.event_processor;
            let Some(end) = inside.steps(steps, leg, learner, events, &interrupter)? else {
                break;
            };
            let watched = inside.evaluate(end, leg, learner, events, &interrupter)?;
            interrupter.fail_on_error(events.process_train(LearnerEvent::EndEpoch(leg)));
            interrupter.fail_on_error(events.flush());

            self.checkpoints.expect(State {
                leg,
                step: end,
                watched,
                logs: inside.logs.synced()?,
                work: inside.work.state()?,
                ..State::default()
            });
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
    /// Takes the steps of a leg, and tells how many there were then, if it was not interrupted.
    fn steps(
        &mut self,
        steps: Range<usize>,
        leg: usize,
        learner: &mut Learner<W::Model>,
        events: &mut SupervisedTrainingEventProcessor<W::Model>,
        interrupter: &Interrupter,
    ) -> Result<Option<usize>, Error> {
        let (first, total) = (steps.start, steps.len());
        let mut end = Some(steps.end);
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
            if self.work.is_over() {
                end = Some(step);
                break;
            }
            if interrupter.should_stop() {
                end = end.filter(|end| *end == step);
                break;
            }
        }
        interrupter.fail_on_error(events.process_train(LearnerEvent::EndSplit(leg)));
        Ok(end)
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
