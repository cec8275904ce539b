//! From any serde struct to a record.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeStruct, Serializer};

use super::mismatch::Mismatch;
use super::{Decimal, Record, Value};
use crate::error::Fault;
use crate::schema::Schema;

impl Record {
    /// A record of a struct or a map, by the names of the columns; see [`fill`](Self::fill).
    ///
    /// ```
    /// use handover::{Record, Schema, Value};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Customer {
    ///     id: String,
    ///     visits: u32,
    ///     email: Option<String>,
    /// }
    ///
    /// let schema = Schema::text(["id", "email", "visits"])?;
    /// let customer = Customer { id: "007".into(), visits: 12, email: None };
    /// let record = Record::from_serialize(&schema, &customer)?;
    /// assert!(record.values().eq([Value::Text("007"), Value::Null, Value::Int(12)]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_serialize(schema: &Arc<Schema>, value: &(impl Serialize + ?Sized)) -> Result<Self, Fault> {
        let mut record = Record::new(Arc::clone(schema));
        record.fill(value)?;
        Ok(record)
    }

    /// Writes the fields of a struct, or the entries of a map, into the columns
    /// of the same names. Columns without a field stay as they are.
    ///
    /// `None` becomes null, enums without fields become their names, and whole
    /// numbers beyond 64 bits with a sign become decimals. A field without a
    /// column is a fault, and so are lists, bytes and structs within the struct:
    /// a column holds one value. The fault's rule is `type`, it names the column,
    /// and the fields before it have been written.
    pub fn fill(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        value
            .serialize(Fields { record: self, key: None, next: 0 })
            .map_err(|mismatch| mismatch.into_fault(&self.schema))
    }
}

/// The type of the ways that are closed.
type Closed<T> = Impossible<T, Mismatch>;

macro_rules! refuse {
    ($message:expr; $($method:ident<$ok:ident>($($argument:ty),*)),* $(,)?) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Self::$ok, Mismatch> {
            Err(Mismatch::new($message))
        }
    )*};
}

macro_rules! refuse_variants {
    ($message:expr) => {
        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<Self::Ok, Mismatch> {
            Err(Mismatch::new($message))
        }

        refuse! { $message;
            serialize_tuple_variant<SerializeTupleVariant>(&'static str, u32, &'static str, usize),
            serialize_struct_variant<SerializeStructVariant>(&'static str, u32, &'static str, usize),
        }
    };
}

const NOT_A_STRUCT: &str = "neither a struct nor a map";
const A_LIST: &str = "a list does not fit into one column";
const A_STRUCT: &str = "a struct does not fit into one column";
const A_VARIANT: &str = "an enum variant with fields does not fit into one column";

/// Takes the fields of a struct, or the entries of a map.
struct Fields<'a> {
    record: &'a mut Record,
    key: Option<String>,
    /// Where the next field most likely goes: fields often come in the order of the columns.
    next: usize,
}

