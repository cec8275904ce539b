//! A page: packed records, one behind the other.

use crate::record::{Record, pack};

/// Packed records, and where each begins. A page that is not the only one is
/// full by its last record, so that a long record has a page of its own.
#[derive(Default)]
pub(super) struct Page {
    bytes: Vec<u8>,
    starts: Vec<u32>,
}

impl Page {
    /// From how many bytes on a page takes no more: few enough that one record
    /// of a page on disk is read fast, and many enough that all of them are.
    pub const FULL: usize = 16 << 10;

    pub fn push(&mut self, record: &Record) {
        // It is not full, so that this fits.
        self.starts.push(self.bytes.len() as u32);
        pack(record, &mut self.bytes);
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
        self.bytes.len() + size_of_val(&self.starts[..])
    }

    /// A record, by its place in the page.
    pub fn record(&self, place: usize) -> &[u8] {
        let start = self.starts[place] as usize;
        let end = self.starts.get(place + 1).map_or(self.bytes.len(), |end| *end as usize);
        &self.bytes[start..end]
    }

    /// The same page without room for more.
    pub fn packed(&self) -> Page {
        Page { bytes: self.bytes.clone(), starts: self.starts.clone() }
    }

    /// Makes it empty, and keeps its room unless that is out of the ordinary.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(2 * Page::FULL);
        self.starts.clear();
    }

    /// The page as it stands in a file; [`read`](Self::read) is the inverse.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size());
        out.extend_from_slice(&self.bytes);
        out.extend(self.starts.iter().flat_map(|start| start.to_le_bytes()));
        out
    }

    /// The page of so many records.
    pub fn read(mut bytes: Vec<u8>, records: usize) -> Page {
        let starts = bytes.split_off(bytes.len().saturating_sub(records * size_of::<u32>()));
        let starts = starts.as_chunks().0.iter().map(|start| u32::from_le_bytes(*start)).collect();
        Page { bytes, starts }
    }
}
