//! Pieces of work on copies of a model, a processor core each.
//!
//! The matrices of a small model are too small to be shared out: two threads on one product are hardly
//! faster than one, with a product each they are both busy. So what falls into pieces, such as the
//! batches of a step, is done a piece a core. A piece is computed as it would be alone, and results are
//! taken in the order of the pieces: no bit depends on the number of cores.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::time::{Duration, Instant};
use std::{hint, thread};

use burn::module::Module;
use burn::tensor::Device;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::device::is_processor;

/// Parameters of the largest model that is copied. Larger ones have matrices that fill all cores, and
/// each piece has activations and gradients of its own.
const LARGEST: usize = 4 << 20;

/// Does `work` on each piece and gives the results to `take`, in the order of the pieces.
///
/// On a GPU, and with a model of more than four million parameters, one piece after the other, with
/// `model` itself.
pub fn side_by_side<M: Module, P: Send, R: Send>(
    model: &M,
    pieces: Vec<P>,
    work: impl Fn(&M, P) -> R + Sync,
    mut take: impl FnMut(R),
) {
    let workers = workers(model).min(pieces.len());
    let device = &model.devices()[0];
    if workers < 2 {
        return pieces
            .into_iter()
            .for_each(|piece| take(while_awake(device, || work(model, piece))));
    }
    let (sender, results) = mpsc::channel();
    let queue = &Mutex::new(pieces.into_iter().enumerate());
    let work = &work;
    thread::scope(|scope| {
        for core in cores().iter().take(workers) {
            // The weights are shared; gradients and what leads to them are not.
            let model = model.clone().fork(device);
            let sender = sender.clone();
            let work_off = move || {
                let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some((number, piece)) = next() {
                    if sender.send((number, work(&model, piece))).is_err() {
                        break;
                    }
                }
            };
            scope.spawn(|| core.install(work_off));
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut taken = 0;
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&taken) {
                take(result);
                taken += 1;
            }
        }
    });
}

/// Computes on a thread of the pool that operations on the processor are shared out in, whose other threads stay
/// [awake](while_awake). From outside the pool each operation would wait for it, and a step of generation has hundreds.
/// On another device the calling thread goes on, whose stream of operations is its own.
pub fn in_pool<R: Send>(device: &Device, work: impl FnOnce() -> R + Send) -> R {
    if is_processor(device) {
        rayon::scope(|_| while_awake(device, work))
    } else {
        work()
    }
}

/// Computes while the threads that operations on the processor are shared out among stay awake: to wake one takes
/// longer than many an operation.
pub fn while_awake<R>(device: &Device, work: impl FnOnce() -> R) -> R {
    if !is_processor(device) {
        return work();
    }
    let (awake, begun, ended) = (
        &AtomicUsize::new(0),
        &AtomicBool::new(false),
        &AtomicBool::new(false),
    );
    rayon::in_place_scope(|scope| {
        let at_work = rayon::current_thread_index();
        scope.spawn_broadcast(move |_, context| {
            // A thread that comes later may be in the middle of a part of the work, which would wait for its own end.
            if Some(context.index()) == at_work || begun.load(Ordering::SeqCst) {
                return;
            }
            awake.fetch_add(1, Ordering::SeqCst);
            while !ended.load(Ordering::Relaxed) {
                if rayon::yield_now() != Some(rayon::Yield::Executed) {
                    hint::spin_loop();
                }
            }
        });
        let others = rayon::current_num_threads() - usize::from(at_work.is_some());
        let start = Instant::now();
        while awake.load(Ordering::Relaxed) < others && start.elapsed() < WAKING {
            hint::spin_loop();
        }
        begun.store(true, Ordering::SeqCst);
        let _end = End(ended);
        work()
    })
}

/// So long a thread takes to wake. Those that are busy elsewhere are not waited for.
const WAKING: Duration = Duration::from_micros(100);

/// Says that work has ended, even if by a panic.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whether pieces are done on copies of a model, if there are cores for them.
pub fn is_copied<M: Module>(model: &M) -> bool {
    model.num_params() <= LARGEST && model.devices().iter().all(is_processor)
}

