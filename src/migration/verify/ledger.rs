//! The ledger, line by line: what no record of the source leads to.

use std::collections::HashSet;

use super::check::Books;
use super::keys::{KeySet, hash_of};
use super::report::{Discrepancy, Found, KEPT, Rule};
use crate::error::Result;
use crate::migration::load::Part;
use crate::migration::store::{Disposition, Entry, Event, Store, Tally};
use crate::migration::target::TargetId;
use crate::record::Value;

/// How many lines are looked at together.
const LINES: usize = 16 << 10;

/// Reads the ledger of an entity beside the keys that the source has, and counts its lines.
pub(super) fn read(books: &mut Books<'_>, part: &Part<'_>, mut seen: KeySet) -> Result<Tally> {
    let (mut tally, mut written, mut after) = (Tally::default(), KeySet::default(), Some(String::new()));
    while let Some(from) = after {
        let (lines, last) = lines(books.store, part, &from, (&mut tally, &mut written))?;
        stand_ins(books, part, &lines)?;
        after = last;
    }
    let (gone, count) = written.without(&mut seen, KEPT)?;
    if count > 0 {
        no_source(books, part, &gone)?;
        let kept = i64::try_from(gone.len()).unwrap_or(i64::MAX);
        books.found.tally.add(Rule::NoSource.name(), i64::try_from(count).unwrap_or(i64::MAX) - kept);
    }
    Ok(tally)
}

/// A line whose row is another's, or stands for nobody.
type Line = (String, Entry);

/// Counts lines from behind a key on, and gives those that have to be looked at, and the
/// last key where there may be more.
fn lines(
    store: &mut dyn Store,
    part: &Part<'_>,
    after: &str,
    (tally, written): (&mut Tally, &mut KeySet),
) -> Result<(Vec<Line>, Option<String>)> {
    let (mut lines, mut last) = (Vec::new(), None);
    let mut counts = [0_i64; Disposition::ALL.len()];
    store.scan_after(part.id, after, &mut |key, entry| {
        use Disposition::{Merged, Placeholder};
        counts[usize::from(entry.disposition.code()) - 1] += 1;
        if entry.disposition.has_row() && entry.disposition != Placeholder {
            written.add(hash_of(key))?;
        }
        if matches!(entry.disposition, Merged | Placeholder) {
            lines.push((key.to_owned(), entry));
        }
        let full = lines.len() == LINES;
        last = full.then(|| key.to_owned());
        Ok(!full)
    })?;
    for (disposition, count) in Disposition::ALL.iter().zip(counts).filter(|(_, count)| *count > 0) {
        tally.add(disposition.name(), count);
    }
    Ok((lines, last))
}

/// Looks after merged records and placeholders.
fn stand_ins(books: &mut Books<'_>, part: &Part<'_>, lines: &[Line]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let ids: Vec<Value<'_>> =
        lines.iter().filter_map(|(_, entry)| entry.target.as_ref().map(TargetId::value)).collect();
    let (shape, mut there) = (&part.shape, HashSet::new());
    books.target.find(&shape.table, &[], &shape.id, &ids, &mut |row| {
        there.insert(TargetId::parse(row.key().unwrap_or_default()));
        Ok(())
    })?;
    let survivors: Vec<&str> =
        lines.iter().map(|(_, entry)| entry.note.as_deref().unwrap_or_default()).collect();
    let survivors: Vec<Option<Entry>> = books.store.look_up(part.id, &survivors)?;
    for ((key, entry), survivor) in lines.iter().zip(survivors) {
        let has_row = entry.target.as_ref().is_some_and(|id| there.contains(id));
        let found = match entry.disposition {
            Disposition::Placeholder if has_row => {
                Some((Rule::Placeholder, "a row stands for it, because it was never read".to_owned()))
            }
            Disposition::Placeholder => Some((Rule::Missing, "the row that stood for it is gone".to_owned())),
            _ => lost(entry, survivor.as_ref(), has_row).map(|message| (Rule::Survivor, message)),
        };
        let Some((rule, message)) = found else { continue };
        let found = Discrepancy::new(&part.label, rule, message).key(key);
        books.found.add(match &entry.target {
            Some(id) => found.target(id),
            None => found,
        });
    }
    Ok(())
}

/// What is wrong with the survivor of a merged record.
fn lost(entry: &Entry, survivor: Option<&Entry>, has_row: bool) -> Option<String> {
    let into = entry.note.as_deref().unwrap_or_default();
    let survivor = survivor.filter(|survivor| survivor.disposition.has_row());
    match survivor {
        None => Some(format!("was merged into {into}, of which no row is known")),
        Some(survivor) if survivor.target != entry.target => {
            Some(format!("was merged into {into}, which has another row"))
        }
        Some(_) if !has_row => Some(format!("was merged into {into}, whose row is gone")),
        Some(_) => None,
    }
}

/// Names the records that the source has no longer.
fn no_source(books: &mut Books<'_>, part: &Part<'_>, gone: &HashSet<u64>) -> Result<()> {
    let Books { store, found, .. } = books;
    store.scan(part.id, &mut |key, entry| {
        let is_meant = entry.disposition.has_row() && entry.disposition != Disposition::Placeholder;
        if is_meant && gone.contains(&hash_of(key)) {
            let message = "was written, and the source has it no longer";
            let gone = Discrepancy::new(&part.label, Rule::NoSource, message).key(key);
            found.add(match entry.target {
                Some(id) => gone.target(id),
                None => gone,
            });
        }
        Ok(())
    })
}

/// Finds records of which nobody knows what became.
pub(super) fn in_doubt(
    store: &mut dyn Store,
    events: &[Event],
    label: impl Fn(u32) -> String,
    found: &mut Found,
) -> Result<()> {
    for run in crate::migration::runs::runs(events) {
        for batch in store.batches(run.run)?.into_iter().filter(|batch| !batch.confirmed) {
            for key in &batch.keys {
                let message = format!("run {} ended before it was known what became of it", run.run);
                found.add(Discrepancy::new(&label(batch.entity), Rule::InDoubt, message).key(key));
            }
        }
    }
    Ok(())
}
