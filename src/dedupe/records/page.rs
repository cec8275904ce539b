//! A page: packed records, one behind the other.

use std::io;

use crate::record::{Pack, Packed, Record};

/// Packed records, and where each begins. A page that is not the only one is
/// full by its last record, so that a long record has a page of its own.
#[derive(Clone, Default)]
pub(super) struct Page {
    pack: Pack,
    starts: Vec<Start>,
}

/// Where a record begins: its text, and its cells.
#[derive(Clone, Copy)]
struct Start {
    text: u16,
    cells: u16,
}

impl Page {
    /// From how many bytes on a page takes no more: few enough that one record
    /// of a page on disk is read fast, and many enough that all of them are.
    pub const FULL: usize = 16 << 10;

    pub fn push(&mut self, record: &Record) {
        debug_assert!(!self.is_full(), "where a record begins finds no room");
        let (text, cells) = (self.pack.text.len() as u16, self.pack.cells.len() as u16);
        self.starts.push(Start { text, cells });
        self.pack.push(record);
    }

    pub fn is_full(&self) -> bool {
        self.size() >= Page::FULL
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// How many bytes its records take.
    pub fn size(&self) -> usize {
        self.pack.len() + size_of_val(&self.starts[..])
    }

    /// A record, by its place in the page.
    #[inline]
    pub fn record(&self, place: usize) -> Packed<'_> {
        let Pack { text, cells } = &self.pack;
        let start = self.starts[place];
        let end = self.starts.get(place + 1);
        let text_end = end.map_or(text.len(), |end| usize::from(end.text));
        let cells_end = end.map_or(cells.len(), |end| usize::from(end.cells));
        Packed {
            text: text.get(usize::from(start.text)..text_end).unwrap_or_default(),
            cells: cells.get(usize::from(start.cells)..cells_end).unwrap_or_default(),
        }
    }

    /// Makes it empty, and keeps its room unless that is out of the ordinary.
    pub fn clear(&mut self) {
        self.pack.clear();
        self.pack.text.shrink_to(2 * Page::FULL);
        self.pack.cells.shrink_to(2 * Page::FULL);
        self.starts.clear();
    }

    /// The page as it stands in a file; [`read`](Self::read) is the inverse.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(size_of::<u64>() + self.size());
        out.extend((self.pack.cells.len() as u64).to_le_bytes());
        let starts = self.starts.iter().flat_map(|start| [start.text, start.cells]);
        out.extend(starts.flat_map(u16::to_le_bytes));
        out.extend_from_slice(&self.pack.cells);
        out.extend_from_slice(self.pack.text.as_bytes());
        out
    }

    /// The page of so many records. Fails if it is none.
    pub fn read(bytes: &[u8], records: usize) -> io::Result<Page> {
        Page::parse(bytes, records).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn parse(bytes: &[u8], records: usize) -> Option<Page> {
        let (cells, rest) = bytes.split_first_chunk()?;
        let (starts, rest) = rest.split_at_checked(records * size_of::<Start>())?;
        let (cells, text) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*cells)).ok()?)?;
        let text = simdutf8::basic::from_utf8(text).ok()?.to_owned();
        let start = |[a, b, c, d]: &[u8; 4]| Start {
            text: u16::from_le_bytes([*a, *b]),
            cells: u16::from_le_bytes([*c, *d]),
        };
        let starts = starts.as_chunks().0.iter().map(start).collect();
        Some(Page { pack: Pack { text, cells: cells.to_owned() }, starts })
    }
}
