//! Pages that found no room in memory: a temporary file, and what was read of it last.

use std::collections::VecDeque;
use std::env;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::page::Page;
use crate::error::{Error, Result};

/// A file without a name, which is gone when it is closed, however that happens.
pub(super) struct Spill(Mutex<Inner>);

struct Inner {
    file: File,
    /// Where the next page goes.
    end: u64,
    /// The pages read last, the last first, by where they stand.
    cache: VecDeque<(u64, Arc<Page>)>,
    cached: usize,
}

/// Where a page stands in the file.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    at: u64,
    bytes: usize,
    records: u32,
}

impl Spill {
    /// How many bytes of pages are kept after they were read back.
    pub const CACHE: usize = 1 << 20;

    pub fn create() -> Result<Self> {
        let file = tempfile::tempfile().map_err(failed("cannot make a temporary file for held records"))?;
        Ok(Spill::to(file))
    }

    fn to(file: File) -> Self {
        Spill(Mutex::new(Inner { file, end: 0, cache: VecDeque::new(), cached: 0 }))
    }

    pub fn append(&mut self, page: &Page) -> Result<Extent> {
        let inner = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        let bytes = page.write();
        inner.write(&bytes).map_err(failed("cannot write held records to a temporary file"))?;
        let extent = Extent { at: inner.end, bytes: bytes.len(), records: page.len() as u32 };
        inner.end += bytes.len() as u64;
        Ok(extent)
    }

    pub fn read(&self, extent: Extent) -> Result<Arc<Page>> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.read(extent).map_err(failed("cannot read held records back from a temporary file"))
    }

    /// How many bytes the file has.
    pub fn bytes(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).end
    }
}

impl Inner {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)
    }

    fn read(&mut self, extent: Extent) -> io::Result<Arc<Page>> {
        if let Some(known) = self.cache.iter().position(|(at, _)| *at == extent.at) {
            self.cache.make_contiguous()[..=known].rotate_right(1);
            return Ok(Arc::clone(&self.cache[0].1));
        }
        let mut bytes = vec![0; extent.bytes];
        self.file.seek(SeekFrom::Start(extent.at))?;
        self.file.read_exact(&mut bytes)?;
        let page = Arc::new(Page::read(&bytes, extent.records as usize)?);
        if page.size() <= Spill::CACHE {
            self.keep(extent.at, &page);
        }
        Ok(page)
    }

    fn keep(&mut self, at: u64, page: &Arc<Page>) {
        self.cache.push_front((at, Arc::clone(page)));
        self.cached += page.size();
        while self.cached > Spill::CACHE
            && let Some((_, oldest)) = self.cache.pop_back()
        {
            self.cached -= oldest.size();
        }
    }
}

/// An error at the folder for temporary files: the file has no name of its own.
fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> Error {
    move |cause| Error::io(doing, cause).at(env::temp_dir().display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Record, Value};
    use crate::schema::Schema;

    fn page(texts: &[&str]) -> Page {
        let schema = Schema::text(["a"]).unwrap();
        let mut page = Page::default();
        texts.iter().for_each(|text| page.push(&Record::of(schema.clone(), [*text]).unwrap()));
        page
    }

    #[test]
    fn pages_come_back_in_any_order_and_the_cache_keeps_its_bounds() {
        let texts: Vec<String> = (0..100).map(|n| format!("{n}{}", "x".repeat(n * 1000))).collect();
        let mut spill = Spill::create().unwrap();
        let extents: Vec<_> =
            texts.iter().map(|text| spill.append(&page(&["begin", text])).unwrap()).collect();
        for n in (0..100).chain([7, 7, 99, 0, 50]) {
            let read = spill.read(extents[n]).unwrap();
            let value = |place| read.record(place).value(0);
            assert_eq!((value(0), value(1)), (Value::Text("begin"), Value::Text(&texts[n])));
            let inner = spill.0.lock().unwrap();
            assert_eq!(inner.cached, inner.cache.iter().map(|(_, page)| page.size()).sum::<usize>());
            assert!(inner.cached <= Spill::CACHE);
        }
    }

    #[test]
    fn a_page_beyond_the_cache_is_read_and_not_kept() {
        let long = "x".repeat(Spill::CACHE + 1);
        let mut spill = Spill::create().unwrap();
        let extent = spill.append(&page(&[&long])).unwrap();
        assert_eq!(spill.read(extent).unwrap().record(0).value(0), Value::Text(&long));
        assert_eq!(spill.0.lock().unwrap().cached, 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_with_its_place() {
        let full = File::options().read(true).write(true).open("/dev/full").unwrap();
        let error = Spill::to(full).append(&page(&["a"])).map(drop).unwrap_err().to_string();
        let folder = env::temp_dir();
        assert_eq!(
            error,
            format!(
                "{}: cannot write held records to a temporary file: No space left on device (os error 28)",
                folder.display()
            )
        );
    }
}
