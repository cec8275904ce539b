//! What one target column is made of.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Fault;
use crate::names::Names;
use crate::record::{Date, DateTime, Record, Value};
use crate::schema::Kind;

/// What a target column is made of: where its value comes from ([`from`],
/// [`first_of`], [`join`], [`constant`], [`compute`]), and what is done to it,
/// always in this order: [split](Rule::split), [map](Rule::values),
/// [fill](Rule::default), read as a [kind](Rule::kind).
///
/// Without a declared kind, a value that is not split, mapped or joined keeps
/// its source column's kind; any other is text.
///
/// ```
/// use handover::Kind;
/// use handover::map::{Unknown, from};
///
/// let stage = from("阶段").values([("新", "new"), ("成交", "won")]).unknown(Unknown::Keep).default("new");
/// let given_name = from("contact").split(" ", 1);
/// let born = from(["生日", "Birthday"]).kind(Kind::Date);
/// ```
#[derive(Debug, Clone)]
pub struct Rule {
    pub(super) source: Source,
    pub(super) split: Option<Split>,
    pub(super) values: Option<Vec<(String, String)>>,
    pub(super) unknown: Option<Unknown>,
    pub(super) default: Option<String>,
    pub(super) kind: Option<Kind>,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    From(Names),
    FirstOf(Names),
    Join { columns: Names, with: String },
    Constant(String),
    Compute { columns: Names, closure: Closure, kind: Kind },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Split {
    pub at: String,
    pub part: usize,
}

/// What becomes of a value that a value map does not know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unknown {
    /// The record is rejected.
    #[default]
    Reject,
    /// The value stays as it is, with a warning.
    Keep,
    /// The value becomes null, with a warning.
    Null,
    /// The value becomes this one, with a warning.
    Value(String),
}

/// The value of one source column. Of several names, the first that the source has.
pub fn from(columns: impl Into<Names>) -> Rule {
    Rule::new(Source::From(columns.into()))
}

/// The first value of several columns that is neither null nor white space.
/// Where another column holds another value, which is left out, the report counts it.
pub fn first_of(columns: impl Into<Names>) -> Rule {
    Rule::new(Source::FirstOf(columns.into()))
}

/// The values of several columns with a separator between them, as text.
/// Those that are null or white space are left out.
pub fn join(columns: impl Into<Names>, with: impl Into<String>) -> Rule {
    Rule::new(Source::Join { columns: columns.into(), with: with.into() })
}

/// The same value for every record.
pub fn constant(value: impl Into<String>) -> Rule {
    Rule::new(Source::Constant(value.into()))
}

/// What a closure makes of the values of these columns. Its fault rejects the record.
///
/// ```
/// use handover::map::{Mapping, compute};
///
/// let mapping = Mapping::new().field(
///     "vip",
///     compute(["deals", "level"], |[deals, level]| {
///         Ok(level.as_text() == Some("VIP") || deals.to_string().len() > 1)
///     }),
/// );
/// ```
pub fn compute<const N: usize, T: Computed>(
    columns: [&str; N],
    closure: impl Fn([Value<'_>; N]) -> Result<T, Fault> + Send + Sync + 'static,
) -> Rule {
    let closure = Closure::new(closure);
    Rule::new(Source::Compute { columns: columns.into(), closure, kind: T::KIND })
}

impl Rule {
    fn new(source: Source) -> Self {
        Rule { source, split: None, values: None, unknown: None, default: None, kind: None }
    }

    /// The part of a text at a number, from 0, when it is split at a
    /// separator; null where there are not so many parts.
    #[must_use]
    pub fn split(mut self, at: impl Into<String>, part: usize) -> Self {
        self.split = Some(Split { at: at.into(), part });
        self
    }

    /// Replaces values by others. White space around a value is set aside when
    /// it is looked up; an empty value is not looked up; one that is not in the
    /// map rejects the record, unless [`unknown`](Self::unknown) says otherwise.
    #[must_use]
    pub fn values<F: Into<String>, T: Into<String>>(
        mut self,
        values: impl IntoIterator<Item = (F, T)>,
    ) -> Self {
        let pairs = values.into_iter().map(|(from, to)| (from.into(), to.into()));
        self.values.get_or_insert_default().extend(pairs);
        self
    }

    /// What becomes of values that are not among [`values`](Self::values).
    #[must_use]
    pub fn unknown(mut self, unknown: Unknown) -> Self {
        self.unknown = Some(unknown);
        self
    }

    /// The value where there would be none, or white space only.
    #[must_use]
    pub fn default(mut self, value: impl Into<String>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Reads the value as a kind, strictly as [`Value::parse`] does; one that
    /// is not of the kind rejects the record.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }
}

/// What a closure in [`compute`] may return.
pub trait Computed: 'static {
    /// The kind of the column.
    const KIND: Kind;

    /// The value.
    fn value(&self) -> Value<'_>;
}

macro_rules! computed {
    ($($type:ty => $kind:ident),*) => {$(
        impl Computed for $type {
            const KIND: Kind = Kind::$kind;

            fn value(&self) -> Value<'_> {
                Value::$kind(*self)
            }
        }
    )*};
}
computed!(&'static str => Text, bool => Bool, i64 => Int, f64 => Float, Date => Date, DateTime => DateTime);

impl Computed for String {
    const KIND: Kind = Kind::Text;

    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl<T: Computed> Computed for Option<T> {
    const KIND: Kind = T::KIND;

    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::value)
    }
}

type Take<'t> = &'t mut dyn FnMut(Value<'_>);

/// A closure over the values at some positions of a record. Its result may
/// not outlive the call, hence it is handed on and not handed back.
#[derive(Clone)]
pub(super) struct Closure(Arc<Computing>);

type Computing = dyn Fn(&Record, &[usize], Take<'_>) -> Result<(), Fault> + Send + Sync;

impl Closure {
    /// Of a closure over `N` values; must be called with `N` positions.
    pub fn new<const N: usize, T: Computed>(
        closure: impl Fn([Value<'_>; N]) -> Result<T, Fault> + Send + Sync + 'static,
    ) -> Self {
        Closure(Arc::new(move |record, positions, take| {
            let values = std::array::from_fn(|at| record.value(positions[at]));
            take(closure(values)?.value());
            Ok(())
        }))
    }

    pub fn call(&self, record: &Record, positions: &[usize], take: Take<'_>) -> Result<(), Fault> {
        (self.0)(record, positions, take)
    }
}

impl fmt::Debug for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closure")
    }
}

impl Source {
    /// The source columns that are named; a constant has none to name.
    pub fn columns(&self) -> Option<&Names> {
        match self {
            Source::From(columns) | Source::FirstOf(columns) => Some(columns),
            Source::Join { columns, .. } | Source::Compute { columns, .. } => Some(columns),
            Source::Constant(_) => None,
        }
    }
}
