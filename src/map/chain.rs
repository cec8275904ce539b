//! One mapper after another.

use std::sync::Arc;

use super::run::not_bound;
use super::{Bench, FieldMapper, Mapped};
use crate::error::{Fault, Result};
use crate::record::Record;
use crate::schema::Schema;

/// Two mappers, one after the other, made by [`FieldMapper::then`].
///
/// Parts of parts are numbered through. A part that the second mapper filters
/// is left out alone; one that it rejects takes its whole source record along.
///
/// ```
/// use handover::map::{FieldMapper, Mapping};
/// use handover::Schema;
///
/// let mut both = Mapping::new().rename("客户名称", "name").then(Mapping::new().rename("name", "customer"));
/// assert_eq!(both.bind(&Schema::text(["客户名称"])?)?, Schema::text(["customer"])?);
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Chain<A, B> {
    first: A,
    second: B,
    bound: Option<Between>,
}

/// What lies between two mappers that are bound.
#[derive(Debug, Clone)]
struct Between {
    schema: Arc<Schema>,
    /// How many counters the first mapper has; those of the second follow.
    counters: usize,
    /// Stands in for a record that is being mapped.
    nothing: Record,
}

impl<A, B> Chain<A, B> {
    pub(super) fn new(first: A, second: B) -> Self {
        Chain { first, second, bound: None }
    }
}

impl<A: FieldMapper, B: FieldMapper> FieldMapper for Chain<A, B> {
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        let schema = self.first.bind(input)?;
        let output = self.second.bind(&schema)?;
        let nothing = Record::new(Schema::new([])?);
        self.bound = Some(Between { schema, counters: self.first.counters().len(), nothing });
        Ok(output)
    }

    /// The records in between are put where those that come out will be, which
    /// are made behind them and moved into place.
    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        let between = self.bound.as_ref().ok_or_else(not_bound)?;
        let start = output.start + output.parts;
        let made = output.prepare(input, &between.schema, &self.first)?;
        if output.findings().has_error() {
            return Ok(());
        }
        output.start += made;
        let mut result = Ok(());
        for at in start..start + made {
            let record = std::mem::replace(&mut output.pool[at], between.nothing.clone());
            result = result.and_then(|()| output.go_on(&record, between.counters, &self.second));
            output.pool[at] = record;
        }
        output.start -= made;
        let end = output.start + output.parts + made;
        output.pool[start..end].rotate_left(made);
        result
    }

    fn counters(&self) -> Vec<(String, String)> {
        [self.first.counters(), self.second.counters()].concat()
    }
}

impl Mapped<'_> {
    /// Lets a first mapper work, and says how many records it left behind
    /// those that are already there.
    fn prepare(
        &mut self,
        input: &Record,
        schema: &Arc<Schema>,
        first: &impl FieldMapper,
    ) -> Result<usize, Fault> {
        let bench =
            Bench { schema, pool: self.pool, start: self.start + self.parts, notes: self.notes.shifted(0) };
        let mut output = Mapped::new(input, bench);
        let result = first.map(input, &mut output);
        let (made, filtered) = output.finish();
        self.filtered.extend(filtered);
        result.map(|()| made)
    }

    /// Lets a second mapper work on what a first one made.
    fn go_on(&mut self, source: &Record, counters: usize, second: &impl FieldMapper) -> Result<(), Fault> {
        let mut output = Mapped {
            schema: self.schema,
            source,
            pool: self.pool,
            start: self.start,
            parts: self.parts,
            before: self.parts,
            filtered: std::mem::take(&mut self.filtered),
            notes: self.notes.shifted(counters),
        };
        let result = second.map(source, &mut output);
        (self.parts, self.filtered) = output.finish();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Outcome, run, texts};
    use super::super::{Mapping, map_with, one_of};
    use super::*;

    fn twice() -> impl FieldMapper {
        map_with(Schema::text(["name"]).unwrap(), |record, out| {
            for suffix in ["1", "2"] {
                out.record().set("name", &format!("{}{suffix}", record.text("name")?))?;
            }
            Ok(())
        })
    }

    fn parts(outcome: &Outcome) -> Vec<u32> {
        outcome.records.iter().map(|record| record.id().part).collect()
    }

    #[test]
    fn parts_of_parts_are_numbered_through() {
        let outcome = run(twice().then(twice()), &["name"], &["a"]);
        assert_eq!(texts(&outcome), ["a11", "a12", "a21", "a22"]);
        assert_eq!(parts(&outcome), [0, 1, 2, 3]);
    }

    #[test]
    fn a_filtered_part_is_left_out_alone_and_keeps_its_number() {
        let no_first = || Mapping::new().filter_out("first", one_of("name", "a1")).copy("name");
        let outcome = run(twice().then(no_first()).then(twice()), &["name"], &["a"]);
        assert_eq!(texts(&outcome), ["a21", "a22"]);
        assert_eq!(outcome.filtered, ["first"]);
        assert_eq!(parts(&outcome), [1, 2]);
    }

    #[test]
    fn a_record_that_the_first_rejects_does_not_reach_the_second() {
        let number = Mapping::new().field("name", super::super::from("name").kind(crate::Kind::Int));
        let outcome = run(number.then(twice()), &["name"], &["a"]);
        assert_eq!(outcome.faults, ["error name kind: not a whole number"]);
        assert!(outcome.records.is_empty());
    }
}
