//! The store by itself: what is put is found, damage is not, and bounds hold.

use super::*;
use proptest::prelude::*;
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use tempfile::TempDir;

fn open(folder: &TempDir) -> Cache {
    open_with(folder, LIMIT)
}

fn open_with(folder: &TempDir, limit: u64) -> Cache {
    Cache::open(CacheOptions { folder: folder.path().to_owned(), limit, now: SystemTime::now() })
}

fn key(name: &str) -> Key {
    Key::new("test", &[name.as_bytes()])
}

fn segments(folder: &TempDir) -> Vec<PathBuf> {
    list(folder.path(), ENDING).into_iter().map(|file| file.path).collect()
}

/// A run that keeps some records.
fn run(folder: &TempDir, records: &[(&str, &[u8])]) {
    let cache = open(folder);
    for (name, payload) in records {
        cache.put(key(name), payload);
    }
    cache.commit().unwrap();
}

#[test]
fn what_one_run_keeps_the_next_one_finds() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &[("a", b"first"), ("empty", b"")]);
    run(&folder, &[("b", b"second")]);
    let cache = open(&folder);
    assert_eq!(cache.get(key("a")).as_deref(), Some(&b"first"[..]));
    assert_eq!(cache.get(key("b")).as_deref(), Some(&b"second"[..]));
    assert_eq!(cache.get(key("empty")).as_deref(), Some(&b""[..]));
    assert_eq!(cache.get(key("c")), None);
    assert_eq!(cache.usage(), CacheUse { hits: 3, misses: 1 });
    assert!(folder.path().join("CACHEDIR.TAG").exists());
}

#[test]
fn keys_hold_their_parts_apart() {
    let keys = [
        Key::new("a", &[b"bc"]),
        Key::new("ab", &[b"c"]),
        Key::new("a", &[b"b", b"c"]),
        Key::new("a", &[b"bc", b""]),
        Key::new("a", &[b"", b"bc"]),
    ];
    for (at, key) in keys.iter().enumerate() {
        assert!(!keys[..at].contains(key), "{at}");
    }
}

#[test]
fn sets_are_the_union_of_what_runs_added_also_when_segments_are_merged() {
    let folder = tempfile::tempdir().unwrap();
    let item = |byte: u8| [byte; 24];
    for byte in 0..=2 * SEGMENTS_ALLOWED as u8 {
        let cache = open(&folder);
        cache.extend(key("set"), &[item(byte), item(200)]);
        cache.put(key(&format!("value {byte}")), &[byte]);
        cache.commit().unwrap();
    }
    assert!(segments(&folder).len() <= SEGMENTS_ALLOWED, "{:?}", segments(&folder));
    let cache = open(&folder);
    let mut items = cache.set(key("set"));
    items.sort_unstable();
    items.dedup();
    let expected: Vec<SetItem> = (0..=2 * SEGMENTS_ALLOWED as u8).chain([200]).map(item).collect();
    assert_eq!(items, expected);
    for byte in 0..=2 * SEGMENTS_ALLOWED as u8 {
        assert_eq!(cache.get(key(&format!("value {byte}"))), Some(vec![byte]));
    }
}

#[test]
fn a_large_segment_is_not_written_again_for_small_ones() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &[("large", &[7; 1 << 20])]);
    let large = segments(&folder);
    for name in 0..20 {
        run(&folder, &[(&name.to_string(), b"small")]);
    }
    assert!(segments(&folder).len() <= SEGMENTS_ALLOWED + 1);
    assert!(segments(&folder).contains(&large[0]));
    assert_eq!(open(&folder).get(key("large")).map(|it| it.len()), Some(1 << 20));
}

#[test]
fn equal_runs_leave_one_segment() {
    let folder = tempfile::tempdir().unwrap();
    let caches: Vec<Cache> = (0..3).map(|_| open(&folder)).collect();
    for cache in &caches {
        cache.put(key("a"), b"same");
        cache.put(key("a"), b"same");
    }
    caches.iter().for_each(|cache| cache.commit().unwrap());
    assert_eq!(segments(&folder).len(), 1);
}

