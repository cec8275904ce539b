//! Rows that go by a key: `COPY` into a table of the session's own, and a statement for
//! each of what is there, what changes and what is new.
//!
//! `INSERT … ON CONFLICT DO UPDATE` would do it in one, but it checks what is not null
//! before it looks for the key, so that a record that says nothing of such a column could not
//! update its row; it takes numbers of sequences for rows that are there; and it locks
//! and so writes every row that stays as it is.

use std::collections::BTreeSet;

use ::postgres::{Client, Error, Statement};

use super::halves::Trouble;
use super::target::Target;
use crate::error::Fault;
use crate::names::quoted;
use crate::sink::Answer;
use crate::sink::table::{Mode, Table};

/// A batch is the smaller one, and each of its rows is looked up in the index of the
/// key. The statistics of a table that is being filled would have the planner read all of it.
pub(crate) const PLANNER: &str = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
    SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off; \
    SET LOCAL plan_cache_mode = force_custom_plan";

/// The rows of a batch, before they go where they belong.
const BATCH: &str = "pg_temp.handover_batch";

/// Makes room for the rows of a batch.
pub(super) const CLEAR: &str = "TRUNCATE pg_temp.handover_batch";

/// The statements, each of which takes the number of a pass.
pub(super) struct Keyed {
    /// Which rows are there already, and whether they change.
    probe: Statement,
    /// Whether the database holds two keys for one whose texts are not the same: `1.0` and `1.00`, say.
    doubled: Statement,
    /// Changes rows, and says which. None where nothing changes.
    update: Option<Statement>,
    /// Creates rows. None where what is not there is refused.
    insert: Option<Statement>,
}

impl Keyed {
    /// Makes the table of the session, and prepares the statements: first the one that fills it.
    pub fn prepare(client: &mut Client, target: &Target, table: &Table) -> Result<(Statement, Keyed), Error> {
        client.batch_execute(&format!(
            "DROP TABLE IF EXISTS {BATCH}; CREATE TEMPORARY TABLE handover_batch AS \
             SELECT 0 AS number, 0 AS pass, {} FROM {} WITH NO DATA",
            each(target, |at, name| format!("{name} AS {}", column(at))).join(", "),
            target.table
        ))?;
        let changes = Changes::of(target, table);
        let update = changes.update.map(|sql| client.prepare(&sql)).transpose()?;
        let insert = match table.mode {
            Mode::Update(_) => None,
            _ => Some(client.prepare(&insert(target))?),
        };
        let (probe, doubled) = (client.prepare(&changes.probe)?, client.prepare(&doubled(target))?);
        Ok((client.prepare(&format!("COPY {BATCH} FROM STDIN"))?, Keyed { probe, doubled, update, insert }))
    }

    /// Writes the rows that stand in the table of the session, whose passes these are.
    pub fn write(&self, client: &mut Client, passes: &[u32], start: usize) -> Result<Vec<Answer>, Trouble> {
        let mut answers = vec![None; passes.len()];
        for pass in passes.iter().copied().collect::<BTreeSet<u32>>() {
            let (there, changed) = self.probe(client, pass, start, &mut answers)?;
            // A row that does not change anything may do so after one of the same key that does.
            if 0 < changed && changed < there {
                Trouble::unless(!client.query_one(&self.doubled, &[&(pass as i32)])?.get::<_, bool>(0))?;
            }
            if let Some(update) = self.update.as_ref().filter(|_| changed > 0) {
                Trouble::unless(client.execute(update, &[&(pass as i32)])? == changed)?;
            }
            let mut new = 0;
            for (answer, _) in
                answers.iter_mut().zip(passes).filter(|(answer, of)| answer.is_none() && **of == pass)
            {
                *answer = Some(if self.insert.is_some() { Answer::Created } else { not_there() });
                new += 1;
            }
            if let Some(insert) = self.insert.as_ref().filter(|_| new > 0) {
                Trouble::unless(client.execute(insert, &[&(pass as i32)])? == new)?;
            }
        }
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(Answer::Unknown)).collect())
    }

    /// Answers for the rows of a pass that are there, and says how many they are and how many change.
    fn probe(
        &self,
        client: &mut Client,
        pass: u32,
        start: usize,
        answers: &mut [Option<Answer>],
    ) -> Result<(u64, u64), Error> {
        let (mut there, mut changed) = (0, 0);
        for row in client.query(&self.probe, &[&(pass as i32)])? {
            let (number, changes): (i32, bool) = (row.get(0), row.get(1));
            there += 1;
            changed += u64::from(changes);
            let slot =
                usize::try_from(number).ok().and_then(|number| answers.get_mut(number.checked_sub(start)?));
            if let Some(slot) = slot {
                *slot = Some(if changes { Answer::Updated } else { Answer::Unchanged });
            }
        }
        Ok((there, changed))
    }
}

