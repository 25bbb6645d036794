//! The engine against a loop that knows neither cache nor batch.

use std::ops::ControlFlow;
use std::sync::Arc;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Int, Tensor};
use pure_core::{Finish, Rollout};
use pure_model::{ModelConfig, Positions};

use super::*;
use crate::{Event, Sampling, StopRule, sample_all};

const VOCABULARY: usize = 24;

fn config() -> ModelConfig {
    let config = ModelConfig::from_json(
        r#"{
            "model_type": "qwen3", "vocab_size": 24, "hidden_size": 16, "intermediate_size": 24,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
            "head_dim": 8, "max_position_embeddings": 1024, "rope_theta": 1000.0
        }"#,
    );
    config.unwrap()
}

fn model() -> CausalLm {
    /// Matrices large enough that the tokens before a token matter to it.
    struct Louder;
    impl ModuleMapper for Louder {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|weights| if D == 2 { weights * 15.0 } else { weights })
        }
    }
    let device = Device::flex();
    device.seed(11);
    config().init(&device).map(&mut Louder)
}

/// Whole texts through the model, one sample after another, one token at a time.
fn naive(model: &CausalLm, requests: &[Request]) -> Vec<Vec<Rollout>> {
    let one = |request: usize, number: usize| {
        let mut sample = Sample::new(requests, request, number);
        loop {
            let text = requests[request].prompt.iter().chain(sample.answer());
            let text: Vec<i32> = text.map(|&token| token as i32).collect();
            let positions = Positions::sequential(0, text.len());
            let tokens = Tensor::<1, Int>::from_ints(text.as_slice(), &model.model.device());
            let hidden = model.model.forward(tokens.unsqueeze(), &positions);
            let logits = model.logits(hidden.narrow(1, text.len() - 1, 1));
            Sample::draw([(0, &mut sample)], requests, logits.squeeze_dim(1)).unwrap();
            if let Some(finish) = sample.finish(&requests[request]) {
                return sample.into_rollout(finish);
            }
        }
    };
    let group = |(place, request): (usize, &Request)| {
        request
            .samples
            .clone()
            .map(|number| one(place, number))
            .collect()
    };
    requests.iter().enumerate().map(group).collect()
}

/// Ends an answer at a token that follows its double: something that no single token shows.
#[derive(Debug)]
struct Double;

impl StopRule for Double {
    fn stops(&self, answer: &[u32]) -> bool {
        matches!(answer, [.., a, b] if b % 12 == a % 12)
    }
}

/// Requests of all kinds, from a seed.
fn requests(seed: u64) -> Vec<Request> {
    let mut numbers = crate::stream::Stream::new(seed, 99, 0);
    let mut at = 0;
    let mut below = |n: usize| {
        at += 1;
        (numbers.uniform(at) * n as f64) as usize
    };
    (0..2 + below(5))
        .map(|place| {
            let length = 1 + below(20);
            Request {
                prompt: (0..length).map(|_| below(VOCABULARY) as u32).collect(),
                samples: 0..below(5),
                stream: place as u64,
                sampling: Sampling {
                    temperature: [0.0, 0.7, 1.0, 1.0][below(4)],
                    top_k: [0, 0, 5][below(3)],
                    top_p: [1.0, 0.8][below(2)],
                    min_new_tokens: below(3),
                    max_new_tokens: 1 + below(24),
                    end_tokens: [vec![], vec![3], vec![5, 7]][below(3)].clone(),
                    seed,
                    ..Sampling::default()
                },
                stop: (below(3) == 0).then(|| Arc::new(Double) as Arc<dyn StopRule>),
            }
        })
        .collect()
}

fn assert_same(found: &[Vec<Rollout>], right: &[Vec<Rollout>]) {
    assert_eq!(found.len(), right.len());
    for (found, right) in found.iter().flatten().zip(right.iter().flatten()) {
        assert_eq!((&found.tokens, found.finish), (&right.tokens, right.finish));
        let gap = |a: &[f32], b: &[f32]| {
            let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs());
            apart.fold(0.0, f32::max)
        };
        let apart = gap(&found.log_probs, &right.log_probs);
        assert!(apart < 1e-4, "{apart}");
        let drawn = [found, right].map(|r| r.drawn_log_probs.clone().unwrap_or_default());
        assert!(drawn[0].len() == drawn[1].len() && gap(&drawn[0], &drawn[1]) < 1e-4);
    }
}

