//! The laws that every rule of the catalogue keeps, whatever it is given.

use handover::normalize::{catalogue, named};
use proptest::prelude::*;

use crate::common::cases;

/// Text of the kinds that meet in one cell, and the inputs of the case tables cut up.
pub fn messy_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,8}",
        "[0-9+()./: -]{0,16}",
        "[ａ-ｚ０-９＠．　ｱ-ﾟ一-龥가-힣а-яà-ÿ]{0,6}",
        "[\u{300}-\u{304}\u{200B}-\u{200F}\u{202A}\u{FEFF}\u{A0}\u{3099}\u{1100}-\u{1175}\t\r\n\u{0}]{0,4}",
        "[a-z.]{1,5}@[a-zA-Zü-]{1,5}\\.[a-z]{2}",
        "[零一二三四五六七八九十年月日号万亿元省市区县公司有限先生]{1,6}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// Whether a message holds what is somebody's: four digits in a row, or two Chinese characters.
fn tells(said: &str, text: &str) -> bool {
    let runs = |is: fn(char) -> bool, least: usize| {
        text.split(move |c| !is(c))
            .filter(move |run| run.chars().count() >= least)
            .any(|run| said.contains(run))
    };
    runs(|c| c.is_ascii_digit(), 4) || runs(|c| matches!(c, '一'..='龥'), 2)
}

proptest! {
    #![proptest_config(cases(3000))]

    /// None panics, what is written is not written again otherwise, and a
    /// message tells nothing of the value.
    #[test]
    fn every_rule_is_idempotent_and_discreet(text in messy_text()) {
        for entry in catalogue() {
            for asked in [entry.name, entry.example[0]] {
                let rule = named(asked).unwrap();
                let once = match rule.normalize(&text) {
                    Ok(once) => once,
                    Err(fault) => {
                        let said = fault.to_string();
                        prop_assert!(!tells(&said, &text), "{} of {:?}: {}", asked, text, said);
                        continue;
                    }
                };
                if !once.is_empty() {
                    let twice = rule.normalize(&once);
                    prop_assert_eq!(twice.as_deref(), Ok(&*once), "{} of {:?}", asked, text);
                }
            }
        }
    }
}
