//! The crosswalk as a CSV file.

use std::path::PathBuf;

use crate::dedupe::{Clusters, CrosswalkRow, Deduper, Records};
use crate::error::Result;
use crate::sink::Output;
use crate::sink::csv::CsvWriter;

/// A file that says where merged records went; it appears when the sink is done.
pub(crate) struct CrosswalkFile(CsvWriter);

impl CrosswalkFile {
    pub fn create(path: PathBuf) -> Result<Self> {
        CsvWriter::create(&path, CrosswalkRow::COLUMNS).map(CrosswalkFile)
    }

    pub fn write(
        mut self,
        deduper: &Deduper<'_>,
        records: &Records,
        clusters: &Clusters,
        survivors: &[Option<u32>],
    ) -> Result<Output> {
        let merged = clusters.iter().zip(survivors);
        for (members, survivor) in merged.filter_map(|(members, survivor)| Some((members, (*survivor)?))) {
            for row in deduper.crosswalk(records, members, survivor) {
                self.0.row(row?.values())?;
            }
        }
        self.0.finish()
    }
}