#[test]
fn however_many_at_once_in_whatever_memory_the_answers_are_those_of_the_naive_loop() {
    let model = model();
    let mut finishes = Vec::new();
    for seed in 0..12 {
        let requests = requests(seed);
        let right = naive(&model, &requests);
        finishes.extend(right.iter().flatten().map(|rollout| rollout.finish));
        for max_num_seqs in [1, 2, 3, 64] {
            // The last budget holds two of the longest answers or three.
            for kv_cache in [1 << 30, 40_000] {
                let options = EngineOptions {
                    kv_cache,
                    max_num_seqs,
                };
                let mut engine = Engine::new(model.clone(), options);
                let (found, phases) = sample_all(&mut engine, &requests).unwrap();
                assert_same(&found, &right);
                assert!(phases.cache_bytes <= kv_cache, "{phases:?}");
            }
        }
    }
    for kind in [Finish::End, Finish::Stop, Finish::Length] {
        assert!(
            finishes.iter().filter(|&&f| f == kind).count() > 5,
            "{finishes:?}"
        );
    }
}

/// Ends an answer after a number of tokens that its first ones tell.
#[derive(Debug)]
struct After;

impl StopRule for After {
    fn stops(&self, answer: &[u32]) -> bool {
        let first = answer.iter().take(4);
        let told = first.fold(0, |told, &token| (told * 31 + token as usize) % 249);
        answer.len() >= 8 + told
    }
}

#[test]
fn on_the_processor_neither_memory_nor_the_number_at_once_nor_what_is_there_changes_a_bit() {
    let model = model();
    let mut read_again = 0;
    for seed in 20..26 {
        let mut requests = requests(seed);
        for request in &mut requests {
            request.sampling.max_new_tokens *= 5;
            request.sampling.end_tokens.clear();
        }
        let mut sample = |max_num_seqs, kv_cache, requests: &[Request]| {
            let options = EngineOptions {
                max_num_seqs,
                kv_cache,
            };
            let mut engine = Engine::new(model.clone(), options);
            let (found, phases) = sample_all(&mut engine, requests).unwrap();
            read_again += phases.row_steps - phases.live_row_steps;
            found
        };
        let right = sample(64, 1 << 30, &requests);
        for max_num_seqs in [1, 2, 3, 7, 20] {
            for kv_cache in [1 << 30, 100_000, 60_000] {
                assert_eq!(
                    sample(max_num_seqs, kv_cache, &requests),
                    right,
                    "seed {seed}, {max_num_seqs} at once in {kv_cache} bytes"
                );
            }
        }
        let mut rest = requests;
        rest[0].samples.start = rest[0].samples.end;
        rest[1].samples.start = rest[1].samples.end.min(2);
        let found = sample(5, 1 << 30, &rest);
        assert!(found[0].is_empty());
        assert_eq!(found[1], right[1][rest[1].samples.start..]);
        assert_eq!(found[2..], right[2..]);
    }
    assert!(read_again > 100, "{read_again} tokens were read again");
}

/// 19 rows as long as they may become would fill the memory.
#[test]
fn memory_serves_as_many_answers_as_it_holds_and_not_as_many_as_might_all_be_long() {
    let request = |place: usize| Request {
        prompt: (0..60).map(|i| ((i * place) % VOCABULARY) as u32).collect(),
        samples: 0..8,
        stream: place as u64,
        sampling: Sampling {
            max_new_tokens: 700,
            ..Sampling::default()
        },
        stop: Some(Arc::new(After)),
    };
    let requests: Vec<Request> = (1..40).map(request).collect();
    let engine = |max_num_seqs| {
        let bytes_per_token = 2 * 2 * 16 * 4;
        let options = EngineOptions {
            max_num_seqs,
            kv_cache: 19 * 760 * bytes_per_token,
        };
        Engine::new(model(), options)
    };
    let (groups, phases) = sample_all(&mut engine(256), &requests).unwrap();
    let lengths: Vec<usize> = groups.iter().flatten().map(|r| r.tokens.len()).collect();
    assert!(
        lengths.iter().any(|&l| l < 40) && lengths.iter().any(|&l| l > 220),
        "{lengths:?}"
    );
    let at_once = phases.row_steps as f64 / phases.steps as f64;
    assert!(at_once > 60.0, "{at_once}");
    assert!(phases.live_share() > 0.85, "{}", phases.live_share());
    assert_eq!(phases.prompt_tokens, 39 * 60);
    assert_eq!(phases.new_tokens as usize, lengths.iter().sum::<usize>());
    let (few, _) = sample_all(&mut engine(3), &requests[..6]).unwrap();
    assert_eq!(few, groups[..6]);
}

