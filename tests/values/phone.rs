//! Phone numbers against libphonenumber's own answers, and against what people read.

use std::collections::BTreeMap;

use handover::normalize::phone::PhoneParser;
#[cfg(feature = "phone")]
use handover::normalize::phone::Rlib;
#[cfg(feature = "phone")]
use handover::{Normalizer, normalize::Phone};

use crate::common::shared;

struct Case {
    raw: String,
    region: Option<String>,
    /// How libphonenumber writes the number that it reads, with its extension; none if it is not valid.
    truth: Option<String>,
    /// The number that the text was made from.
    meant: Option<String>,
    kind: String,
}

fn text(field: &str) -> Option<String> {
    Some(field.to_owned()).filter(|field| !field.is_empty())
}

fn written(e164: &str, extension: &str) -> String {
    match extension {
        "" => e164.to_owned(),
        extension => format!("{e164};ext={extension}"),
    }
}

fn cases() -> Option<Vec<Case>> {
    let path = shared("phone/phone_truth_dev.csv")?;
    let case = |row: csv::StringRecord| Case {
        raw: row[0].to_owned(),
        region: text(&row[1]),
        truth: (&row[3] == "true").then(|| written(&row[2], &row[5])),
        meant: text(&row[9]),
        kind: row[8].to_owned(),
    };
    Some(csv::Reader::from_path(path).unwrap().records().map(|row| case(row.unwrap())).collect())
}

/// The shares, in percent, of cases whose validity is judged as libphonenumber
/// does, and of valid numbers that are read as it reads them. Prints the first misses.
fn agreement(cases: &[Case], parser: impl PhoneParser) -> (f64, f64) {
    let (mut judged, mut valid, mut read, mut misses) = (0, 0, 0, Vec::new());
    for case in cases {
        let found = parser.parse(&case.raw, case.region.as_deref()).ok();
        let found = found.map(|phone| written(&phone.e164, phone.extension.as_deref().unwrap_or_default()));
        judged += usize::from(found.is_some() == case.truth.is_some());
        valid += usize::from(case.truth.is_some());
        read += usize::from(case.truth.is_some() && found == case.truth);
        if found != case.truth {
            misses.push(format!("{:?} {:?}: {:?}, is {found:?}", case.raw, case.region, case.truth));
        }
    }
    misses.iter().take(20).for_each(|miss| println!("{miss}"));
    let (judged, read) = (share(judged, cases.len()), share(read, valid));
    println!("{} misses; validity {judged:.2} %, number and extension {read:.2} %", misses.len());
    (judged, read)
}

fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[cfg(feature = "phone")]
#[test]
fn rlib_answers_as_libphonenumber_does() {
    let Some(cases) = cases() else { return };
    let (judged, read) = agreement(&cases, Rlib);
    assert!(judged >= 99.9 && read >= 99.9);
}

/// A sample, because numbers of mixed regions take this crate over 10 ms each in a debug build.
#[cfg(feature = "phonenumber")]
#[test]
fn phonenumber_mostly_answers_as_libphonenumber_does() {
    let Some(cases) = cases() else { return };
    let sample: Vec<_> = cases.into_iter().step_by(100).collect();
    let (judged, read) = agreement(&sample, handover::normalize::phone::Phonenumber);
    assert!(judged >= 90.0 && read >= 90.0);
}

/// What a person reads in a text of these kinds, and libphonenumber does not
/// or reads otherwise: the number that it was made from, with this extension.
#[cfg(feature = "phone")]
const PEOPLE_READ: [(&str, &str); 12] = [
    ("double_zero", ""),
    ("double_zero_spaced", ""),
    ("ext_fullwidth", "123"),
    ("ext_ramal", "12"),
    ("ext_semicolon_x", "12"),
    ("inv_float_suffix", ""),
    ("inv_two_numbers_slash", ""),
    ("junk_trailing", ""),
    ("junk_trailing_name", ""),
    ("narrow_nbsp", ""),
    ("trunk_zero", ""),
    ("trunk_zero_bare", ""),
];

/// Where digits are lost.
#[cfg(feature = "phone")]
const NOBODY_READS: [&str; 3] = ["inv_excel_exponent", "inv_masked_star", "inv_masked_x"];

