//! A build without Parquet says what it lacks.

use pure_data::{Error, LabelledAnswers, Layout, Questions, ReadOptions};

use crate::{file_of, fixture};

#[test]
fn a_parquet_file_is_refused_with_what_to_do() {
    let path = fixture("steps_bool_snappy.parquet");
    let error = LabelledAnswers::open(&path, ReadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::NoParquet { .. }));
    let message = error.to_string();
    for words in [
        "built without `parquet`",
        "--features parquet",
        "JSON lines",
    ] {
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_file_that_is_said_to_be_parquet_is_refused_too() {
    let (_folder, path) = file_of("prompts", "");
    let error = Questions::open(path, Some(Layout::Parquet)).unwrap_err();
    assert!(matches!(error, Error::NoParquet { .. }));
}
