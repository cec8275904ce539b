//! One serde struct into another.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bind::bind_typed;
use super::mapping::Rest;
use super::{FieldMapper, Mapped};
use crate::error::{Fault, Result};
use crate::names::Names;
use crate::record::Record;
use crate::schema::Schema;

/// Maps by a closure from a struct with the source's columns to one with the target's.
///
/// The columns are the fields as serde names them; a source column may also
/// go by an `alias` of its field. Values are read as by
/// [`Record::deserialize`] and written as by [`Record::fill`].
///
/// Binding fails if a source column is not a field and not
/// [ignored](MapTyped::ignore), or a field that is not optional has no column.
///
/// ```
/// use handover::map::{FieldMapper, map_typed};
/// use handover::{Fault, Schema};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize)]
/// struct OldCustomer {
///     #[serde(rename = "客户名称")]
///     name: String,
///     visits: u32,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct Customer {
///     name: String,
///     loyal: bool,
/// }
///
/// let mut mapper = map_typed(|old: OldCustomer| -> Result<Customer, Fault> {
///     Ok(Customer { loyal: old.visits > 10, name: old.name })
/// })
/// .ignore("fax");
/// let target = mapper.bind(&Schema::text(["客户名称", "visits", "fax"])?)?;
/// assert!(target.names().eq(["name", "loyal"]));
/// # Ok::<(), handover::Error>(())
/// ```
pub fn map_typed<Old, New, F>(map: F) -> MapTyped<Old, New, F>
where
    F: Fn(Old) -> Result<New, Fault> + Send + Sync,
    Old: DeserializeOwned,
    New: Serialize + DeserializeOwned,
{
    MapTyped { map, ignore: Names::default(), rest: Rest::Refuse, types: PhantomData }
}

/// A closure between two structs as a [`FieldMapper`], made by [`map_typed`].
pub struct MapTyped<Old, New, F> {
    map: F,
    ignore: Names,
    rest: Rest,
    types: PhantomData<fn(Old) -> New>,
}

impl<Old, New, F> MapTyped<Old, New, F> {
    /// Declares source columns to be unwanted.
    #[must_use]
    pub fn ignore(mut self, columns: impl Into<Names>) -> Self {
        self.ignore.extend(columns.into());
        self
    }

    /// Declares all source columns that are not fields to be unwanted.
    #[must_use]
    pub fn ignore_rest(mut self) -> Self {
        self.rest = Rest::Ignore;
        self
    }
}

impl<Old, New, F> FieldMapper for MapTyped<Old, New, F>
where
    F: Fn(Old) -> Result<New, Fault> + Send + Sync,
    Old: DeserializeOwned,
    New: Serialize + DeserializeOwned,
{
    fn bind(&mut self, input: &Arc<Schema>) -> Result<Arc<Schema>> {
        bind_typed::<Old, New>(input, &self.ignore, self.rest)
    }

    fn map(&self, input: &Record, output: &mut Mapped<'_>) -> Result<(), Fault> {
        let new = (self.map)(input.deserialize()?)?;
        output.record().fill(&new)
    }
}

impl<Old, New, F> fmt::Debug for MapTyped<Old, New, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapTyped")
            .field("ignore", &self.ignore)
            .field("rest", &self.rest)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, texts};
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Old {
        #[serde(rename = "客户名称", alias = "Name")]
        name: String,
        visits: u32,
        email: Option<String>,
    }

    #[derive(Serialize, Deserialize)]
    struct New {
        id: i64,
        name: String,
        email: Option<String>,
    }

    fn mapper() -> MapTyped<Old, New, impl Fn(Old) -> Result<New, Fault>> {
        map_typed(|old: Old| match old.visits {
            0 => Err(Fault::new("never seen").rule("visits")),
            visits => Ok(New { id: visits.into(), name: old.name, email: old.email }),
        })
    }

    fn error(columns: &[&str]) -> String {
        mapper().bind(&Schema::text(columns.iter().copied()).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn one_struct_becomes_another() {
        let columns = ["客户名称", "visits", "email"];
        assert_eq!(texts(&run(mapper(), &columns, &["王伟", "7", ""])), ["7|王伟|"]);
        assert_eq!(texts(&run(mapper(), &["Name", "visits"], &["007", "7"])), ["7|007|"]);
        assert_eq!(run(mapper(), &columns, &["王伟", "0", ""]).faults, ["error  visits: never seen"]);
        assert_eq!(
            run(mapper(), &columns, &["王伟", "x", ""]).faults,
            ["error visits type: not a whole number from 0 to 4294967295"]
        );
    }

    #[test]
    fn every_column_is_a_field_or_ignored() {
        assert_eq!(
            error(&["客户名", "visit", "fax"]),
            "Old: no column `客户名称` (did you mean `客户名`?); no column `visits` (did you mean `visit`?); \
             not mapped, kept or ignored: 客户名, visit, fax. The source's columns are: 客户名, visit, fax"
        );
        assert_eq!(
            error(&["客户名称", "Name", "visits"]),
            "Old: two columns for the field `客户名称`. The source's columns are: 客户名称, Name, visits"
        );
        let columns = Schema::text(["Name", "visits", "fax"]).unwrap();
        assert!(mapper().ignore("fax").bind(&columns).is_ok());
        assert!(mapper().ignore_rest().bind(&columns).is_ok());
    }
}