/// What a person reads in a text.
#[cfg(feature = "phone")]
fn expected(case: &Case) -> Option<String> {
    let nowhere = case.region.is_none() && !case.raw.contains('+');
    if nowhere || NOBODY_READS.contains(&&*case.kind) {
        return case.truth.clone().filter(|_| nowhere);
    }
    let Some((_, extension)) = PEOPLE_READ.iter().find(|(kind, _)| *kind == case.kind) else {
        return case.truth.clone();
    };
    // In Italy the zero is dialled; where both can be meant, libphonenumber decides.
    if case.kind.starts_with("trunk_zero") && case.truth.is_some() {
        return case.truth.clone();
    }
    let meant = case.meant.as_deref().filter(|meant| Rlib.parse(meant, None).is_ok());
    meant.map(|meant| written(meant, extension))
}

#[cfg(feature = "phone")]
#[test]
fn people_and_libphonenumber_are_agreed_with() {
    let Some(cases) = cases() else { return };
    let mut kinds: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut wrong = 0;
    for case in &cases {
        let rule = case.region.as_deref().map_or_else(Phone::international, Phone::region);
        let found = rule.normalize(&case.raw).ok().map(std::borrow::Cow::into_owned);
        let expected = expected(case);
        let [asked, right, otherwise] = kinds.entry(&case.kind).or_default();
        *asked += 1;
        *right += usize::from(found == expected);
        *otherwise += usize::from(expected != case.truth);
        if found != expected {
            wrong += 1;
            println!(
                "{} {:?} {:?}: {expected:?}, is {found:?}, lib {:?}",
                case.kind, case.raw, case.region, case.truth
            );
        }
    }
    println!("{:<34}{:>7}{:>7}{:>9}   otherwise than libphonenumber", "kind", "asked", "right", "share");
    for (kind, [asked, right, otherwise]) in &kinds {
        println!("{kind:<34}{asked:>7}{right:>7}{:>9.2}{otherwise:>8}", share(*right, *asked));
    }
    let share = share(cases.len() - wrong, cases.len());
    println!("{wrong} of {} otherwise, {share:.3} % right", cases.len());
    assert!(share >= 99.95);
}

/// What people write and libphonenumber refuses.
#[cfg(feature = "phone")]
#[test]
fn what_people_write_is_read() {
    let Some(path) = shared("phone/phone_beyond_dev.csv") else { return };
    const JUDGEMENT: [&str; 3] = ["dash_ext", "letter_o_zero", "name_suffix"];
    let mut kinds: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let (mut all_asked, mut all_right, mut invented) = (0, 0, 0);
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (raw, region, number, extension, kind) = (&row[0], &row[1], &row[2], &row[3], &row[6]);
        let found = Phone::region(region).normalize(raw).ok().map(std::borrow::Cow::into_owned);
        let first = found.as_deref().map(|found| found.split("; ").next().unwrap_or_default());
        let expected = text(number).map(|number| written(&number, extension));
        let right = first == expected.as_deref();
        invented += usize::from(expected.is_none() && found.is_some());
        let [kind_asked, kind_right] = kinds.entry(kind.to_owned()).or_default();
        *kind_asked += 1;
        *kind_right += usize::from(right);
        if !JUDGEMENT.contains(&kind) {
            all_asked += 1;
            all_right += usize::from(right);
        }
        if !right || (kind.starts_with("two_") != found.as_deref().is_some_and(|found| found.contains("; ")))
        {
            println!("{kind} {raw:?} {region}: {expected:?}, is {found:?}");
        }
    }
    println!("{:<24}{:>7}{:>7}{:>9}", "kind", "asked", "right", "share");
    for (kind, [asked, right]) in &kinds {
        println!("{kind:<24}{asked:>7}{right:>7}{:>9.2}", share(*right, *asked));
    }
    let share = share(all_right, all_asked);
    println!("{share:.2} % of {all_asked}, {invented} invented");
    assert!(share >= 97.0 && invented == 0);
}

