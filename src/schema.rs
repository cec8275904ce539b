//! The columns of a record: their names, and what kind of value each holds.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};

/// What a column holds. Text is text until somebody declares otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Unicode text, as it stands.
    #[default]
    Text,
    /// Values of several kinds, each as the source said it: a column of a
    /// spreadsheet or of JSON before anybody declared what it holds.
    Any,
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// A binary floating point number of 64 bits.
    Float,
    /// A decimal number, with every digit it was written with.
    Decimal,
    /// A day of the Gregorian calendar.
    Date,
    /// A day and a time of day, with or without an offset from UTC.
    DateTime,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Text => "text",
            Kind::Any => "any",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Decimal => "decimal",
            Kind::Date => "date",
            Kind::DateTime => "datetime",
        })
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    name: Arc<str>,
    kind: Kind,
}

impl Field {
    /// A column of the given name and kind.
    pub fn new(name: impl Into<Arc<str>>, kind: Kind) -> Self {
        Field { name: name.into(), kind }
    }

    /// The column's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// What it holds.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

/// The columns of a record, in order, each name once.
///
/// ```
/// use handover::Schema;
///
/// let schema = Schema::text(["name", "phone", "email"])?;
/// assert_eq!(schema.index("phone")?, 1);
/// assert_eq!(
///     schema.index("emial").unwrap_err().to_string(),
///     "no column `emial`, did you mean `email`? The columns are: name, phone, email"
/// );
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Clone)]
pub struct Schema {
    fields: Vec<Field>,
    index: HashMap<Arc<str>, usize>,
}

impl Schema {
    /// A schema of these fields. Fails if a name is there twice.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Result<Arc<Self>> {
        let fields: Vec<Field> = fields.into_iter().collect();
        let mut index = HashMap::with_capacity(fields.len());
        for (position, field) in fields.iter().enumerate() {
            if index.insert(Arc::clone(&field.name), position).is_some() {
                return Err(Error::bind(format!("column `{}` is there twice", field.name)));
            }
        }
        Ok(Arc::new(Schema { fields, index }))
    }

    /// A schema of text columns. Fails if a name is there twice.
    pub fn text<N: Into<Arc<str>>>(names: impl IntoIterator<Item = N>) -> Result<Arc<Self>> {
        Schema::new(names.into_iter().map(|name| Field::new(name, Kind::Text)))
    }

    /// A schema of all columns of several, by name, in the order in which they
    /// first appear. Fails if a column is of different kinds.
    pub fn union(schemas: impl IntoIterator<Item = Arc<Schema>>) -> Result<Arc<Self>> {
        let mut fields: Vec<Field> = Vec::new();
        let mut kinds: HashMap<Arc<str>, Kind> = HashMap::new();
        for Field { name, kind } in schemas.into_iter().flat_map(|schema| schema.fields.clone()) {
            match kinds.insert(Arc::clone(&name), kind) {
                None => fields.push(Field { name, kind }),
                Some(known) if known == kind => (),
                Some(known) => {
                    let message = format!("column `{name}` is {known} in one place and {kind} in another");
                    return Err(Error::bind(message));
                }
            }
        }
        Schema::new(fields)
    }

    /// The columns, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.fields.iter().map(|field| &*field.name)
    }

    /// The name of the column at a position; panics beyond the last.
    pub fn name(&self, position: usize) -> &Arc<str> {
        &self.fields[position].name
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no column at all.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Where a column stands, if it is there.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// Where a column stands. The error names the columns there are, and the
    /// one that was probably meant.
    pub fn index(&self, name: &str) -> Result<usize> {
        self.find(name).ok_or_else(|| Error::bind(no_such_column(name, self.names())))
    }

    /// Where each of several columns stands.
    pub fn indexes(&self, names: &[impl AsRef<str>]) -> Result<Vec<usize>> {
        names.iter().map(|name| self.index(name.as_ref())).collect()
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Schema {}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.fields.iter().map(|field| (&field.name, field.kind))).finish()
    }
}

/// The message for a column that is not there.
pub(crate) fn no_such_column<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> String {
    no_such("column", name, names)
}

/// The message for something that is not there, with the names of what is.
pub(crate) fn no_such<'n>(what: &str, name: &str, names: impl Iterator<Item = &'n str> + Clone) -> String {
    let meant = closest(name, names.clone())
        .map(|closest| format!(", did you mean `{closest}`?"))
        .unwrap_or_else(|| ".".to_owned());
    match list(names) {
        none if none.is_empty() => format!("no {what} `{name}`: there are none"),
        all => format!("no {what} `{name}`{meant} The {what}s are: {all}"),
    }
}

/// Names joined for a message, cut after the thirtieth.
pub(crate) fn list<'n>(names: impl Iterator<Item = &'n str> + Clone) -> String {
    const SHOWN: usize = 30;
    let more = names.clone().count().saturating_sub(SHOWN);
    let shown = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The known name that a misspelt one most resembles, if any resembles it
/// (Jaro–Winkler of at least 0.8 once case and separators are set aside).
pub(crate) fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(name);
    known
        .map(|candidate| (strsim::jaro_winkler(&wanted, &plain(candidate)), candidate))
        .filter(|(score, _)| *score >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// A type's name without its path and its parameters.
pub(crate) fn short_type_name<T: ?Sized>() -> &'static str {
    let full = std::any::type_name::<T>();
    let head = full.split('<').next().unwrap_or(full);
    head.rsplit("::").next().unwrap_or(head)
}
