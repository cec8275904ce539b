//! Rows compared across systems: the same value is written in the same way,
//! whatever a database makes of it.

use std::borrow::Cow;
use std::fmt::Write;

use twox_hash::XxHash3_64;

use crate::record::{DateTime, Record, Value};
use crate::schema::Kind;

/// A value as it is compared: without zeros that say nothing at the end of a
/// fraction, times with an offset in UTC, true and false as 1 and 0. `kind` is what
/// the target's column holds: a text that stands for such a value is taken for it.
/// Null and empty text are the same: nothing.
pub(crate) fn canonical<'v>(value: Value<'v>, kind: Kind) -> Cow<'v, str> {
    match (value, kind) {
        (Value::Null, _) => Cow::Borrowed(""),
        (Value::Text(text), Kind::Text | Kind::Any) => Cow::Borrowed(text),
        (Value::Text(text), kind) => match Value::parse(text, kind) {
            Ok(Value::Text(_)) | Err(_) => Cow::Borrowed(text),
            Ok(parsed) => Cow::Owned(canonical(parsed, kind).into_owned()),
        },
        (Value::Bool(value), Kind::Text) => Cow::Borrowed(if value { "true" } else { "false" }),
        (Value::Bool(value), _) => Cow::Borrowed(if value { "1" } else { "0" }),
        (Value::Decimal(decimal), _) => plain(decimal.as_str().into()),
        (Value::Float(_), _) => plain(value.to_string().into()),
        (Value::DateTime(time), _) => in_utc(time).into(),
        (value, _) => value.to_string().into(),
    }
}

/// A number without zeros at the end of its fraction.
fn plain(digits: Cow<'_, str>) -> Cow<'_, str> {
    if !digits.contains('.') || digits.contains(['e', 'E']) {
        return digits;
    }
    let kept = digits.trim_end_matches('0').trim_end_matches('.').len();
    match digits {
        Cow::Borrowed(digits) => Cow::Borrowed(&digits[..kept]),
        Cow::Owned(mut digits) => {
            digits.truncate(kept);
            Cow::Owned(digits)
        }
    }
}

fn in_utc(time: DateTime) -> String {
    const DAY: i64 = 86_400_000_000;
    let moved = || {
        let offset = time.offset()?;
        let micros = time.micros() - i64::from(offset) * 60_000_000;
        let date = time.date();
        let day = jiff::civil::date(date.year(), date.month() as i8, date.day() as i8);
        let day = day.checked_add(jiff::Span::new().days(micros.div_euclid(DAY))).ok()?;
        let date = crate::record::Date::new(day.year(), day.month() as u8, day.day() as u8)?;
        DateTime::new(date, micros.rem_euclid(DAY), Some(0))
    };
    moved().unwrap_or(time).to_string()
}

/// Whether two values are the same to a column of a kind.
pub(crate) fn same(one: Value<'_>, other: Value<'_>, kind: Kind) -> bool {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) if one == other => true,
        (Value::Int(one), Value::Int(other)) => one == other,
        _ => canonical(one, kind) == canonical(other, kind),
    }
}

/// Hashes rows, with the 64 bits of XXH3: they tell whether a row has changed, and keep nothing secret.
#[derive(Default)]
pub(crate) struct RowHash {
    bytes: Vec<u8>,
}

impl RowHash {
    /// The hash of the values at these positions, each with the kind of its column.
    pub fn of(&mut self, record: &Record, columns: impl Iterator<Item = (usize, Kind)>) -> u64 {
        self.bytes.clear();
        for (position, kind) in columns {
            let text = canonical(record.value(position), kind);
            self.bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
            self.bytes.extend_from_slice(text.as_bytes());
        }
        XxHash3_64::oneshot(&self.bytes)
    }
}

/// Columns and values as a JSON object, as the journal keeps them.
pub(crate) fn to_json<'v>(values: impl Iterator<Item = (&'v str, Value<'v>)>) -> String {
    let mut json = String::from("{");
    for (name, value) in values {
        let comma = if json.len() > 1 { "," } else { "" };
        let shown = match value {
            Value::Null => serde_json::Value::Null,
            value => serde_json::Value::String(value.to_string()),
        };
        // Writing into a string does not fail.
        let _ = write!(json, "{comma}{}:{shown}", serde_json::Value::String(name.to_owned()));
    }
    json + "}"
}

/// The columns and values of such an object, in its order.
pub(crate) fn from_json(json: &str) -> Option<Vec<(String, Option<String>)>> {
    struct Pairs(Vec<(String, Option<String>)>);
    impl<'de> serde::Deserialize<'de> for Pairs {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Pairs;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object of texts")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                    let mut pairs = Vec::new();
                    while let Some(pair) = map.next_entry()? {
                        pairs.push(pair);
                    }
                    Ok(Pairs(pairs))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_str::<Pairs>(json).ok().map(|pairs| pairs.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Decimal;

    #[test]
    fn the_same_value_is_written_in_the_same_way() {
        let decimal = |text| Value::Decimal(Decimal::parse(text).unwrap());
        assert_eq!(canonical(decimal("10.50"), Kind::Decimal), "10.5");
        assert_eq!(canonical(Value::Text("10.500"), Kind::Decimal), "10.5");
        assert_eq!(canonical(Value::Float(10.0), Kind::Decimal), "10");
        assert_eq!(canonical(Value::Text("10.50"), Kind::Text), "10.50");
        assert_eq!(canonical(Value::Bool(true), Kind::Int), "1");
        assert!(same(Value::Text("true"), Value::Int(1), Kind::Bool));
        let utc = canonical(Value::Text("2026-01-01T01:30:00+08:00"), Kind::DateTime).into_owned();
        assert!(same(Value::Text("2025-12-31T17:30:00Z"), Value::Text(&utc), Kind::DateTime), "{utc}");
        assert!(same(Value::Null, Value::Text(""), Kind::Text));
    }

    #[test]
    fn an_object_keeps_its_order() {
        let json =
            to_json([("b", Value::Text("x\"y")), ("a", Value::Null), ("n", Value::Int(7))].into_iter());
        assert_eq!(json, r#"{"b":"x\"y","a":null,"n":"7"}"#);
        let pairs = from_json(&json).unwrap();
        assert_eq!(pairs[0], ("b".to_owned(), Some("x\"y".to_owned())));
        assert_eq!(pairs[1], ("a".to_owned(), None));
    }
}
