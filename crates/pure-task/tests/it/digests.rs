//! The same options give the same bytes for good: lengths and checksums of the files that the published
//! results were made of.

use std::fs;
use std::path::{Path, PathBuf};

use pure_task::chain::{Level, MakeOptions, make};

use crate::small;

/// Every file in a folder and in the folders in it, by name, with its length and checksum.
fn digests(folder: &Path) -> Vec<(String, u64, u32)> {
    let mut digests = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            digests.extend(self::digests(&path));
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (length, checksum) = pure_files::fingerprint(&path).unwrap().into();
        digests.push((name, length, checksum));
    }
    digests
}

fn check(options: MakeOptions, expected: &[(&str, u64, u32)]) {
    let folder = tempfile::tempdir().unwrap();
    make(&options, folder.path()).unwrap();
    let found = digests(folder.path());
    let found: Vec<_> = found
        .iter()
        .map(|(name, l, c)| (&name[..], *l, *c))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn seed_0_of_the_base_level() {
    check(
        small(),
        &[
            ("data.json", 722, 0x76e8_cf69),
            ("held_out.jsonl", 3_100, 0x4886_c002),
            ("long.jsonl", 1_440, 0x9e93_ff33),
            ("nested.jsonl", 1_747, 0xbb2b_53cb),
            ("sft.jsonl", 23_891, 0x3624_3c81),
            ("steps.jsonl", 75_633, 0x1fe8_f131),
            ("steps_held_out.jsonl", 9_828, 0xce92_4795),
            ("tokenizer.json", 2_693, 0x9496_9af7),
            ("tokenizer_config.json", 272, 0x2b77_ff94),
            ("train.jsonl", 17_700, 0x4958_5848),
            ("trunk.jsonl", 12_267, 0xe430_794d),
            ("wide.jsonl", 1_498, 0x8982_8993),
        ],
    );
}

#[test]
fn seed_3_of_the_nested_level() {
    let options = MakeOptions {
        seed: 3,
        level: Level::nested(),
        ..small()
    };
    check(
        options,
        &[
            ("base.jsonl", 1_160, 0x03ed_bcd0),
            ("data.json", 719, 0x4c72_e86b),
            ("held_out.jsonl", 4_454, 0xcb3a_0100),
            ("long.jsonl", 1_440, 0x69ac_db89),
            ("sft.jsonl", 40_602, 0x2ff3_25d7),
            ("steps.jsonl", 117_590, 0x9137_b9f1),
            ("steps_held_out.jsonl", 14_226, 0xc2b7_d087),
            ("tokenizer.json", 2_693, 0x9496_9af7),
            ("tokenizer_config.json", 272, 0x2b77_ff94),
            ("train.jsonl", 25_847, 0xdd67_d94d),
            ("trunk.jsonl", 19_514, 0x1005_710d),
            ("wide.jsonl", 1_496, 0x0dd9_0772),
        ],
    );
}
