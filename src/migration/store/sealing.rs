//! Values in a store, sealed where there is a key: rows as they were before and after they were
//! changed, records that were set aside, and what a target said when it refused something.

use std::path::Path;

use super::head::{check_end, seal_of};
use super::{
    Batch, Deferred, EntityId, Entry, Event, Head, JournalLine, Match, Note, Page, SetAside, Store,
    check_chain,
};
use crate::error::{Error, Result};
use crate::migration::seal::{opened_text, sealed_text};
use crate::migration::target::TargetId;
use crate::protect::Key;

const ASIDE: &str = "aside";
const JOURNAL: &str = "journal";
const NOTE: &str = "note";

/// A store that others see as if nothing in it were sealed.
pub(crate) struct Sealing {
    store: Box<dyn Store>,
    key: Option<Key>,
}

impl Sealing {
    pub fn new(store: impl Store + 'static) -> Self {
        Sealing { store: Box::new(store), key: None }
    }

    /// Seals with a key whatever is written from now on.
    pub fn with(self, key: Key) -> Self {
        Sealing { key: Some(key), ..self }
    }

    /// Refuses to go on without a key where the audit log is sealed: its next line would look as if
    /// somebody else had written it.
    pub fn check_key(&mut self) -> Result<()> {
        match (&self.key, self.store.head()?) {
            (None, Some(Head { seal: Some(_), .. })) => {
                Err(Error::bind("is sealed, and there is no key").at("the audit log"))
            }
            _ => Ok(()),
        }
    }

    /// The audit log, made sure that it is whole up to its end.
    pub fn whole_log(&mut self) -> Result<Vec<Event>> {
        let events = self.store.events()?;
        check_chain(&events)?;
        check_end(&events, self.store.head()?.as_ref(), self.key.as_ref())?;
        Ok(events)
    }

    /// What was found, and what is wrong with the audit log.
    fn with_log(&mut self, mut found: Vec<String>) -> Result<Vec<String>> {
        let log = self.whole_log().err().map(|error| error.to_string());
        found.extend(log.filter(|wrong| !found.contains(wrong)));
        Ok(found)
    }

    fn line(&self, mut line: JournalLine) -> Result<JournalLine> {
        for text in [&mut line.before, &mut line.after].into_iter().flatten() {
            let place = || format!("line {} of batch {} in the journal", line.line, line.batch);
            *text = opened_text(text, self.key.as_ref(), JOURNAL).map_err(|error| error.at(place()))?;
        }
        Ok(line)
    }
}

/// A page, sealed where it holds values, which says where the audit log ends.
fn sealed(page: &Page, key: Option<&Key>) -> Result<Page> {
    let seal = |text: &mut String, domain| -> Result<()> {
        *text = sealed_text(std::mem::take(text), key, domain)?;
        Ok(())
    };
    let mut page = page.clone();
    for event in &mut page.events {
        event.seal = key.map(|key| seal_of(event, key)).transpose()?;
    }
    page.head = page.events.last().map(|last| Head::of(last, key)).transpose()?;
    for line in &mut page.journal {
        for text in [&mut line.before, &mut line.after].into_iter().flatten() {
            seal(text, JOURNAL)?;
        }
    }
    page.asides.iter_mut().try_for_each(|aside| seal(&mut aside.raw, ASIDE))?;
    page.notes.iter_mut().try_for_each(|note| seal(&mut note.message, NOTE))?;
    Ok(page)
}

impl Store for Sealing {
    fn entity(&mut self, system: &str, name: &str) -> Result<EntityId> {
        self.store.entity(system, name)
    }

    fn entities(&mut self) -> Result<Vec<(String, String, EntityId)>> {
        self.store.entities()
    }

    fn look_up(&mut self, entity: EntityId, keys: &[&str]) -> Result<Vec<Option<Entry>>> {
        self.store.look_up(entity, keys)
    }

    fn scan_after(
        &mut self,
        entity: EntityId,
        after: &str,
        each: &mut dyn FnMut(&str, Entry) -> Result<bool>,
    ) -> Result<()> {
        self.store.scan_after(entity, after, each)
    }

    fn scan(&mut self, entity: EntityId, each: &mut dyn FnMut(&str, Entry) -> Result<()>) -> Result<()> {
        self.store.scan(entity, each)
    }

    fn write(&mut self, page: &Page) -> Result<()> {
        let has_values = !(page.journal.is_empty() && page.asides.is_empty() && page.notes.is_empty());
        if !page.events.is_empty() {
            self.check_key()?;
        }
        match (&self.key, page.events.is_empty()) {
            (None, true) => self.store.write(page),
            (Some(_), true) if !has_values => self.store.write(page),
            (key, _) => self.store.write(&sealed(page, key.as_ref())?),
        }
    }

    fn batches(&mut self, run: u64) -> Result<Vec<Batch>> {
        self.store.batches(run)
    }

    fn lines(&mut self, entity: EntityId) -> Result<u64> {
        self.store.lines(entity)
    }

    fn sent_with(&mut self, batch: &Batch) -> Result<Vec<(String, Entry)>> {
        self.store.sent_with(batch)
    }

    fn last_batch(&mut self) -> Result<u64> {
        self.store.last_batch()
    }

    fn journal(&mut self, batch: u64) -> Result<Vec<JournalLine>> {
        self.store.journal(batch)?.into_iter().map(|line| self.line(line)).collect()
    }

    fn journal_of(&mut self, table: &str, target: &TargetId) -> Result<Vec<JournalLine>> {
        self.store.journal_of(table, target)?.into_iter().map(|line| self.line(line)).collect()
    }

    fn deferred(
        &mut self,
        entity: EntityId,
        column: &str,
        after: &str,
        most: usize,
    ) -> Result<Vec<Deferred>> {
        self.store.deferred(entity, column, after, most)
    }

    fn matches(&mut self, run: u64, entity: EntityId) -> Result<Vec<Match>> {
        self.store.matches(run, entity)
    }

    fn asides(&mut self, entity: EntityId, each: &mut dyn FnMut(SetAside) -> Result<()>) -> Result<()> {
        let key = self.key.as_ref();
        self.store.asides(entity, &mut |mut aside| {
            aside.raw = opened_text(&aside.raw, key, ASIDE).map_err(|error| error.at(&aside.place))?;
            each(aside)
        })
    }

    fn notes(&mut self, run: u64) -> Result<Vec<Note>> {
        let open = |mut note: Note| {
            note.message = opened_text(&note.message, self.key.as_ref(), NOTE)?;
            Ok(note)
        };
        self.store.notes(run)?.into_iter().map(open).collect()
    }

    fn touched(&mut self, plan: &str, each: &mut dyn FnMut(&str, TargetId) -> Result<()>) -> Result<()> {
        self.store.touched(plan, each)
    }

    fn events(&mut self) -> Result<Vec<Event>> {
        self.store.events()
    }

    fn head(&mut self) -> Result<Option<Head>> {
        self.store.head()
    }

    fn tampering(&mut self) -> Result<Vec<String>> {
        let found = self.store.tampering()?;
        self.with_log(found)
    }

    fn tampering_beside_ledger(&mut self) -> Result<Vec<String>> {
        let found = self.store.tampering_beside_ledger()?;
        self.with_log(found)
    }

    fn rehearsal(&mut self, folder: &Path) -> Result<Box<dyn Store>> {
        let (store, key) = (self.store.rehearsal(folder)?, self.key.clone());
        Ok(Box::new(Sealing { store, key }))
    }
}
