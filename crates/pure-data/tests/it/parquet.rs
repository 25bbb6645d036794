//! Parquet as pyarrow wrote it, and as nobody should.

use std::fs;
use std::path::Path;

use pure_data::StepLabel::{Bad, Good, Ignored, Soft};
use pure_data::{
    Error, FirstErrorCases, LabelledAnswer, LabelledAnswers, Prompt, Question, Questions,
    ReadOptions,
};

use crate::hostile::{Dice, mutate};
use crate::{file_of, fixture};

fn open(path: &Path) -> LabelledAnswers {
    LabelledAnswers::open(path, ReadOptions::default()).unwrap()
}

fn all(path: &Path) -> Vec<LabelledAnswer> {
    open(path).map(Result::unwrap).collect()
}

#[test]
fn parquet_of_every_kind_of_label_is_read_as_pyarrow_wrote_it() {
    let hard = [vec![Good, Good, Good], vec![Bad, Ignored], vec![Bad]];
    let soft = [
        vec![Soft(0.75), Soft(0.75), Soft(0.75)],
        vec![Soft(0.25), Ignored],
        vec![Soft(0.25)],
    ];
    for (name, labels) in [
        ("steps_bool_snappy.parquet", &hard),
        ("steps_int64_zstd.parquet", &hard),
        ("steps_int8_plain.parquet", &hard),
        ("steps_legacy_list.parquet", &hard),
        ("steps_float_v2.parquet", &soft),
    ] {
        let answers = all(&fixture(name));
        let found: Vec<_> = answers.iter().map(|answer| answer.labels.clone()).collect();
        assert_eq!(found, labels, "{name}");
        assert_eq!(answers[0].steps, ["7+3=0", "0*4=0", "\\boxed{0}"]);
        assert_eq!(answers[2].prompt, "é = ?");
        assert_eq!(answers[2].id, "3");
    }
}

#[test]
fn labels_that_are_no_numbers_are_told_with_their_row() {
    let errors = open(&fixture("steps_double_nan.parquet"));
    let errors: Vec<_> = errors
        .map(|answer| answer.unwrap_err().to_string())
        .collect();
    assert_eq!(errors.len(), 3);
    assert!(
        errors[1].contains("row 2: label 1 is \"NaN\", but must be"),
        "{}",
        errors[1]
    );
}

#[test]
fn parquet_of_other_columns_or_a_codec_that_is_not_read_is_refused() {
    let path = fixture("other_columns.parquet");
    let error = LabelledAnswers::open(&path, ReadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Columns { .. }));
    let message = error.to_string();
    assert!(
        message.contains("has the columns `text`, `score`, but must have `prompt`"),
        "{message}"
    );

    let first = open(&fixture("steps_gzip.parquet")).next().unwrap();
    let message = first.unwrap_err().to_string();
    assert!(
        message.contains("row 1") && message.to_lowercase().contains("gzip"),
        "{message}"
    );
}

#[test]
fn cases_are_read_from_parquet_as_pyarrow_wrote_them() {
    let cases = FirstErrorCases::open(fixture("first_errors.parquet"), None).unwrap();
    let cases: Vec<_> = cases.map(Result::unwrap).collect();
    assert_eq!(cases[0].first_error, Some(0));
    assert_eq!(cases[0].final_answer_correct, Some(false));
    assert_eq!(cases[0].steps, ["1+1=3", "\\boxed{3}"]);
    assert_eq!((&cases[1].id[..], cases[1].first_error), ("a-1", None));
    assert!(FirstErrorCases::open(fixture("messages.parquet"), None).is_err());
}

#[test]
fn conversations_are_read() {
    let questions = Questions::open(fixture("messages.parquet"), None).unwrap();
    let questions: Vec<Question> = questions.map(Result::unwrap).collect();
    let Prompt::Messages(turns) = &questions[0].prompt else {
        panic!("a conversation")
    };
    assert_eq!(
        (&turns[0].role[..], &turns[0].content[..]),
        ("user", "1+1=")
    );
    let ids: Vec<_> = questions.iter().map(|question| &question.id[..]).collect();
    assert_eq!(ids, ["4", "5"]);
    assert_eq!(questions[0].answer.as_deref(), Some("2"));
    assert_eq!(questions[1].answer, None);
    let error = Questions::open(fixture("other_columns.parquet"), None).unwrap_err();
    assert!(matches!(error, Error::Columns { .. }));
}

#[test]
fn a_file_that_only_begins_like_parquet_is_refused() {
    let (_folder, path) = file_of("steps.parquet", "PAR1 and no more");
    let error = LabelledAnswers::open(&path, ReadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Parquet { .. }), "{error}");
}

#[test]
fn mutated_parquet_is_read_or_told() {
    let mut dice = Dice(0);
    for name in [
        "steps_bool_snappy.parquet",
        "steps_int64_zstd.parquet",
        "steps_int8_plain.parquet",
        "steps_float_v2.parquet",
    ] {
        let whole = fs::read(fixture(name)).unwrap();
        for _ in 0..250 {
            let (_folder, path) = file_of("steps.parquet", mutate(&whole, &mut dice));
            if let Ok(answers) = LabelledAnswers::open(&path, ReadOptions::default()) {
                assert!(answers.take(1_000).count() < 1_000);
            }
        }
        for length in (0..whole.len()).step_by(37) {
            let (_folder, path) = file_of("steps.parquet", &whole[..length]);
            assert!(LabelledAnswers::open(&path, ReadOptions::default()).is_err());
        }
    }
}

#[test]
fn parquet_at_which_its_library_panics_is_told() {
    let mut bytes = fs::read(fixture("steps_bool_snappy.parquet")).unwrap();
    bytes[7] = 0;
    let (_folder, path) = file_of("steps.parquet", bytes);
    let mut answers = LabelledAnswers::open(&path, ReadOptions::default()).unwrap();
    let message = answers.next().unwrap().unwrap_err().to_string();
    assert!(
        message.ends_with("row 1: the row cannot be read: the file is broken"),
        "{message}"
    );
    assert!(answers.next().is_none());
}
