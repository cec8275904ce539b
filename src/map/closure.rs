//! Any closure as a mapper: one record into several.

use std::fmt;
use std::sync::Arc;

use super::{FieldMapper, Mapped};
use crate::error::{Fault, Result};
use crate::record::Record;
use crate::schema::Schema;

/// Maps by a closure that makes records of the given columns: as many as it
/// likes, each by a call of [`Mapped::record`].
///
/// The closure gets the whole source record: nobody checks that it uses every column.
///
/// ```
/// use handover::Schema;
/// use handover::map::map_with;
///
/// // A row that holds both a company and a contact becomes two records.
/// let mapper = map_with(Schema::text(["kind", "name"])?, |record, out| {
///     for kind in ["company", "contact"] {
///         let part = out.record();
///         part.set("kind", kind)?;
///         part.set("name", record.get(kind)?)?;
///     }
///     Ok(())
/// });
/// # Ok::<(), handover::Error>(())
/// ```
pub fn map_with<F>(columns: Arc<Schema>, map: F) -> MapWith<F>
where
    F: Fn(&Record, &mut Mapped<'_>) -> Result<(), Fault> + Send + Sync,
{
    MapWith { columns, map }
}

/// A closure as a [`FieldMapper`], made by [`map_with`].
#[derive(Clone)]
pub struct MapWith<F> {
    columns: Arc<Schema>,
    map: F,
}

impl<F> FieldMapper for MapWith<F>
where
    F: Fn(&Record, &mut Mapped<'_>) -> Result<(), Fault> + Send + Sync,
{
    fn bind(&mut self, _input: &Arc<Schema>) -> Result<Arc<Schema>> {
        Ok(Arc::clone(&self.columns))
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        (self.map)(input, output)
    }
}

impl<F> fmt::Debug for MapWith<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapWith").field("columns", &self.columns).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, texts};
    use super::*;

    #[test]
    fn a_row_of_company_and_contact_becomes_two_records() {
        let mapper = map_with(Schema::text(["kind", "name"]).unwrap(), |record, out| {
            for kind in ["company", "contact"] {
                if record.text(kind)?.is_empty() {
                    out.findings().push(Fault::warning("missing").column(kind));
                    continue;
                }
                let part = out.record();
                part.set("kind", kind)?;
                part.set("name", record.get(kind)?)?;
            }
            Ok(())
        });
        let boxed: Box<dyn FieldMapper> = Box::new(mapper.clone());
        let outcome = run(boxed, &["company", "contact"], &["华为", "王伟"]);
        assert_eq!(texts(&outcome), ["company|华为", "contact|王伟"]);
        assert_eq!(outcome.records[1].id().part, 1);
        let outcome = run(mapper, &["company", "contact"], &["华为", ""]);
        assert_eq!(texts(&outcome), ["company|华为"]);
        assert_eq!(outcome.faults, ["warning contact : missing"]);
    }
}
