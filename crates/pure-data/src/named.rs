//! What a file of problems is called.

use std::path::Path;

/// The name of a file, or of its folder where the file is called after a split.
pub fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    let is_split = ["test", "train", "validation", "valid", "data"].map(|split| stem == split);
    let folder = path.parent().and_then(Path::file_name);
    let name = match folder {
        Some(folder) if is_split.contains(&true) => folder,
        _ => stem,
    };
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_is_called_by_its_file_or_its_folder() {
        for (path, name) in [
            ("eval/math500/test.jsonl", "math500"),
            ("eval/aime24.jsonl", "aime24"),
            ("test.jsonl", "test"),
            ("gsm8k/train.parquet", "gsm8k"),
        ] {
            assert_eq!(name_of(Path::new(path)), name);
        }
    }
}
