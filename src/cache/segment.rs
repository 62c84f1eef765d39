//! Segments: the files of the cache, each written once and never changed.
//!
//! ```text
//! records   payloads, one behind the other
//! index     one row per record, sorted by key: key 16 | offset 8 | length 4 | shape 1 | check 8
//! footer    offset of the index 8 | rows 4 | check of the index 16 | magic 16
//! ```
//!
//! Numbers are little-endian. Invariants: a segment appears under its name whole or not at all, since it is written
//! beside it and renamed; a row's check covers key, shape and payload, so a damaged record is never returned, whatever
//! byte is damaged. Reading is by position, so that no more of a file comes into memory than its index and the records
//! asked for. Absent on purpose: a lock, and syncing to the disk: what a crash of the machine tears is found by its
//! check and made again.

use super::{Key, Shape};
use crate::words::hex;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Names the format: another number, another format.
const MAGIC: &[u8; 16] = b"solely segment 1";
const ROW: usize = 16 + 8 + 4 + 1 + 8;
const FOOTER: usize = 8 + 4 + 16 + 16;

/// Endings of file names: of a segment, and of one that is being written.
pub const ENDING: &str = ".segment";
pub const UNFINISHED: &str = ".unfinished";

/// A segment that is open for reading.
pub struct Segment {
    pub path: PathBuf,
    file: File,
    /// The rows as they stand in the file.
    index: Vec<u8>,
    /// Whether this run read something of it.
    used: AtomicBool,
}

/// One row of an index.
#[derive(Clone, Copy)]
pub struct Row {
    pub key: Key,
    pub shape: Shape,
    pub length: u32,
    offset: u64,
    check: [u8; 8],
}

/// What opening a file as a segment came to.
pub enum Opened {
    Segment(Segment),
    /// It is whole no more, or of another format, and of no use to anyone.
    Damaged,
    /// It cannot be read now: it vanished, or the disk failed.
    Unreadable,
}

impl Segment {
    pub fn open(path: &Path) -> Opened {
        match Self::read_index(path) {
            Ok(Some(segment)) => Opened::Segment(segment),
            Ok(None) => Opened::Damaged,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Opened::Damaged,
            Err(_) => Opened::Unreadable,
        }
    }

    fn read_index(path: &Path) -> io::Result<Option<Segment>> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let Some(footer_at) = size.checked_sub(FOOTER as u64) else { return Ok(None) };
        let mut footer = [0; FOOTER];
        read_at(&file, &mut footer, footer_at)?;
        let (index_at, rows) = (u64_at(&footer, 0), u32_at(&footer, 8) as u64);
        // The size is checked before memory is taken for it.
        if &footer[28..] != MAGIC || index_at.checked_add(rows * ROW as u64) != Some(footer_at) {
            return Ok(None);
        }
        let mut index = vec![0; rows as usize * ROW];
        read_at(&file, &mut index, index_at)?;
        if digest(&[&index]) != footer[12..28] {
            return Ok(None);
        }
        Ok(Some(Segment { path: path.to_owned(), file, index, used: AtomicBool::new(false) }))
    }

    /// The records under a key; a damaged one is left out.
    pub fn records(&self, key: Key) -> impl Iterator<Item = Vec<u8>> + '_ {
        let start = self.partition_point(|row| row.key < key);
        (start..self.rows())
            .map(|at| self.row(at))
            .take_while(move |row| row.key == key)
            .filter_map(|row| self.read(row))
    }

    pub fn read(&self, row: Row) -> Option<Vec<u8>> {
        self.used.store(true, Ordering::Relaxed);
        let mut payload = vec![0; row.length as usize];
        read_at(&self.file, &mut payload, row.offset).ok()?;
        (check(row.key, row.shape, &payload) == row.check).then_some(payload)
    }

    pub fn rows(&self) -> usize {
        self.index.len() / ROW
    }

    pub fn row(&self, at: usize) -> Row {
        let row = &self.index[at * ROW..(at + 1) * ROW];
        Row {
            key: Key(row[..16].try_into().expect("16 bytes")),
            offset: u64_at(row, 16),
            length: u32_at(row, 24),
            shape: if row[28] == Shape::Set as u8 { Shape::Set } else { Shape::Value },
            check: row[29..].try_into().expect("8 bytes"),
        }
    }

    pub fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    fn partition_point(&self, is_before: impl Fn(Row) -> bool) -> usize {
        let (mut low, mut high) = (0, self.rows());
        while low < high {
            let middle = (low + high) / 2;
            match is_before(self.row(middle)) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }
}

/// A segment that is being written, in a file of its own beside the others.
pub struct SegmentWriter {
    file: BufWriter<tempfile::NamedTempFile>,
    rows: Vec<Row>,
    offset: u64,
}

impl SegmentWriter {
    pub fn create(folder: &Path) -> io::Result<SegmentWriter> {
        let file = tempfile::Builder::new().prefix("run-").suffix(UNFINISHED).tempfile_in(folder)?;
        Ok(SegmentWriter { file: BufWriter::with_capacity(1 << 18, file), rows: Vec::new(), offset: 0 })
    }

    pub fn add(&mut self, key: Key, shape: Shape, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
        self.file.write_all(payload)?;
        self.rows.push(Row { key, shape, length, offset: self.offset, check: check(key, shape, payload) });
        self.offset += u64::from(length);
        Ok(())
    }

    /// Ends the segment and gives it its name, which its content decides: two runs that worked out the same write the
    /// same file. The second of two equal records is dropped from the index.
    pub fn finish(self, folder: &Path, prefix: &str) -> io::Result<PathBuf> {
        let SegmentWriter { mut file, mut rows, offset } = self;
        rows.sort_by_key(|row| (row.key, row.check));
        rows.dedup_by_key(|row| (row.key, row.check));
        let mut index = Vec::with_capacity(rows.len() * ROW);
        for Row { key, shape, length, offset, check } in &rows {
            index.extend_from_slice(&key.0);
            index.extend_from_slice(&offset.to_le_bytes());
            index.extend_from_slice(&length.to_le_bytes());
            index.push(*shape as u8);
            index.extend_from_slice(check);
        }
        let whole = digest(&[&index]);
        file.write_all(&index)?;
        file.write_all(&offset.to_le_bytes())?;
        file.write_all(&(rows.len() as u32).to_le_bytes())?;
        file.write_all(&whole)?;
        file.write_all(MAGIC)?;
        let path = folder.join(format!("{prefix}-{}{ENDING}", hex(&whole)));
        file.into_inner()?.persist(&path)?;
        Ok(path)
    }
}

/// Says that a segment is still of use, so that it is not the first to be dropped.
pub fn touch(path: &Path, now: std::time::SystemTime) -> io::Result<()> {
    fs::OpenOptions::new().write(true).open(path)?.set_modified(now)
}

fn check(key: Key, shape: Shape, payload: &[u8]) -> [u8; 8] {
    digest(&[&key.0, &[shape as u8], payload])[..8].try_into().expect("8 of 16 bytes")
}

fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().as_bytes()[..16].try_into().expect("16 of 32 bytes")
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"))
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}
