//! What is moved: one kind of record, from its source to its table.

mod outline;
mod policy;
mod reference;

use std::sync::Arc;

use crate::dedupe::DuplicateDetector;
use crate::error::Result;
use crate::map::Mapping;
use crate::names::Names;
use crate::pipeline::Pipeline;
use crate::source::SourceReader;

pub(crate) use outline::Outline;
pub use policy::{FieldPolicy, WritePolicy};
pub use reference::{Inactive, Orphans, Reference};
pub(crate) use reference::{LoadOrder, load_order};

type Open = dyn Fn() -> Result<Box<dyn SourceReader>> + Send + Sync;
type Detect = dyn Fn() -> Result<Box<dyn DuplicateDetector>> + Send + Sync;
type Shape = dyn Fn(Pipeline<'static>) -> Result<Pipeline<'static>> + Send + Sync;

/// One kind of record that is moved: users, companies, contacts.
///
/// ```
/// use handover::migration::{Entity, FieldPolicy, Orphans, Reference};
/// use handover::normalize::{email, phone};
/// use handover::{CsvSource, Mapping};
///
/// let contacts = Entity::new("contact", || CsvSource::path("contacts.csv"))
///     .key("编号")
///     .pipeline(|pipeline| {
///         let mapping = Mapping::new().rename("编号", "legacy_id").rename("姓名", "name").rename("客户", "company_id");
///         Ok(pipeline.map(mapping.rename("手机", "phone")).normalize("phone", phone("CN")))
///     })
///     .table("contacts")
///     .refer(Reference::new("company_id", "company", Orphans::Park))
///     .field("phone", FieldPolicy::FillEmpty)
///     .personal(["name", "phone"]);
/// ```
#[derive(Clone)]
pub struct Entity {
    pub(crate) name: String,
    pub(crate) system: Option<String>,
    pub(crate) open: Arc<Open>,
    pub(crate) key: String,
    pub(crate) mapping: Option<Mapping>,
    pub(crate) pipeline: Option<Arc<Shape>>,
    pub(crate) outline: Arc<Outline>,
    pub(crate) table: String,
    pub(crate) references: Vec<Reference>,
    pub(crate) write: WritePolicy,
    pub(crate) fields: Vec<(String, FieldPolicy)>,
    pub(crate) clear: Names,
    pub(crate) match_on: Names,
    pub(crate) match_by: Option<Arc<Detect>>,
    pub(crate) transient: Names,
    pub(crate) personal: Names,
    pub(crate) owner: Option<String>,
    pub(crate) inactive: Option<(String, Names)>,
    pub(crate) high_water: Option<String>,
    pub(crate) external_key: Option<String>,
    pub(crate) tolerances: Vec<(String, f64)>,
    pub(crate) version: String,
}

impl Entity {
    /// An entity of this name, whose records a source gives. The source is opened
    /// anew for every pass: to plan, to apply, to verify.
    pub fn new<S: SourceReader + 'static>(
        name: impl Into<String>,
        source: impl Fn() -> S + Send + Sync + 'static,
    ) -> Self {
        Entity::opened(name, move || Ok(Box::new(source())))
    }

    /// The same, where opening may fail.
    pub fn opened(
        name: impl Into<String>,
        source: impl Fn() -> Result<Box<dyn SourceReader>> + Send + Sync + 'static,
    ) -> Self {
        let name = name.into();
        Entity {
            table: format!("{name}s"),
            name,
            system: None,
            open: Arc::new(source),
            key: "id".to_owned(),
            mapping: None,
            pipeline: None,
            outline: Arc::default(),
            references: Vec::new(),
            write: WritePolicy::default(),
            fields: Vec::new(),
            clear: Names::default(),
            match_on: Names::default(),
            match_by: None,
            transient: Names::default(),
            personal: Names::default(),
            owner: None,
            inactive: None,
            high_water: None,
            external_key: None,
            tolerances: Vec::new(),
            version: String::new(),
        }
    }

    /// The system that the records come from, where it is not the migration's.
    #[must_use]
    pub fn system(mut self, system: impl Into<String>) -> Self {
        self.system = Some(system.into());
        self
    }

    /// The column of the source that holds each record's own key: `id` by default.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.key = column.into();
        self
    }

    /// Maps the records, before the [pipeline](Self::pipeline) does its work. What a mapping
    /// consists of can be told in a data dictionary, and a plan is bound to it; closures in it cannot be read.
    #[must_use]
    pub fn mapping(mut self, mapping: Mapping) -> Self {
        self.mapping = Some(mapping);
        self
    }

    /// Maps, normalizes, judges and merges the records: whatever a
    /// [`Pipeline`] does between its source and its sink.
    #[must_use]
    pub fn pipeline(
        mut self,
        shape: impl Fn(Pipeline<'static>) -> Result<Pipeline<'static>> + Send + Sync + 'static,
    ) -> Self {
        self.pipeline = Some(Arc::new(shape));
        self
    }

    /// The table of the target: the entity's name with an `s` by default.
    #[must_use]
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = table.into();
        self
    }

    /// Declares that a column refers to an entity.
    #[must_use]
    pub fn refer(mut self, reference: Reference) -> Self {
        self.references.push(reference);
        self
    }

    /// What happens to records that have a row, or have none.
    #[must_use]
    pub fn write(mut self, policy: WritePolicy) -> Self {
        self.write = policy;
        self
    }

    /// What happens to a field of a row that is there.
    #[must_use]
    pub fn field(mut self, column: impl Into<String>, policy: FieldPolicy) -> Self {
        self.fields.push((column.into(), policy));
        self
    }

    /// Columns that an empty value of the source clears in the target.
    #[must_use]
    pub fn clear_with_empty(mut self, columns: impl Into<Names>) -> Self {
        self.clear = columns.into();
        self
    }

    /// The columns by which a row that is in the target already is found: all must
    /// have the same values, apart from case and white space around them. The
    /// index takes some 40 bytes of memory for each row of the table.
    #[must_use]
    pub fn match_on(mut self, columns: impl Into<Names>) -> Self {
        self.match_on = columns.into();
        self
    }

    /// A detector that finds the rows that are in the target already, instead of
    /// [equal values](Self::match_on).
    ///
    /// Before a run writes anything of the entity, the records that have no row yet and all rows
    /// of the table are given to it, as the inputs 0 and 1, the rows first. A record is the row to which
    /// it is linked with the highest probability, of several the first, if that is enough by the detector's
    /// [clustering](DuplicateDetector::clustering); chains of links are not followed. What is likely and
    /// not enough is noted. Of several records that are the same row the first updates it, and the
    /// others fill what is empty. References have no values in the rows that the detector sees.
    ///
    /// The source is read once more for it. Records and rows take 64 MiB of memory and go to a
    /// temporary file beyond, apart from what the detector needs itself.
    ///
    /// ```
    /// use handover::dedupe::ExactKeys;
    /// use handover::{CsvSource, migration::Entity};
    ///
    /// Entity::new("contact", || CsvSource::path("contacts.csv"))
    ///     .match_by(|| Ok(ExactKeys::on("email").ignore_case().or_on(["name", "birthday"])));
    /// ```
    #[must_use]
    pub fn match_by<D: DuplicateDetector + 'static>(
        mut self,
        detector: impl Fn() -> Result<D> + Send + Sync + 'static,
    ) -> Self {
        self.match_by = Some(Arc::new(move || Ok(Box::new(detector()?))));
        self
    }

    /// Columns of the mapped records that are not written.
    #[must_use]
    pub fn transient(mut self, columns: impl Into<Names>) -> Self {
        self.transient = columns.into();
        self
    }

    /// Columns that hold personal data: masked wherever people read.
    #[must_use]
    pub fn personal(mut self, columns: impl Into<Names>) -> Self {
        self.personal = columns.into();
        self
    }

    /// The column that says who owns a record. It must be a [reference](Self::refer) too.
    #[must_use]
    pub fn owner(mut self, column: impl Into<String>) -> Self {
        self.owner = Some(column.into());
        self
    }

    /// Who is not to be given anything: those in whose column stands one of these values.
    #[must_use]
    pub fn inactive_when(mut self, column: impl Into<String>, values: impl Into<Names>) -> Self {
        self.inactive = Some((column.into(), values.into()));
        self
    }

    /// The column of the mapped records that says when each was last changed, or at which version
    /// it is. A later run passes over those that are older than the newest that the last finished run has
    /// met, unless they have no row yet, whatever the reason. Days and times, and numbers, are compared as such, all
    /// else as text; what is empty, or of another sort, is always looked at, and so is what is as old as the newest.
    ///
    /// A column that the table does not have is [transient](Self::transient), too. Where duplicates are merged, it
    /// must be one that survives from the record that was changed last.
    #[must_use]
    pub fn high_water(mut self, column: impl Into<String>) -> Self {
        self.high_water = Some(column.into());
        self
    }

    /// The column of the target that holds the source's key. Where the target alone
    /// gives ids, it is how rows are found again after a crash.
    #[must_use]
    pub fn external_key(mut self, column: impl Into<String>) -> Self {
        self.external_key = Some(column.into());
        self
    }

    /// How far a number in the target may be from what it should be, for
    /// [`verify`](crate::migration::Migration::verify); 0 by default.
    #[must_use]
    pub fn tolerance(mut self, column: impl Into<String>, most: f64) -> Self {
        self.tolerances.push((column.into(), most));
        self
    }

    /// Names what closures do, which cannot be read: part of what a plan is bound to.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// What happens to a field of a row that is there.
    pub(crate) fn policy_of(&self, column: &str) -> FieldPolicy {
        let named = self.fields.iter().find(|(known, _)| known == column);
        named.map(|(_, policy)| policy.clone()).unwrap_or_default()
    }
}