/// How many pieces are done at once.
fn workers<M: Module>(model: &M) -> usize {
    match is_copied(model) {
        true => rayon::current_num_threads(),
        false => 1,
    }
}

/// A thread for each core, on which operations have no other thread to share with.
fn cores() -> &'static [ThreadPool] {
    static CORES: OnceLock<Vec<ThreadPool>> = OnceLock::new();
    CORES.get_or_init(|| {
        let core = |_| ThreadPoolBuilder::new().num_threads(1).build();
        let cores = (0..rayon::current_num_threads()).map(core);
        cores
            .collect::<Result<_, _>>()
            .expect("a program may have threads")
    })
}

#[cfg(test)]
mod tests {
    use std::panic::{self, AssertUnwindSafe};
    use std::sync::Barrier;

    use burn::module::{ModuleVisitor, Param};
    use burn::optim::GradientsParams;
    use burn::tensor::{Int, Tensor, TensorData};
    use rayon::prelude::*;

    use super::*;
    use crate::{CausalLm, ModelConfig, Positions};

    fn model(device: &Device) -> CausalLm {
        ModelConfig::small().init(device)
    }

    #[test]
    fn results_come_in_the_order_of_the_pieces_whichever_is_done_first() {
        let model = model(&Device::flex());
        let slow_first = |_: &CausalLm, piece: u64| {
            thread::sleep(Duration::from_millis(8 - piece));
            piece
        };
        let mut taken = Vec::new();
        side_by_side(&model, (0..8).collect(), slow_first, |piece| {
            taken.push(piece)
        });
        assert_eq!(taken, (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn two_pieces_are_done_at_once_with_a_thread_each() {
        if rayon::current_num_threads() < 2 {
            return;
        }
        let model = model(&Device::flex());
        let both = Barrier::new(2);
        let meet = |_: &CausalLm, _| {
            both.wait();
            rayon::current_num_threads()
        };
        side_by_side(&model, vec![(); 2], meet, |threads| assert_eq!(threads, 1));
    }

    #[test]
    fn work_in_the_pool_ends_the_wait_of_the_other_threads_even_by_a_panic() {
        let device = Device::flex();
        let fails = || in_pool(&device, || -> usize { panic!("of the work") });
        assert!(panic::catch_unwind(AssertUnwindSafe(fails)).is_err());
        let sum = || (0..1000_usize).into_par_iter().sum::<usize>();
        assert_eq!(in_pool(&device, || in_pool(&device, sum)), 499_500);
    }

    #[test]
    fn work_whose_parts_wait_for_parts_of_their_own_ends_from_many_threads_at_once() {
        let device = Device::flex();
        let parts = |count: usize| (0..count).into_par_iter();
        let sum = || -> usize { parts(40).map(|part| parts(part).sum::<usize>()).sum() };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        assert_eq!(in_pool(&device, sum), 9_880);
                    }
                });
            }
        });
    }

    /// The gradient of every parameter.
    struct All {
        gradients: GradientsParams,
        found: Vec<TensorData>,
    }

    impl ModuleVisitor for All {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let gradient = self.gradients.get::<D>(param.id);
            self.found.extend(gradient.map(Tensor::into_data));
        }
    }

    #[test]
    fn gradients_of_a_copy_are_those_of_the_model() {
        let device = Device::flex().autodiff();
        let model = model(&device);
        let gradient = |model: &CausalLm, token: i32| {
            let tokens = Tensor::<2, Int>::from_ints([[token, 7, 3]], &device);
            let hidden = model.model.forward(tokens, &Positions::sequential(0, 3));
            let gradients = model.logits(hidden).square().sum().backward();
            let mut all = All {
                gradients: GradientsParams::from_grads(gradients, model),
                found: Vec::new(),
            };
            model.visit(&mut all);
            all.found
        };
        let mut taken = Vec::new();
        side_by_side(&model, vec![1, 2, 3, 4], gradient, |found| {
            taken.push(found)
        });
        let alone: Vec<_> = (1..=4).map(|token| gradient(&model, token)).collect();
        assert!(alone[0].len() > 20 && alone[0] != alone[1]);
        assert_eq!(taken, alone);
    }
}
