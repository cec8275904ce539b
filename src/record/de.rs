//! From a record to any serde struct.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::mismatch::Mismatch;
use super::{Record, Value};
use crate::error::Fault;

impl Record {
    /// The record as a struct or a map, by the names of the columns, or as a
    /// tuple or a list, by their order.
    ///
    /// The target says what a text is, nothing is guessed: a `String` keeps
    /// `007` as it stands, a `u32` reads it as 7. Numbers are read strictly,
    /// `bool` from `true` and `false`, enums without fields by name, dates into
    /// text as in ISO 8601. Null is `None`, or an empty `String`; empty text is
    /// `Some("")`. Columns without a field are passed over, unless the struct
    /// denies unknown fields; fields without a column are a fault, unless they
    /// are an `Option` or have a default.
    ///
    /// Where serde itself must ask what a value is (`flatten`, `untagged`), text
    /// stays text, and a number is expected to be one already.
    ///
    /// The fault's rule is `type`, and it names the column, except inside
    /// `flatten`, where serde no longer knows it. It never quotes the value; what
    /// a type's own `Deserialize` says is passed on as it is.
    ///
    /// ```
    /// use handover::{Record, Schema};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Customer<'a> {
    ///     id: &'a str,
    ///     visits: u32,
    ///     email: Option<String>,
    /// }
    ///
    /// let schema = Schema::text(["id", "visits", "email"])?;
    /// let mut record = Record::of(schema, ["007", "12"])?;
    /// let customer: Customer = record.deserialize()?;
    /// assert_eq!((customer.id, customer.visits, customer.email), ("007", 12, None));
    ///
    /// record.set("visits", "a dozen")?;
    /// let fault = record.deserialize::<Customer>().err().unwrap();
    /// assert_eq!(fault.to_string(), "not a whole number from 0 to 4294967295");
    /// assert_eq!(fault.column_name(), Some("visits"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn deserialize<'r, T: Deserialize<'r>>(&'r self) -> Result<T, Fault> {
        T::deserialize(Row(self)).map_err(|mismatch| mismatch.into_fault(&self.schema))
    }
}

/// A whole record as serde sees it.
struct Row<'de>(&'de Record);

impl<'de> Deserializer<'de> for Row<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_map(Columns { record: self.0, next: 0 })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_seq(Columns { record: self.0, next: 0 })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0.len() {
            columns if columns == len => self.deserialize_seq(visitor),
            columns => Err(Mismatch::invalid_length(columns, &visitor)),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct map struct enum identifier ignored_any
    }
}

/// The columns of a record, one after the other.
struct Columns<'de> {
    record: &'de Record,
    next: usize,
}

impl<'de> Columns<'de> {
    fn name(&self) -> Option<&'de Arc<str>> {
        self.record.schema.fields().get(self.next).map(|field| field.name())
    }

    fn read<S: DeserializeSeed<'de>>(&mut self, name: &Arc<str>, seed: S) -> Result<S::Value, Mismatch> {
        let value = self.record.value(self.next);
        self.next += 1;
        seed.deserialize(Cell(value)).map_err(|mismatch| mismatch.column(name))
    }
}

impl<'de> MapAccess<'de> for Columns<'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        self.name()
            .map(|name| {
                seed.deserialize(BorrowedStrDeserializer::new(name)).map_err(|e: Mismatch| e.column(name))
            })
            .transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Mismatch> {
        match self.name() {
            Some(name) => self.read(name, seed),
            None => Err(Mismatch::new("no column is left")),
        }
    }
}

impl<'de> SeqAccess<'de> for Columns<'de> {
    type Error = Mismatch;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Mismatch> {
        self.name().map(|name| self.read(name, seed)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.record.len() - self.next)
    }
}

/// One value as serde sees it.
struct Cell<'de>(Value<'de>);

impl<'de> Cell<'de> {
    /// A whole number, or `None` if it is not one that `N` can hold.
    fn whole<N: FromStr + TryFrom<i64>>(&self) -> Option<N> {
        match self.0 {
            Value::Int(number) => N::try_from(number).ok(),
            Value::Text(text) => text.parse().ok(),
            Value::Decimal(number) => without_zero_fraction(number.as_str()).parse().ok(),
            Value::Float(number) => number.to_string().parse().ok(),
            _ => None,
        }
    }

    fn float(&self) -> Option<f64> {
        match self.0 {
            Value::Float(number) => Some(number),
            Value::Int(number) => Some(number as f64),
            Value::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            Value::Decimal(number) => number.as_str().parse().ok(),
            _ => None,
        }
    }