#[test]
fn a_run_that_is_broken_off_keeps_what_was_reported() {
    let requests = requests(1);
    let right = naive(&model(), &requests);
    let mut seen = 0;
    let mut engine = Engine::new(model(), EngineOptions::default());
    let stopped = engine.sample(&requests, &mut |event| match event {
        Event::Finished {
            request,
            sample,
            rollout,
        } => {
            assert_eq!(rollout.tokens, right[request][sample].tokens);
            seen += 1;
            if seen == 3 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }
        Event::Token { .. } => ControlFlow::Continue(()),
    });
    assert!(stopped.is_ok());
    assert_eq!(seen, 3);
}

#[test]
fn a_budget_for_no_row_names_the_least_that_would_do() {
    let requests = requests(2);
    let sample = |kv_cache| {
        let options = EngineOptions {
            kv_cache,
            max_num_seqs: 4,
        };
        sample_all(&mut Engine::new(model(), options), &requests)
    };
    let Err(Error::Budget { least, .. }) = sample(100) else {
        panic!("a hundred bytes hold nothing");
    };
    assert!(sample(least - 1).is_err());
    let (_, phases) = sample(least).unwrap();
    assert!(phases.cache_bytes <= least);
}

#[test]
fn a_budget_for_no_row_is_told_before_there_is_a_model() {
    let request = requests(1).pop().unwrap();
    let check = |kv_cache| {
        let options = EngineOptions {
            kv_cache,
            max_num_seqs: 4,
        };
        let sampled = sample_all(
            &mut Engine::new(model(), options),
            std::slice::from_ref(&request),
        );
        let checked = options.check(&config(), request.prompt.len(), request.sampling.clone());
        (checked, sampled.map(|_| ()))
    };
    let (Err(Error::Budget { least, .. }), _) = check(100) else {
        panic!("a hundred bytes hold nothing");
    };
    for kv_cache in [100, least - 1, least] {
        let (checked, sampled) = check(kv_cache);
        assert_eq!(format!("{checked:?}"), format!("{sampled:?}"));
        assert_eq!(checked.is_ok(), kv_cache == least);
    }
}

#[test]
fn weights_that_are_no_numbers_are_an_error_that_names_the_sample() {
    struct Broken;
    impl ModuleMapper for Broken {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|weights| weights * f32::NAN)
        }
    }
    let broken = model().map(&mut Broken);
    let found = sample_all(
        &mut Engine::new(broken, EngineOptions::default()),
        &requests(3),
    );
    assert!(matches!(found, Err(Error::NotFinite { .. })), "{found:?}");
}

#[test]
fn requests_that_cannot_be_served_are_refused_before_anything_is_sampled() {
    let refused = |change: &dyn Fn(&mut Request)| {
        let mut all = requests(4);
        change(&mut all[1]);
        let mut engine = Engine::new(model(), EngineOptions::default());
        let sampled = engine.sample(&all, &mut |_| panic!("nothing is to be sampled"));
        sampled.unwrap_err()
    };
    assert!(matches!(
        refused(&|r| r.prompt.clear()),
        Error::EmptyPrompt { request: 1 }
    ));
    assert!(matches!(
        refused(&|r| r.prompt[0] = 24),
        Error::TokenOutOfRange { token: 24, .. }
    ));
    assert!(matches!(
        refused(&|r| r.sampling.max_new_tokens = 2000),
        Error::TooLong { limit: 1024, .. }
    ));
    for (setting, change) in [
        (
            "temperature",
            (|r| r.sampling.temperature = -1.0) as fn(&mut Request),
        ),
        ("temperature", |r| r.sampling.temperature = f64::NAN),
        ("top_p", |r| r.sampling.top_p = 0.0),
        ("min_p", |r| r.sampling.min_p = 1.5),
        ("repetition_penalty", |r| {
            r.sampling.repetition_penalty = 0.0
        }),
        ("max_new_tokens", |r| r.sampling.max_new_tokens = 0),
    ] {
        let error = refused(&change);
        assert!(
            matches!(error, Error::Setting { setting: found, .. } if found == setting),
            "{error}"
        );
    }
}