fn not_there() -> Answer {
    Answer::Refused(Fault::new("the table has no row of this key").rule("key"))
}

/// What an update does to the rows that are there.
struct Changes {
    probe: String,
    update: Option<String>,
}

impl Changes {
    fn of(target: &Target, table: &Table) -> Changes {
        let matched = matched(target);
        let (mut differs, mut sets) = (Vec::new(), Vec::new());
        let values = target.fills.iter().enumerate().filter(|(at, _)| !target.key.contains(at));
        for (at, fill) in values.filter(|_| !matches!(table.mode, Mode::Skip(_))) {
            let (name, new) = (quoted(&fill.name), column(at));
            let exact = if fill.fit.is_told_apart_by_type() { "" } else { "::text COLLATE \"C\"" };
            let differ = format!("(t.{name}){exact} IS DISTINCT FROM (b.{new}){exact}");
            match table.write_nulls {
                true => {
                    differs.push(differ);
                    sets.push(format!("{name} = b.{new}"));
                }
                false => {
                    differs.push(format!("(b.{new} IS NOT NULL AND {differ})"));
                    sets.push(format!("{name} = COALESCE(b.{new}, t.{name})"));
                }
            }
        }
        let from = format!("{BATCH} AS b");
        let table = &target.table;
        if sets.is_empty() {
            let probe = format!("SELECT b.number, false FROM {from}, {table} AS t WHERE {matched}");
            return Changes { probe, update: None };
        }
        let (differs, sets) = (differs.join(" OR "), sets.join(", "));
        Changes {
            probe: format!("SELECT b.number, {differs} FROM {from}, {table} AS t WHERE {matched}"),
            update: Some(format!(
                "UPDATE {table} AS t SET {sets} FROM {from} WHERE {matched} AND ({differs})"
            )),
        }
    }
}

fn insert(target: &Target) -> String {
    let (table, matched) = (&target.table, matched(target));
    let names = each(target, |_, name| name).join(", ");
    let values = each(target, |at, _| format!("b.{}", column(at))).join(", ");
    format!(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {BATCH} AS b \
         WHERE b.pass = $1 AND NOT EXISTS (SELECT FROM {table} AS t WHERE {matched}) ORDER BY b.number"
    )
}

fn doubled(target: &Target) -> String {
    let key = target.key.iter().map(|at| column(*at)).collect::<Vec<_>>().join(", ");
    format!("SELECT EXISTS (SELECT FROM {BATCH} WHERE pass = $1 GROUP BY {key} HAVING count(*) > 1)")
}

/// The name of a column in the table of the session.
pub(super) fn column(at: usize) -> String {
    format!("c{at}")
}

/// The row of the table that a row of the batch is about, in a pass.
fn matched(target: &Target) -> String {
    let keys =
        target.key.iter().map(|at| format!("t.{} = b.{}", quoted(&target.fills[*at].name), column(*at)));
    std::iter::once("b.pass = $1".to_owned()).chain(keys).collect::<Vec<_>>().join(" AND ")
}

/// Something for each column, by its position and its name in SQL.
fn each(target: &Target, what: impl Fn(usize, String) -> String) -> Vec<String> {
    target.fills.iter().enumerate().map(|(at, fill)| what(at, quoted(&fill.name))).collect()
}