/// Every format is read again as the same, of every number that libphonenumber finds valid.
#[cfg(feature = "phone")]
#[test]
fn every_format_is_idempotent() {
    use handover::normalize::phone::PhoneFormat::{E164, International, National, Rfc3966};

    let Some(cases) = cases() else { return };
    let mut wrong = 0;
    for case in cases.iter().filter(|case| case.truth.is_some()).step_by(9) {
        for format in [E164, International, National, Rfc3966] {
            let rule = case.region.as_deref().map_or_else(Phone::international, Phone::region).format(format);
            let Ok(once) = rule.normalize(&case.raw) else { continue };
            let twice = rule.normalize(&once);
            if twice.as_deref() != Ok(&once) {
                wrong += 1;
                println!("{format:?} {:?} {:?}: {once:?}, then {twice:?}", case.raw, case.region);
            }
        }
    }
    assert_eq!(wrong, 0);
}

#[cfg(feature = "phone")]
mod laws {
    use handover::normalize::named;
    use proptest::prelude::*;

    use crate::common::cases;

    const REGIONS: [&str; 8] = ["CN", "DE", "US", "GB", "BR", "IT", "AR", "HK"];

    /// What stands in phone fields: numbers, pieces of numbers, words and marks.
    fn phone_like() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[0-9]{1,12}",
            "\\+?[0-9]{1,3} ?\\(?0?\\)?[0-9]{2,4}[ -]?[0-9]{3,8}",
            "1[35][0-9]{9}",
            "(010-|\\+861|0086 1|20[12]-)[0-9]{7,10}",
            "[-+()./~#*_;,、／ \n]{1,3}",
            "(ext|ext\\.|x|#|转|分机|内線|доб\\.|ramal|;ext=|tel:|Tel|手机|手机2：|\\(work\\)|或| or |xx|\\*\\*)",
            "(\\.0|E\\+10|%2B|&#43;|00|O|o|[٠-٩]{3,8}|[０-９]{3,8}|[A-Z]{1,7})",
        ];
        prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
    }

    /// The decimal digits of the scripts that the strategy writes.
    fn digits(text: &str) -> Vec<u32> {
        let digit = |c: char| match c {
            '٠'..='٩' => Some(u32::from(c) - u32::from('٠')),
            '０'..='９' => Some(u32::from(c) - u32::from('０')),
            'o' | 'O' => Some(0),
            _ => c.to_digit(10),
        };
        text.chars().filter_map(digit).collect()
    }

    proptest! {
        #![proptest_config(cases(1000))]

        /// Written once is written for good, in every format.
        #[test]
        fn every_format_is_idempotent(text in phone_like(), region in 0..REGIONS.len()) {
            for options in ["", ",national", ",international", ",rfc3966", ",key"] {
                let rule = named(&format!("phone:{}{options}", REGIONS[region])).unwrap();
                let Ok(once) = rule.normalize(&text) else { continue };
                let twice = rule.normalize(&once);
                prop_assert_eq!(twice.as_deref(), Ok(&*once), "{}{} of {:?}", REGIONS[region], options, text);
            }
        }

        /// E.164 is a plus sign and digits, extensions are digits, and nothing else is written.
        #[test]
        fn e164_is_digits(text in phone_like(), region in 0..REGIONS.len()) {
            let rule = named(&format!("phone:{}", REGIONS[region])).unwrap();
            let Ok(found) = rule.normalize(&text) else { return Ok(()) };
            for number in found.split("; ") {
                let (number, extension) = number.split_once(";ext=").unwrap_or((number, "0"));
                let number = number.strip_prefix('+').unwrap_or_default();
                for digits in [number, extension] {
                    prop_assert!(!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()), "{}", found);
                }
            }
        }

        /// But for the country code, all digits of a number stand in the text, in order. Letters
        /// aside, which may stand for digits, and Argentina, where a 9 is put in and a 15 left out.
        #[test]
        fn no_digit_is_invented(text in phone_like(), region in 0..REGIONS.len()) {
            prop_assume!(text.chars().filter(char::is_ascii_alphabetic).count() < 3);
            let rule = named(&format!("phone:{}", REGIONS[region])).unwrap();
            let Ok(found) = rule.normalize(&text) else { return Ok(()) };
            let given = digits(&text);
            for number in found.split("; ").filter(|number| !number.starts_with("+54")) {
                let mut left = given.iter();
                let written = digits(number).into_iter().skip(3);
                let all = written.into_iter().all(|digit| left.any(|found| *found == digit));
                prop_assert!(all, "{} of {:?}", found, text);
            }
        }
    }
}
