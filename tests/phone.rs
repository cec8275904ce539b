//! Phone numbers against libphonenumber's own answers.

use handover::normalize::phone::{ParsedPhone, PhoneParser};
#[cfg(feature = "phone")]
use handover::{Normalizer, normalize::Phone};

use crate::common::shared;

struct Case {
    raw: String,
    region: Option<String>,
    /// What libphonenumber reads, if it is a valid number.
    truth: Option<ParsedPhone>,
}

fn cases() -> Option<Vec<Case>> {
    let path = shared("phone/phone_truth_dev.csv")?;
    let text = |field: &str| Some(field.to_owned()).filter(|field| !field.is_empty());
    let case = |row: csv::StringRecord| Case {
        raw: row[0].to_owned(),
        region: text(&row[1]),
        truth: (&row[3] == "true").then(|| ParsedPhone { e164: row[2].to_owned(), extension: text(&row[5]) }),
    };
    Some(csv::Reader::from_path(path).unwrap().records().map(|row| case(row.unwrap())).collect())
}

/// The shares, in percent, of cases whose validity is judged as libphonenumber
/// does, and of valid numbers that are read as it reads them. Prints the first misses.
fn agreement(cases: &[Case], parser: impl PhoneParser) -> (f64, f64) {
    let (mut judged, mut valid, mut read, mut misses) = (0, 0, 0, Vec::new());
    for case in cases {
        let found = parser.parse(&case.raw, case.region.as_deref()).ok();
        judged += usize::from(found.is_some() == case.truth.is_some());
        valid += usize::from(case.truth.is_some());
        read += usize::from(case.truth.is_some() && found == case.truth);
        if found != case.truth {
            misses.push(format!("{:?} {:?}: {:?}, is {found:?}", case.raw, case.region, case.truth));
        }
    }
    misses.iter().take(20).for_each(|miss| println!("{miss}"));
    let share = |part, whole| 100.0 * part as f64 / whole as f64;
    let (judged, read) = (share(judged, cases.len()), share(read, valid));
    println!("{} misses; validity {judged:.2} %, number and extension {read:.2} %", misses.len());
    (judged, read)
}

#[cfg(feature = "phone")]
#[test]
fn rlib_answers_as_libphonenumber_does() {
    let Some(cases) = cases() else { return };
    let (judged, read) = agreement(&cases, handover::normalize::phone::Rlib);
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

/// What a person reads as an extension and libphonenumber does not.
#[cfg(feature = "phone")]
#[test]
fn extensions_behind_words_of_other_languages_are_read() {
    let Some(path) = shared("phone/phone_beyond_dev.csv") else { return };
    let (mut asked, mut read) = (0, 0);
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (raw, region, number, extension) = (&row[0], &row[1], &row[2], &row[3]);
        if !["cn_ext_", "tw_ext_", "jp_ext_", "kr_ext"].iter().any(|kind| row[6].starts_with(kind)) {
            continue;
        }
        asked += 1;
        let expected = format!("{number};ext={extension}");
        match Phone::region(region).normalize(raw) {
            Ok(found) if found == expected => read += 1,
            found => println!("{raw:?} {region}: {expected}, is {found:?}"),
        }
    }
    let share = 100.0 * f64::from(read) / f64::from(asked);
    println!("{read} of {asked} extensions read, {share:.1} %");
    assert!(asked > 400 && share >= 99.0);
}