    /// The value as written.
    fn text(&self) -> Cow<'de, str> {
        match self.0 {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Null => Cow::Borrowed(""),
            other => Cow::Owned(other.to_string()),
        }
    }

    fn mismatch(&self, message: impl Into<Cow<'static, str>>) -> Mismatch {
        if self.0.is_null() { Mismatch::new("missing") } else { Mismatch::new(message) }
    }
}

fn without_zero_fraction(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let number = self.whole().ok_or_else(|| {
                self.mismatch(format!("not a whole number from {} to {}", $type::MIN, $type::MAX))
            })?;
            visitor.$visit(number)
        }
    )*};
}

macro_rules! not_in_a_column {
    ($($method:ident($($argument:ty),*) $what:literal),*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $argument,)* _: V) -> Result<V::Value, Mismatch> {
            Err(Mismatch::new(concat!($what, " cannot be read from one column")))
        }
    )*};
}

impl<'de> Deserializer<'de> for Cell<'de> {
    type Error = Mismatch;

    whole_numbers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_u128 visit_u128 u128
    }

    not_in_a_column! {
        deserialize_seq() "a list", deserialize_tuple(usize) "a list",
        deserialize_tuple_struct(&'static str, usize) "a list", deserialize_map() "a map",
        deserialize_struct(&'static str, &'static [&'static str]) "a struct"
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Int(value) => visitor.visit_i64(value),
            Value::Float(value) => visitor.visit_f64(value),
            Value::Decimal(value) => visitor.visit_borrowed_str(value.as_str()),
            Value::Date(_) | Value::DateTime(_) | Value::Text(_) => self.deserialize_str(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Text("true") => visitor.visit_bool(true),
            Value::Text("false") => visitor.visit_bool(false),
            _ => Err(self.mismatch("not true or false")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_f64(self.float().ok_or_else(|| self.mismatch("not a number"))?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let text = self.text();
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(only), None) => visitor.visit_char(only),
            _ => Err(self.mismatch("not a single character")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.text() {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.text() {
            Cow::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
            Cow::Owned(text) => visitor.visit_byte_buf(text.into_bytes()),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
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
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.text() {
            _ if self.0.is_null() => Err(Mismatch::new("missing")),
            Cow::Borrowed(text) => visitor.visit_enum(BorrowedStrDeserializer::new(text)),
            Cow::Owned(text) => visitor.visit_enum(StringDeserializer::new(text)),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { unit unit_struct }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Date, Decimal};
    use crate::schema::Schema;
    use std::collections::{BTreeMap, HashMap};

    fn one(value: Value<'_>) -> Record {
        Record::of(Schema::text(["v"]).unwrap(), [value]).unwrap()
    }

    fn read<T: serde::de::DeserializeOwned>(value: Value<'_>) -> Result<T, String> {
        one(value).deserialize::<(T,)>().map(|(read,)| read).map_err(|fault| {
            assert_eq!((fault.rule_name(), fault.column_name()), ("type", Some("v")));
            fault.to_string()
        })
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Stage {
        Lead,
        Won,
    }

    #[test]
    fn text_is_read_as_the_target_says() {
        let text = Value::Text;
        assert_eq!(read(text("007")), Ok("007".to_owned()));
        assert_eq!(read(text("007")), Ok(7u32));
        assert_eq!(read(text("-1.50")), Ok(-1.5));
        assert_eq!(read(text("true")), Ok(true));
        assert_eq!(read(text("王")), Ok('王'));
        assert_eq!(read(text("won")), Ok(Stage::Won));
        assert_eq!(read(text("")), Ok(Some(String::new())));
    }

    #[test]
    fn null_is_none_and_empty_text_but_not_a_number() {
        assert_eq!(read(Value::Null), Ok(None::<u8>));
        assert_eq!(read(Value::Null), Ok(String::new()));
        assert_eq!(read::<u8>(Value::Null), Err("missing".to_owned()));
        assert_eq!(read::<Stage>(Value::Null), Err("missing".to_owned()));
    }

    #[test]
    fn values_that_are_not_text_are_read_where_nothing_is_lost() {
        let decimal = |text| Value::Decimal(Decimal::parse(text).unwrap());
        assert_eq!(read(decimal("12.50")), Ok("12.50".to_owned()));
        assert_eq!(read(decimal("12.50")), Ok(12.5));
        assert_eq!(read(decimal("12.00")), Ok(12u8));
        assert_eq!(read::<u8>(decimal("12.50")), Err("not a whole number from 0 to 255".to_owned()));
        assert_eq!(read(Value::Float(3.0)), Ok(3i64));
        assert_eq!(read(Value::Int(-3)), Ok("-3".to_owned()));
        assert_eq!(read(Value::Date(Date::new(2024, 2, 29).unwrap())), Ok("2024-02-29".to_owned()));
    }

    #[test]
    fn a_fault_says_what_is_expected_and_never_the_value() {
        let text = Value::Text;
        assert_eq!(read::<u8>(text("256")).unwrap_err(), "not a whole number from 0 to 255");
        assert_eq!(read::<i8>(Value::Int(128)).unwrap_err(), "not a whole number from -128 to 127");
        assert_eq!(read::<f64>(text("NaN")).unwrap_err(), "not a number");
        assert_eq!(read::<bool>(text("yes")).unwrap_err(), "not true or false");
        assert_eq!(read::<char>(text("ab")).unwrap_err(), "not a single character");
        assert_eq!(read::<Stage>(text("secret")).unwrap_err(), "not one of: lead, won");
        assert_eq!(read::<()>(text("secret")).unwrap_err(), "text where unit is expected");
        assert_eq!(read::<Vec<u8>>(text("secret")).unwrap_err(), "a list cannot be read from one column");
        assert_eq!(
            read::<std::num::NonZeroU8>(text("0")).unwrap_err(),
            "not accepted where a nonzero u8 is expected"
        );
        assert_eq!(
            read::<HashMap<u8, u8>>(text("secret")).unwrap_err(),
            "a map cannot be read from one column"
        );
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Customer {
        name: String,
        #[serde(flatten)]
        rest: BTreeMap<String, Loose>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Loose {
        Number(i64),
        Text(String),
        Nothing,
    }

    #[test]
    fn where_serde_must_ask_text_stays_text() {
        let schema = Schema::text(["name", "id", "visits", "note"]).unwrap();
        let values = [Value::Text("Ann"), Value::Text("007"), Value::Int(3)];
        let customer: Customer = Record::of(schema, values).unwrap().deserialize().unwrap();
        assert_eq!(customer.rest["id"], Loose::Text("007".to_owned()));
        assert_eq!(customer.rest["visits"], Loose::Number(3));
        assert_eq!(customer.rest["note"], Loose::Nothing);
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only how it fails is looked at")]
    struct Misspelt {
        emial: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only how it fails is looked at")]
    struct Strict {
        #[serde(alias = "tel")]
        phone: String,
    }

    #[test]
    fn columns_and_fields_must_meet() {
        let record = Record::of(Schema::text(["phone", "email"]).unwrap(), ["1", "a@b.cn"]).unwrap();
        let fault = record.deserialize::<Misspelt>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "no column `emial`, did you mean `email`? The columns are: phone, email"
        );
        assert_eq!((fault.column_name(), fault.rule_name()), (Some("emial"), "type"));

        let fault = record.deserialize::<Strict>().unwrap_err();
        assert_eq!(fault.to_string(), "no field for this column. The fields are: phone, tel");
        assert_eq!(fault.column_name(), Some("email"));

        let record = Record::of(Schema::text(["tel", "phone"]).unwrap(), ["1", "2"]).unwrap();
        let fault = record.deserialize::<Strict>().unwrap_err();
        assert_eq!(fault.to_string(), "two columns for the same field");
        assert_eq!(fault.column_name(), Some("phone"));
    }

    #[test]
    fn a_record_is_also_a_map_a_list_and_a_tuple() {
        let record = Record::of(Schema::text(["id", "name"]).unwrap(), ["007", "Ann"]).unwrap();
        let map: HashMap<String, String> = record.deserialize().unwrap();
        assert_eq!((map["id"].as_str(), map["name"].as_str()), ("007", "Ann"));
        assert_eq!(record.deserialize::<Vec<&str>>().unwrap(), ["007", "Ann"]);
        assert_eq!(record.deserialize::<(u8, &str)>().unwrap(), (7, "Ann"));
        assert_eq!(
            record.deserialize::<(u8,)>().unwrap_err().to_string(),
            "2 columns where a tuple of size 1 is expected"
        );
        assert_eq!(record.deserialize::<u8>().unwrap_err().to_string(), "a record where u8 is expected");
    }
}
