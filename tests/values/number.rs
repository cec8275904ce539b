//! Numbers keep their value, however they are written, and come out in one alphabet.

use std::borrow::Cow;

use handover::Normalizer;
use handover::normalize::number::{DecimalMark, Number, money, number, percent};
use proptest::prelude::*;

/// Digits in groups of three.
fn grouped(whole: &str, separator: &str) -> String {
    let places = whole.len();
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (places - at).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

fn normalized(rule: &Number, text: &str) -> Result<String, String> {
    rule.normalize(text).map(Cow::into_owned).map_err(|fault| fault.to_string())
}

fn whole_number() -> impl Strategy<Value = String> {
    "[1-9][0-9]{0,30}|0"
}

proptest! {
    /// Every style, and every digit: also those that no binary number can hold.
    #[test]
    fn every_digit_is_kept(whole in whole_number(), decimals in "[0-9]{1,12}", negative: bool, style in 0..7usize) {
        let (thousands, mark, decided) = [
            (",", ".", DecimalMark::Point),
            (".", ",", DecimalMark::Comma),
            (" ", ",", DecimalMark::Comma),
            ("'", ".", DecimalMark::Point),
            ("\u{202F}", ",", DecimalMark::Comma),
            ("", ".", DecimalMark::Point),
            ("", ",", DecimalMark::Comma),
        ][style];
        let sign = if negative { "-" } else { "" };
        let text = format!("{sign}{}{mark}{decimals}", grouped(&whole, thousands));
        let zero = whole == "0" && decimals.bytes().all(|b| b == b'0');
        let exact = format!("{}{whole}.{decimals}", if zero { "" } else { sign });
        let rule = number().decimal(decided);
        let written = rule.normalize(&text).unwrap();
        // Three decimals behind a decimal comma get a fourth, so that no reader takes them for thousands.
        let clear = decided == DecimalMark::Comma && decimals.len() == 3 && whole != "0" && whole.len() <= 3;
        prop_assert_eq!(&*written, if clear { format!("{exact}0") } else { exact });
        prop_assert_eq!(normalized(&rule, &written), Ok(written.into_owned()));
    }

    #[test]
    fn powers_of_ten_move_the_point_only(whole in "[1-9][0-9]{0,3}", decimals in "[0-9]{1,2}") {
        for (unit, power) in [("k", 3), ("万", 4), ("M", 6), ("亿", 8), ("E+9", 9)] {
            let zeros = "0".repeat(power - decimals.len());
            let written = normalized(&number(), &format!("{whole}.{decimals}{unit}"));
            prop_assert_eq!(written, Ok(format!("{whole}{decimals}{zeros}")));
        }
    }

    /// Only what the documentation says comes out, whatever goes in.
    #[test]
    fn output_is_digits_point_and_minus(text in "[-0-9.,' ()%$€￥元万亿kKmE+一二三十百千零点USDCNY]{0,16}") {
        let plain = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-'));
        for rule in [number(), percent(), money().amount()] {
            if let Ok(written) = rule.normalize(&text) {
                prop_assert!(plain(&written), "{} of {:?}", written, text);
                prop_assert_eq!(normalized(&rule, &written), Ok(written.into_owned()));
            }
        }
        if let Ok(written) = money().normalize(&text) {
            let amount = written.split_once(' ').map_or(&*written, |(_, amount)| amount);
            prop_assert!(plain(amount), "{} of {:?}", written, text);
            prop_assert_eq!(normalized(&money(), &written), Ok(written.into_owned()));
        }
    }

    #[test]
    fn chinese_numerals_say_what_they_are_made_of(number_said in 1u64..1_000_000_000) {
        let said = in_chinese(number_said);
        prop_assert_eq!(normalized(&number(), &said), Ok(number_said.to_string()), "{}", said);
    }
}

/// As a person would say it: `三万零五`.
fn in_chinese(number: u64) -> String {
    fn section(number: u64, out: &mut String) {
        let mut gap = false;
        for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            match number / unit % 10 {
                0 => gap = true,
                digit => {
                    if gap && !out.is_empty() && !out.ends_with('零') {
                        out.push('零');
                    }
                    gap = false;
                    out.push("零一二三四五六七八九".chars().nth(digit as usize).unwrap());
                    out.push_str(name);
                }
            }
        }
    }
    let mut out = String::new();
    for (unit, name) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let part = number / unit % 10_000;
        if part > 0 {
            section(part, &mut out);
            out.push_str(name);
        }
    }
    out
}
