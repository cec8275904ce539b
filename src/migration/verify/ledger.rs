//! The ledger, line by line: what no record of the source leads to.

use std::collections::{HashMap, HashSet};

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

/// Rows that several records of an entity have.
pub(super) fn shared(store: &mut dyn Store, part: &Part<'_>) -> Result<HashSet<TargetId>> {
    use Disposition::{Created, Unchanged, Updated};
    let mut rows: HashMap<TargetId, bool> = HashMap::new();
    if part.entity.match_on.is_empty() && part.entity.match_by.is_none() {
        return Ok(HashSet::new());
    }
    store.scan(part.id, &mut |_, entry| {
        if let (Created | Updated | Unchanged, Some(id)) = (entry.disposition, entry.target) {
            rows.entry(id).and_modify(|again| *again = true).or_insert(false);
        }
        Ok(())
    })?;
    Ok(rows.into_iter().filter_map(|(id, again)| again.then_some(id)).collect())
}

/// The lines of the ledger that records of the source lead to.
#[derive(Default)]
pub(super) struct Seen {
    keys: KeySet,
    tally: [i64; Disposition::ALL.len()],
}

impl Seen {
    pub fn add(&mut self, key: &str, disposition: Disposition) -> Result<()> {
        self.tally[usize::from(disposition.code()) - 1] += 1;
        self.keys.add(hash_of(key))
    }

    /// How many ended in which way, if these are all lines of the ledger, each once.
    fn all(&mut self, lines: u64) -> Result<Option<Tally>> {
        let added = self.tally.iter().sum::<i64>().unsigned_abs();
        if added != lines || self.keys.len()? != lines {
            return Ok(None);
        }
        let counts = Disposition::ALL.iter().zip(self.tally).filter(|(_, count)| *count > 0);
        Ok(Some(Tally(counts.map(|(one, count)| (one.name().to_owned(), count)).collect())))
    }
}

/// Compares the ledger of an entity with what the source leads to, and counts its lines.
pub(super) fn read(books: &mut Books<'_>, part: &Part<'_>, mut seen: Seen) -> Result<Tally> {
    let lines = books.store.lines(part.id)?;
    let all = seen.all(lines)?;
    let is_all = all.is_some();
    let tally = all.map_or_else(|| tally(books.store, part), Ok)?;
    let stands_in = [Disposition::Merged, Disposition::Placeholder];
    let mut after = stands_in.iter().any(|one| tally.of(one.name()) > 0).then(String::new);
    while let Some(from) = after {
        let (lines, last) = self::lines(books.store, part, &from)?;
        stand_ins(books, part, &lines)?;
        after = last;
    }
    if is_all {
        return Ok(tally);
    }
    let mut written = KeySet::default();
    books.store.scan(part.id, &mut |key, entry| match entry.disposition.has_row()
        && entry.disposition != Disposition::Placeholder
    {
        true => written.add(hash_of(key)),
        false => Ok(()),
    })?;
    let (gone, count) = written.without(&mut seen.keys, KEPT)?;
    if count > 0 {
        no_source(books, part, &gone)?;
        let kept = i64::try_from(gone.len()).unwrap_or(i64::MAX);
        books.found.tally.add(Rule::NoSource.name(), i64::try_from(count).unwrap_or(i64::MAX) - kept);
    }
    Ok(tally)
}

/// How many records ended in which way, counted line by line.
fn tally(store: &mut dyn Store, part: &Part<'_>) -> Result<Tally> {
    let mut tally = Tally::default();
    store.scan(part.id, &mut |_, entry| {
        tally.add(entry.disposition.name(), 1);
        Ok(())
    })?;
    Ok(tally)
}

/// A line whose row is another's, or stands for nobody.
type Line = (String, Entry);

/// Some of those from behind a key on, and the last key where there may be more.
fn lines(store: &mut dyn Store, part: &Part<'_>, after: &str) -> Result<(Vec<Line>, Option<String>)> {
    let (mut lines, mut last) = (Vec::new(), None);
    store.scan_after(part.id, after, &mut |key, entry| {
        if matches!(entry.disposition, Disposition::Merged | Disposition::Placeholder) {
            lines.push((key.to_owned(), entry));
        }
        let full = lines.len() == LINES;
        last = full.then(|| key.to_owned());
        Ok(!full)
    })?;
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
                let why = if entry.row == 0 { "never read" } else { "set aside" };
                Some((Rule::Placeholder, format!("a row stands for it, because it was {why}")))
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
            for (key, _) in store.sent_with(&batch)? {
                let message = format!("run {} ended before it was known what became of it", run.run);
                found.add(Discrepancy::new(&label(batch.entity), Rule::InDoubt, message).key(&key));
            }
        }
    }
    Ok(())
}