impl Fields<'_> {
    fn put(&mut self, name: Cow<'static, str>, value: &(impl Serialize + ?Sized)) -> Result<(), Mismatch> {
        let schema = &self.record.schema;
        let expected = schema.fields().get(self.next).is_some_and(|field| **field.name() == *name);
        let found = if expected { Some(self.next) } else { schema.find(&name) };
        let Some(position) = found else { return Err(Mismatch::NoColumn(name)) };
        self.next = position + 1;
        value
            .serialize(One(|value: Value<'_>| self.record.set_value(position, value)))
            .map_err(|mismatch| mismatch.column(self.record.schema.name(position)))
    }
}

impl Serializer for Fields<'_> {
    type Ok = ();
    type Error = Mismatch;
    type SerializeSeq = Closed<()>;
    type SerializeTuple = Closed<()>;
    type SerializeTupleStruct = Closed<()>;
    type SerializeTupleVariant = Closed<()>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Closed<()>;

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Mismatch> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Mismatch> {
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Mismatch> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Mismatch> {
        value.serialize(self)
    }

    refuse! { NOT_A_STRUCT;
        serialize_bool<Ok>(bool), serialize_i8<Ok>(i8), serialize_i16<Ok>(i16), serialize_i32<Ok>(i32),
        serialize_i64<Ok>(i64), serialize_i128<Ok>(i128), serialize_u8<Ok>(u8), serialize_u16<Ok>(u16),
        serialize_u32<Ok>(u32), serialize_u64<Ok>(u64), serialize_u128<Ok>(u128), serialize_f32<Ok>(f32),
        serialize_f64<Ok>(f64), serialize_char<Ok>(char), serialize_str<Ok>(&str), serialize_bytes<Ok>(&[u8]),
        serialize_none<Ok>(), serialize_unit<Ok>(), serialize_unit_struct<Ok>(&'static str),
        serialize_unit_variant<Ok>(&'static str, u32, &'static str),
        serialize_seq<SerializeSeq>(Option<usize>), serialize_tuple<SerializeTuple>(usize),
        serialize_tuple_struct<SerializeTupleStruct>(&'static str, usize),
    }
    refuse_variants!(NOT_A_STRUCT);
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Mismatch;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Mismatch> {
        self.put(Cow::Borrowed(name), value)
    }

    fn end(self) -> Result<(), Mismatch> {
        Ok(())
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = ();
    type Error = Mismatch;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Mismatch> {
        self.key = Some(key.serialize(One(|name: Value<'_>| name.to_string()))?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Mismatch> {
        match self.key.take() {
            Some(name) => self.put(Cow::Owned(name), value),
            None => Err(Mismatch::new("a map's value came before its key")),
        }
    }

    fn end(self) -> Result<(), Mismatch> {
        Ok(())
    }
}

/// Takes one value, and hands it on.
struct One<F>(F);

impl<R, F: FnOnce(Value<'_>) -> R> One<F> {
    fn put<'v>(self, value: impl Into<Value<'v>>) -> Result<R, Mismatch> {
        Ok((self.0)(value.into()))
    }

    fn put_whole(self, number: impl TryInto<i64> + Display + Copy) -> Result<R, Mismatch> {
        match number.try_into() {
            Ok(number) => self.put(Value::Int(number)),
            Err(_) => self.put(Decimal::parse(&number.to_string())),
        }
    }
}

macro_rules! whole_numbers {
    ($($method:ident $type:ty),*) => {$(
        fn $method(self, number: $type) -> Result<R, Mismatch> {
            self.put_whole(number)
        }
    )*};
}

impl<R, F: FnOnce(Value<'_>) -> R> Serializer for One<F> {
    type Ok = R;
    type Error = Mismatch;
    type SerializeSeq = Closed<R>;
    type SerializeTuple = Closed<R>;
    type SerializeTupleStruct = Closed<R>;
    type SerializeTupleVariant = Closed<R>;
    type SerializeMap = Closed<R>;
    type SerializeStruct = Closed<R>;
    type SerializeStructVariant = Closed<R>;

    whole_numbers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_u128 u128
    }

    fn serialize_bool(self, value: bool) -> Result<R, Mismatch> {
        self.put(value)
    }

    fn serialize_f32(self, value: f32) -> Result<R, Mismatch> {
        // By way of its digits, so that 0.1 stays 0.1 and does not become 0.10000000149011612.
        self.put(value.to_string().parse().unwrap_or(f64::from(value)))
    }

    fn serialize_f64(self, value: f64) -> Result<R, Mismatch> {
        self.put(value)
    }

    fn serialize_char(self, value: char) -> Result<R, Mismatch> {
        self.put(&*value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<R, Mismatch> {
        self.put(value)
    }

    fn serialize_none(self) -> Result<R, Mismatch> {
        self.put(Value::Null)
    }

    fn serialize_unit(self) -> Result<R, Mismatch> {
        self.put(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<R, Mismatch> {
        self.put(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<R, Mismatch> {
        self.put(variant)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<R, Mismatch> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<R, Mismatch> {
        value.serialize(self)
    }

    refuse! { "bytes are not text"; serialize_bytes<Ok>(&[u8]) }
    refuse! { A_LIST;
        serialize_seq<SerializeSeq>(Option<usize>), serialize_tuple<SerializeTuple>(usize),
        serialize_tuple_struct<SerializeTupleStruct>(&'static str, usize),
    }
    refuse! { A_STRUCT;
        serialize_map<SerializeMap>(Option<usize>), serialize_struct<SerializeStruct>(&'static str, usize),
    }
    refuse_variants!(A_VARIANT);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Customer {
        name: String,
        email: Option<String>,
        balance: i64,
        level: Option<u8>,
        rating: f64,
        weight: f32,
        active: bool,
        initial: char,
        huge: u128,
        stage: Stage,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Stage {
        FirstContact,
        Won,
    }

    prop_compose! {
        fn customer()(
            (name, email) in any::<(String, Option<String>)>(),
            (balance, level, huge) in any::<(i64, Option<u8>, u128)>(),
            rating in proptest::num::f64::ANY.prop_filter("equal to itself", |n| !n.is_nan()),
            weight in proptest::num::f32::ANY.prop_filter("equal to itself", |n| !n.is_nan()),
            (active, initial) in any::<(bool, char)>(),
            stage in prop::sample::select(vec![Stage::FirstContact, Stage::Won]),
        ) -> Customer {
            Customer { name, email, balance, level, rating, weight, active, initial, huge, stage }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(customer in customer()) {
            let schema = Schema::of::<Customer>().unwrap();
            let record = Record::from_serialize(&schema, &customer).unwrap();
            prop_assert_eq!(&record.deserialize::<Customer>().unwrap(), &customer);

            // As after a file of text, except that text files do not tell empty from null.
            let texts: Vec<String> = record.values().map(|value| value.to_string()).collect();
            let values = record.values().zip(&texts).map(|(value, text)| (!value.is_null()).then_some(text));
            let as_text = Record::of(schema, values).unwrap();
            if customer.rating.is_finite() && customer.weight.is_finite() {
                prop_assert_eq!(as_text.deserialize::<Customer>().unwrap(), customer);
            }
        }
    }

    fn fill(value: &impl Serialize) -> (String, Option<String>) {
        let mut record = Record::new(Schema::text(["id", "email"]).unwrap());
        let fault = record.fill(value).unwrap_err();
        assert_eq!(fault.rule_name(), "type");
        (fault.to_string(), fault.column_name().map(str::to_owned))
    }

    #[derive(Serialize)]
    struct Of<T> {
        id: T,
    }

    #[test]
    fn values_keep_their_kinds() {
        let schema = Schema::text(["id"]).unwrap();
        let written = |value: &dyn Fn(&mut Record)| {
            let mut record = Record::new(Arc::clone(&schema));
            value(&mut record);
            format!("{:?}", record.value(0))
        };
        assert_eq!(written(&|r| r.fill(&Of { id: 7u8 }).unwrap()), "Int(7)");
        assert_eq!(
            written(&|r| r.fill(&Of { id: u64::MAX }).unwrap()),
            "Decimal(Decimal(\"18446744073709551615\"))"
        );
        assert_eq!(written(&|r| r.fill(&Of { id: 0.1f32 }).unwrap()), "Float(0.1)");
        assert_eq!(written(&|r| r.fill(&Of { id: Stage::FirstContact }).unwrap()), "Text(\"first-contact\")");
        assert_eq!(written(&|r| r.fill(&Of { id: Some(()) }).unwrap()), "Null");
        assert_eq!(written(&|r| r.fill(&Of { id: "" }).unwrap()), "Text(\"\")");
    }

    #[test]
    fn filling_leaves_the_other_columns_alone() {
        let mut record = Record::of(Schema::text(["id", "email"]).unwrap(), ["1", "a@b.cn"]).unwrap();
        record.fill(&BTreeMap::from([("id", 2)])).unwrap();
        assert!(record.values().eq([Value::Int(2), Value::Text("a@b.cn")]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let in_id = |message: &str| (message.to_owned(), Some("id".to_owned()));
        assert_eq!(fill(&Of { id: ["secret"] }), in_id("a list does not fit into one column"));
        assert_eq!(fill(&Of { id: Of { id: "secret" } }), in_id("a struct does not fit into one column"));
        assert_eq!(
            fill(&Of { id: Ok::<_, ()>("secret") }),
            in_id("an enum variant with fields does not fit into one column")
        );
        assert_eq!(fill(&"secret"), ("neither a struct nor a map".to_owned(), None));
        assert_eq!(
            fill(&BTreeMap::from([("emial", "secret")])),
            (
                "no column `emial`, did you mean `email`? The columns are: id, email".to_owned(),
                Some("emial".to_owned())
            )
        );
    }
}
