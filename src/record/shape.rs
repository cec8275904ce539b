//! The columns of a serde struct, without a value of it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::mismatch::Mismatch;
use crate::error::{Error, Result};
use crate::schema::{Field, Kind, Schema, short_type_name};

impl Schema {
    /// The columns of a struct: its fields as serde names them, in order, with
    /// the kinds of their types where those are plain (numbers, `bool`, also
    /// within `Option`), else [`Kind::Text`].
    ///
    /// It asks the struct's `Deserialize`, which is the only one that can tell
    /// without a value; derive it. A name that differs between reading and writing
    /// is the one for reading, and a field that is never read has no column.
    ///
    /// # Errors
    ///
    /// If `T` does not say which fields it has: a map, a tuple, an enum, or a
    /// struct with `#[serde(flatten)]`.
    ///
    /// ```
    /// use handover::{Kind, Schema};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Customer {
    ///     #[serde(rename = "Full name")]
    ///     name: String,
    ///     visits: Option<u32>,
    /// }
    ///
    /// let schema = Schema::of::<Customer>()?;
    /// assert!(schema.names().eq(["Full name", "visits"]));
    /// assert_eq!(schema.fields()[1].kind(), Kind::Int);
    /// # Ok::<(), handover::Error>(())
    /// ```
    pub fn of<'de, T: Deserialize<'de>>() -> Result<Arc<Schema>> {
        Schema::new(names_of::<T>()?.iter().filter_map(|&name| column_of::<T>(name)))
    }
}

/// How a source's columns fit the fields of a struct.
pub(crate) struct Fit {
    /// The columns that the struct takes.
    pub taken: Vec<&'static str>,
    /// The fields that find no column and cannot do without.
    pub missing: Vec<&'static str>,
    /// A field that two columns claim, one of them by another name of it.
    pub twice: Option<&'static str>,
}

impl Fit {
    /// Tries the columns on a struct.
    pub fn of<'de, T: Deserialize<'de>>(source: &Schema) -> Result<Fit> {
        let names = names_of::<T>()?.iter().copied();
        let taken: Vec<&'static str> = names.filter(|name| source.find(name).is_some()).collect();
        let mut fit = Fit { taken: taken.clone(), missing: Vec::new(), twice: None };
        let mut offered = taken;
        let mut result = look::<T>(&offered).1;
        while let Err(Mismatch::NoColumn(Cow::Borrowed(field))) = result {
            if offered.contains(&field) {
                break;
            }
            offered.push(field);
            fit.missing.push(field);
            result = look::<T>(&offered).1;
        }
        if let Err(Mismatch::Twice(field)) = result {
            fit.twice = Some(field);
        }
        Ok(fit)
    }
}

/// The names of a struct's fields, also the other ones that a field may have (`alias`).
fn names_of<'de, T: Deserialize<'de>>() -> Result<&'static [&'static str]> {
    let missing = || Error::bind(format!("`{}` does not say which columns it has", short_type_name::<T>()));
    look::<T>(&[]).0.fields.ok_or_else(missing)
}

/// The column of a field; `None` if the name is only another one of a field (`alias`),
/// which shows when the field is offered twice and refused by its first name.
fn column_of<'de, T: Deserialize<'de>>(name: &'static str) -> Option<Field> {
    match look::<T>(&[name, name]) {
        (_, Err(Mismatch::Twice(first))) if first != name => None,
        (seen, _) => Some(Field::new(name, seen.kind)),
    }
}

/// Offers a type these fields, and tells what it asked for.
fn look<'de, T: Deserialize<'de>>(offered: &[&'static str]) -> (Seen, Result<T, Mismatch>) {
    let mut seen = Seen::default();
    let result = T::deserialize(Struct { offered, seen: &mut seen });
    (seen, result)
}

#[derive(Default)]
struct Seen {
    fields: Option<&'static [&'static str]>,
    kind: Kind,
}

/// Stands for the whole struct.
struct Struct<'a> {
    offered: &'a [&'static str],
    seen: &'a mut Seen,
}

impl<'de> Deserializer<'de> for Struct<'_> {
    type Error = Mismatch;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.seen.fields = Some(fields);
        visitor.visit_map(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Mismatch> {
        Err(Mismatch::new("not a struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Struct<'_> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((first, rest)) = self.offered.split_first() else { return Ok(None) };
        self.offered = rest;
        seed.deserialize(BorrowedStrDeserializer::new(first)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        seed.deserialize(Plain(&mut self.seen.kind))
    }
}

/// Stands for a field: writes down the kind that is asked for, and answers
/// with the plainest value of it.
struct Plain<'a>(&'a mut Kind);

macro_rules! plain {
    ($($kind:ident $visit:ident $value:expr => $($method:ident)*),*) => {$($(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            *self.0 = Kind::$kind;
            visitor.$visit($value)
        }
    )*)*};
}

impl<'de> Deserializer<'de> for Plain<'_> {
    type Error = Mismatch;

    plain! {
        Bool visit_bool false => deserialize_bool,
        Int visit_u8 0 => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64,
        Decimal visit_u8 0 => deserialize_i128 deserialize_u128,
        Float visit_f64 0.0 => deserialize_f32 deserialize_f64,
        Text visit_char 'a' => deserialize_char,
        Text visit_borrowed_str "" => deserialize_any deserialize_str deserialize_string
            deserialize_bytes deserialize_byte_buf deserialize_identifier
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_enum(StrDeserializer::new(variants.first().copied().unwrap_or_default()))
    }

    forward_to_deserialize_any! { unit unit_struct seq tuple tuple_struct map struct ignored_any }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its shape is looked at")]
    struct Customer<'a> {
        id: &'a str,
        #[serde(rename = "Full name", alias = "A name", alias = "Name")]
        name: String,
        visits: Option<u16>,
        rating: f32,
        active: Option<Option<bool>>,
        stage: Stage,
        total: Total,
        #[serde(default, alias = "amount")]
        huge: i128,
        #[serde(skip)]
        cached: u8,
        initial: char,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its shape is looked at")]
    enum Stage {
        Lead,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its shape is looked at")]
    struct Total(i64);

    #[test]
    fn the_columns_are_the_fields_with_their_kinds() {
        let schema = Schema::of::<Customer>().unwrap();
        let columns: Vec<_> = schema.fields().iter().map(|field| (&**field.name(), field.kind())).collect();
        assert_eq!(
            columns,
            [
                ("id", Kind::Text),
                ("Full name", Kind::Text),
                ("visits", Kind::Int),
                ("rating", Kind::Float),
                ("active", Kind::Bool),
                ("stage", Kind::Text),
                ("total", Kind::Int),
                ("huge", Kind::Decimal),
                ("initial", Kind::Text),
            ]
        );
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only its shape is looked at")]
    struct Flat {
        id: String,
        #[serde(flatten)]
        rest: HashMap<String, String>,
    }

    #[test]
    fn what_does_not_name_its_columns_is_refused() {
        let message = |result: Result<Arc<Schema>>| result.unwrap_err().to_string();
        assert_eq!(message(Schema::of::<Flat>()), "`Flat` does not say which columns it has");
        assert_eq!(message(Schema::of::<(u8, u8)>()), "`(u8, u8)` does not say which columns it has");
        assert_eq!(
            message(Schema::of::<HashMap<String, String>>()),
            "`HashMap` does not say which columns it has"
        );
    }
}