#[test]
fn the_bound_drops_what_was_not_used_for_the_longest_time() {
    let folder = tempfile::tempdir().unwrap();
    let old = SystemTime::now() - Duration::from_secs(10 * 24 * 3600);
    for name in ["a", "b", "c"] {
        run(&folder, &[(name, &[1; 4000])]);
        let newest = segments(&folder).remove(0);
        segment::touch(&newest, old + Duration::from_secs(u64::from(name.as_bytes()[0]))).unwrap();
    }
    // `a` is the oldest, but it is used.
    let cache = open_with(&folder, 3 * 4200);
    assert!(cache.get(key("a")).is_some());
    cache.put(key("d"), &[1; 4000]);
    cache.commit().unwrap();
    let cache = open(&folder);
    let found = ["a", "b", "c", "d"].map(|name| cache.get(key(name)).is_some());
    assert_eq!(found, [true, false, true, true]);
}

#[test]
fn segments_of_another_build_are_left_alone_and_count_for_the_bound() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &[("a", &[1; 1000])]);
    let own = segments(&folder).remove(0);
    let other = folder.path().join(format!("0123456789abcdef-1{ENDING}"));
    fs::rename(own, &other).unwrap();
    assert_eq!(open(&folder).get(key("a")), None);
    assert!(other.exists());
    let cache = open_with(&folder, 1500);
    cache.put(key("b"), &[1; 1000]);
    cache.commit().unwrap();
    assert_eq!(measure(folder.path()).files, 1);
}

#[test]
fn what_a_killed_run_left_is_swept_when_it_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let young = folder.path().join(format!("run-young{UNFINISHED}"));
    let old = folder.path().join(format!("run-old{UNFINISHED}"));
    let foreign = folder.path().join("notes.txt");
    for path in [&young, &old, &foreign] {
        fs::write(path, "x").unwrap();
    }
    segment::touch(&old, SystemTime::now() - 2 * SWEEP_AGE).unwrap();
    run(&folder, &[("a", b"x")]);
    assert!(young.exists() && !old.exists());
    assert_eq!(clean(folder.path()).unwrap().files, 2);
    assert!(foreign.exists() && !young.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_at_the_end_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let cache = Cache::open(CacheOptions { folder: file.join("below"), limit: LIMIT, now: SystemTime::now() });
    cache.put(key("a"), b"x");
    cache.put(key("b"), b"x");
    assert_eq!(cache.get(key("a")), None);
    assert!(cache.commit().is_err());
    assert!(Cache::none().commit().is_ok());
}

#[test]
fn threads_write_one_segment() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(&folder);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let cache = cache.clone();
            scope.spawn(move || (0..100).for_each(|at| cache.put(key(&format!("{thread} {at}")), &[thread; 50])));
        }
    });
    cache.commit().unwrap();
    let cache = open(&folder);
    for thread in 0..8 {
        assert!((0..100).all(|at| cache.get(key(&format!("{thread} {at}"))) == Some(vec![thread; 50])));
    }
}

/// Changes one byte of a file, or cuts it off there.
fn damage(path: &Path, at: u64, change: u8) {
    let mut file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    if change == 0 {
        return file.set_len(at).unwrap();
    }
    let mut bytes = fs::read(path).unwrap();
    bytes[at as usize] ^= change;
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&bytes[at as usize..=at as usize]).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Whatever byte is damaged, a record is what was put, or it is not there; and the next run heals it.
    #[test]
    fn damage_is_never_believed(place in 0.0f64..1.0, change in any::<u8>(), lengths in proptest::collection::vec(0usize..40, 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let payloads: Vec<Vec<u8>> = lengths.iter().enumerate().map(|(at, &length)| vec![at as u8; length]).collect();
        let name = |at: usize| key(&at.to_string());
        let fill = |cache: &Cache| payloads.iter().enumerate().for_each(|(at, payload)| cache.put(name(at), payload));
        let cache = open(&folder);
        fill(&cache);
        cache.commit().unwrap();
        let path = segments(&folder).remove(0);
        let size = fs::metadata(&path).unwrap().len();
        damage(&path, ((size as f64 * place) as u64).min(size - 1), change);

        let cache = open(&folder);
        for (at, payload) in payloads.iter().enumerate() {
            prop_assert!(cache.get(name(at)).is_none_or(|found| found == *payload));
            if cache.get(name(at)).is_none() {
                cache.put(name(at), payload);
            }
        }
        cache.commit().unwrap();
        let cache = open(&folder);
        for (at, payload) in payloads.iter().enumerate() {
            prop_assert_eq!(cache.get(name(at)), Some(payload.clone()));
        }
    }
}
