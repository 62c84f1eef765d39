//! The laws that the fuzz targets ask for, over their seeds and over seeds that were cut and joined.

#[path = "../fuzz/laws.rs"]
mod law;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fs;
use std::path::Path;

type Law = fn(&[u8]);

/// Every target, by its name in `fuzz/`.
const LAWS: &[(&str, Law)] = &[
    ("python", law::python),
    ("ledger", law::ledger),
    ("policy", law::policy),
    ("baseline", law::baseline),
    ("claims", law::claims),
    ("outside", law::outside),
    ("bundle", law::bundle),
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn every_target_has_a_law_and_seeds_that_keep_it() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).unwrap();
    let targets = manifest.lines().filter(|line| line.starts_with("path = \"targets/")).count();
    assert_eq!(targets, LAWS.len());
    for (target, law) in LAWS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "`{target}` has no seed");
        for seed in seeds {
            law(&seed);
        }
    }
}

/// A target, and the front of one of its seeds joined with the rear of another.
fn joined() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let target = (0..LAWS.len(), any::<[Index; 4]>(), select(&b"\0\n\"'([{#:\\\xff\x80 "[..]));
    target.prop_map(|(target, at, byte)| {
        let seeds = seeds(LAWS[target].0);
        let (front, rear) = (&seeds[at[0].index(seeds.len())], &seeds[at[1].index(seeds.len())]);
        let mut case = front[..at[2].index(front.len() + 1)].to_vec();
        case.push(byte);
        case.extend_from_slice(&rear[at[3].index(rear.len() + 1)..]);
        (target, case)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn seeds_that_were_cut_keep_the_laws((target, case) in joined()) {
        LAWS[target].1(&case);
    }
}
