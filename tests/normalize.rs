//! The laws that every stock normalizer keeps.

use std::borrow::Cow;
use std::process::Command;

use handover::Normalizer;
use handover::normalize::{
    Email, apply, collapse_space, empty_to_null, fold_width, lowercase, nfc, nfkc, strip_control, trim,
    truncate_bytes, truncate_chars, uppercase,
};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::common::{cases, shared};

fn stock() -> Vec<Box<dyn Normalizer>> {
    vec![
        trim(),
        collapse_space(),
        strip_control(),
        nfc(),
        nfkc(),
        fold_width(),
        lowercase(),
        uppercase(),
        empty_to_null(),
        truncate_chars(5),
        truncate_bytes(5),
        Box::new(Email::new()),
        #[cfg(any(feature = "phone", feature = "phonenumber"))]
        handover::normalize::phone("CN"),
    ]
}

/// Text of the kinds that meet in one cell: scripts, marks, invisible
/// characters, things that look like addresses and numbers.
fn messy_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,6}",
        "[ａ-ｚ０-９＠．　ｱ-ﾟ一-龥가-힣а-яà-ÿ]{0,6}",
        "[\u{300}-\u{304}\u{200B}-\u{200F}\u{202A}\u{FEFF}\u{A0}\u{3099}\u{1100}-\u{1175}\t\r\n\u{0}]{0,4}",
        "[0-9+() -]{0,14}",
        "[a-z.]{1,5}@[a-zA-Zü-]{1,5}\\.[a-z]{2}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(2000))]

    /// None panics, each is done after once, and what is unchanged is borrowed.
    #[test]
    fn every_rule_is_idempotent_and_borrows(text in messy_text()) {
        for rule in stock() {
            let Ok(once) = rule.normalize(&text) else { continue };
            if once == text.as_str() {
                prop_assert!(matches!(once, Cow::Borrowed(_)), "{} copies {text:?}", rule.name());
            } else if !once.is_empty() {
                let twice = rule.normalize(&once);
                prop_assert_eq!(twice.as_deref(), Ok(&*once), "{} of {:?}", rule.name(), text);
            }
        }
    }

    /// The fast paths answer as the definitions do.
    #[test]
    fn the_forms_are_those_of_unicode(text in messy_text()) {
        prop_assert_eq!(apply(&[nfc()], &text).unwrap(), text.nfc().collect::<String>());
        prop_assert_eq!(apply(&[nfkc()], &text).unwrap(), text.nfkc().collect::<String>());
    }
}

/// Unicode's own conformance test: columns 1 to 3 have column 2 as their form
/// C, columns 4 and 5 have column 4; all have column 4 as their form KC.
#[test]
fn the_forms_pass_the_test_of_unicode() {
    let Some(path) = shared("unicode/NormalizationTest-15.0.0.txt.bz2") else { return };
    let Ok(unpacked) = Command::new("bzcat").arg(path).output() else {
        println!("skipped: bzcat is not here");
        return;
    };
    let mut tested = 0;
    for line in String::from_utf8(unpacked.stdout).unwrap().lines().filter(|line| line.contains(';')) {
        if line.starts_with('#') {
            continue;
        }
        let column = |points: &str| -> String {
            points
                .split(' ')
                .map(|point| char::from_u32(u32::from_str_radix(point, 16).unwrap()).unwrap())
                .collect()
        };
        let columns: Vec<String> = line.split(';').take(5).map(column).collect();
        for (number, text) in columns.iter().enumerate() {
            let form_c = &columns[if number < 3 { 1 } else { 3 }];
            assert_eq!(&apply(&[nfc()], text).unwrap(), form_c, "{line}");
            assert_eq!(apply(&[nfkc()], text).unwrap(), columns[3], "{line}");
        }
        tested += 1;
    }
    assert!(tested > 15_000);
}

#[cfg(any(feature = "phone", feature = "phonenumber"))]
#[test]
fn a_number_in_a_column_of_any_kind_is_normalized_as_it_is_shown() {
    use handover::normalize::trim;
    use handover::{Field, Kind, Pipeline, Record, Schema, Value, sink::Collect, source::Memory};
    let schema = Schema::new(["phone", "age"].map(|name| Field::new(name, Kind::Any))).unwrap();
    let row = Record::of(schema.clone(), [Value::Int(13800138000), Value::Int(41)]).unwrap();
    let mut out = Collect::new();
    Pipeline::from(Memory::new("sheet", schema, [row]))
        .normalize("phone", handover::normalize::phone("CN"))
        .normalize("age", trim())
        .to(&mut out)
        .run()
        .unwrap();
    let values: Vec<Value<'_>> = out.records()[0].values().collect();
    assert_eq!(values, [Value::Text("+8613800138000"), Value::Int(41)]);
}

/// Pads to the longest value of the column.
#[derive(Default)]
struct Padded(usize);

impl Normalizer for Padded {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, handover::Fault> {
        Ok(Cow::Owned(format!("{text:0>width$}", width = self.0)))
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("padded")
    }

    fn learn(&mut self, text: &str) {
        self.0 = self.0.max(text.len());
    }

    fn learns(&self) -> bool {
        true
    }

    fn learnt(&self) -> Option<String> {
        Some(format!("{} places, as the longest value has", self.0))
    }
}

#[test]
fn what_a_column_decides_is_learnt_before_the_run_and_told_after_it() {
    use handover::{Pipeline, Record, Schema, sink::Collect, source::Memory};
    let schema = Schema::text(["id", "code"]).unwrap();
    let rows = [["1", "7"], ["2", ""], ["3", "1234"]].map(|row| {
        Record::of(schema.clone(), row.map(|value| Some(value).filter(|value| !value.is_empty()))).unwrap()
    });
    let source = || Memory::new("codes", schema.clone(), rows.clone());
    let mut padded = Padded::default();
    handover::normalize::learn(&mut padded, source(), "code").unwrap();

    let mut out = Collect::new();
    let report = Pipeline::from(source()).normalize("code", padded).to(&mut out).run().unwrap();
    assert_eq!(out.records()[0].text("code").unwrap(), "0007");
    let learnt = "\nDecided by the whole column\n  code: padded: 4 places, as the longest value has\n";
    assert!(report.to_string().contains(learnt), "{report}");
    let mut deaf = handover::normalize::trim();
    handover::normalize::learn(&mut *deaf, source(), "nothing is read").unwrap();
    let error = handover::normalize::learn(&mut Padded::default(), source(), "cod").unwrap_err();
    assert_eq!(error.to_string(), "codes: no column `cod`, did you mean `code`? The columns are: id, code");
}
