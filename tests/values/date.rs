//! Dates: what the rules write is ISO 8601, and how often it is right.

use std::collections::BTreeMap;

use handover::normalize::named;
use handover::{Date, DateTime};
use proptest::prelude::*;

use crate::common::shared;

/// A row of the truth: what was written, how, and what it means (empty: no date).
struct Row {
    raw: String,
    hint: String,
    iso: String,
    source: String,
}

impl Row {
    fn all(path: &str) -> Option<Vec<Row>> {
        let table = csv::Reader::from_path(shared(path)?).unwrap().into_records();
        let row = |row: csv::StringRecord| {
            let [raw, hint, iso, source] = [0, 1, 2, 3].map(|at| row[at].to_owned());
            Row { raw, hint, iso, source }
        };
        Some(table.map(|record| row(record.unwrap())).collect())
    }

    fn hint(&self, key: &str) -> Option<&str> {
        self.hint.split(';').find_map(|hint| hint.strip_prefix(key)?.strip_prefix('='))
    }

    fn read(&self, options: &str) -> Result<String, String> {
        let rule = named(&format!("datetime:{options}")).unwrap();
        rule.normalize(&self.raw).map(|iso| iso.into_owned()).map_err(|fault| fault.to_string())
    }
}

/// Right, refused, wrong; and some of what is not right.
#[derive(Default)]
struct Score {
    right: usize,
    refused: usize,
    wrong: usize,
    misses: Vec<String>,
}

impl Score {
    fn asked(&self) -> usize {
        self.right + self.refused + self.wrong
    }

    fn share(&self) -> f64 {
        self.right as f64 / self.asked().max(1) as f64
    }

    fn count(&mut self, row: &Row, found: Result<String, String>, right: bool) {
        let count = match (&found, right) {
            (_, true) => &mut self.right,
            (Err(_), _) => &mut self.refused,
            (Ok(_), _) => &mut self.wrong,
        };
        *count += 1;
        if !right {
            let shown = found.unwrap_or_else(|fault| format!("({fault})"));
            self.misses.push(format!("    {:?} {} should be {:?}, is {shown}", row.raw, row.hint, row.iso));
        }
    }
}

fn report(title: &str, scores: &BTreeMap<String, Score>) -> Score {
    println!("\n{title:<44}{:>7}{:>7}{:>9}{:>7}{:>9}", "right", "asked", "refused", "wrong", "share");
    let mut sum = Score::default();
    for (name, score) in scores {
        let share = 100.0 * score.share();
        println!(
            "{name:<44}{:>7}{:>7}{:>9}{:>7}{share:>8.1}%",
            score.right,
            score.asked(),
            score.refused,
            score.wrong
        );
        sum.right += score.right;
        sum.refused += score.refused;
        sum.wrong += score.wrong;
    }
    let share = 100.0 * sum.share();
    println!(
        "{:<44}{:>7}{:>7}{:>9}{:>7}{share:>8.2}%",
        "all",
        sum.right,
        sum.asked(),
        sum.refused,
        sum.wrong
    );
    if std::env::var_os("MISSES").is_some() {
        scores.values().flat_map(|score| &score.misses).for_each(|miss| println!("{miss}"));
    }
    sum
}

/// The options that the hint of a rendered row gives.
fn options(row: &Row) -> String {
    let mut options = Vec::new();
    for key in ["order", "epoch", "calendar", "pivot", "tz"] {
        if let Some(value) = row.hint(key).filter(|value| *value != "unknown") {
            options.push(format!("{key}={value}"));
        }
    }
    if row.hint("partial").is_some() {
        options.push("partial".into());
    }
    options.join(",")
}

fn seconds(iso: &str) -> Option<i64> {
    let time = DateTime::parse(iso)?;
    let epoch = DateTime::new(Date::new(1970, 1, 1)?, 0, None)?;
    let days = |time: &DateTime| {
        let (y, m, d) =
            (i64::from(time.date().year()), i64::from(time.date().month()), i64::from(time.date().day()));
        let (y, m) = if m <= 2 { (y - 1, m + 9) } else { (y, m - 3) };
        y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + d
    };
    Some((days(&time) - days(&epoch)) * 86_400 + time.micros() / 1_000_000)
}

#[test]
fn rendered_dates_are_read_with_their_hints() {
    let Some(rows) = Row::all("dates/dates_rendered_dev.csv") else { return };
    let mut scores = BTreeMap::<String, Score>::new();
    for row in &rows {
        let found = row.read(&options(row));
        let right = match (&found, row.iso.as_str()) {
            (Err(_), iso) => iso.is_empty(),
            (Ok(found), iso) if row.hint("tolerance").is_some() => {
                seconds(found).zip(seconds(iso)).is_some_and(|(a, b)| a.abs_diff(b) <= 1)
            }
            (Ok(found), iso) => found == iso,
        };
        scores.entry(row.hint("form").unwrap_or("").to_owned()).or_default().count(row, found, right);
    }
    let sum = report("rendered, with hints", &scores);
    assert!(sum.share() >= 0.98, "{}", sum.share());
    assert_eq!((scores["bad"].wrong, scores["ambiguous"].wrong, scores["unix_exponent"].wrong), (0, 0, 0));
}

/// Without options a row whose meaning hangs on its hint must be refused, or
/// be right: a wrong date is wrong.
#[test]
fn rendered_dates_without_hints_are_right_or_refused() {
    let Some(rows) = Row::all("dates/dates_rendered_dev.csv") else { return };
    let mut scores = BTreeMap::<String, Score>::new();
    for row in &rows {
        let found = row.read("");
        let hinted = ["order", "epoch", "calendar", "pivot", "tz", "partial"]
            .iter()
            .any(|key| row.hint(key).is_some());
        let right = match &found {
            Err(_) => row.iso.is_empty() || hinted,
            Ok(found) => *found == row.iso,
        };
        scores.entry(row.hint("form").unwrap_or("").to_owned()).or_default().count(row, found, right);
    }
    let sum = report("rendered, no options (refused where a hint is needed is right)", &scores);
    assert!(sum.share() >= 0.98, "{}", sum.share());
    assert!(sum.wrong <= rows.len() / 500, "{} wrong dates", sum.wrong);
}

/// The cases of other projects, with the order that their settings or their language say.
fn case_options(row: &Row) -> String {
    let order = row.hint("order").or(row.hint("default_order")).or_else(|| match row.hint("lang")? {
        "zh" | "ja" | "Chinese" | "Japanese" | "Korean" => Some("YMD"),
        lang if lang.to_ascii_lowercase().starts_with("en") && lang != "EnglishOthers" => Some("MDY"),
        _ => Some("DMY"),
    });
    let mut options: Vec<_> =
        order.filter(|order| matches!(*order, "DMY" | "MDY" | "YMD")).into_iter().collect();
    options.extend(row.hint("calendar").map(|_| "minguo"));
    options.extend(row.hint("result_in").map(|_| "unix"));
    let zone = row.hint("loc").map(|zone| format!("assume={zone}"));
    options.extend(zone.as_deref());
    options.join(",")
}

/// Whether two times are the same on the wall, or the same instant where the
/// truth was written in UTC. Midnight and no time are the same, and a truth
/// without a time tells only the day.
fn same(found: &str, truth: &str) -> bool {
    let wall =
        |text: &str| seconds(&format!("{}{}", text.get(..10)?, text.get(10..19).unwrap_or("T00:00:00")));
    let fraction = |text: &str| {
        let digits = text.get(20..).unwrap_or("").split(['Z', '+', '-']).next().unwrap_or("");
        digits.trim_end_matches('0').to_owned()
    };
    let east = match found.get(19..).and_then(|rest| rest.rfind(['+', '-'])) {
        Some(at) => {
            let zone = &found[19 + at..];
            let minutes: i64 = zone[1..3].parse::<i64>().unwrap() * 60 + zone[4..6].parse::<i64>().unwrap();
            if zone.starts_with('-') { -minutes } else { minutes }
        }
        None => 0,
    };
    let (Some(told), Some(meant)) = (wall(found), wall(truth)) else { return false };
    let day = truth.len() == 10 && found.starts_with(truth);
    let fractions = !truth.contains('.') || fraction(found) == fraction(truth);
    day || (fractions && (told == meant || told - east * 60 == meant))
}

/// Why a case asks for more than to read the day that is written there: what
/// the sources do not mark as relative, and what only its own parser guesses.
fn beyond(row: &Row, found: &Result<String, String>) -> Option<&'static str> {
    let fault = found.as_ref().err()?;
    let raw = row.raw.to_lowercase();
    let numbers = raw.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let lengths: Vec<_> = numbers.map(str::len).collect();
    let has = |words: &[&str]| words.iter().any(|word| raw.contains(word));
    let lacking =
        ["no year", "no year and no month", "only a year", "only a year and a month", "only a time of day"];
    if lacking.contains(&fault.as_str()) {
        return Some("without a day or a year, completed from a clock");
    }
    if fault.contains("lunar") || has(&["端午", "旧暦"]) {
        return Some("of the lunar calendar");
    }
    let counted = [
        "ago", "il y a", "from", "vanaf", "weken", "weeks", "semaines", "partir", "tomorrow", "next",
        "vanavond", "第",
    ];
    if lengths == [4] || has(&counted) {
        return Some("named by a feast, or counted from another day");
    }
    if has(&["12-14", "12–14", "12.-14", "q0", "q1", "q2", "q3", "q4"]) {
        return Some("a range or a quarter");
    }
    if has(&["publi", "actualis", "semana 3"]) {
        return Some("with other text around it");
    }
    let digits = raw.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b' '));
    let order = row.hint("order").is_some_and(|order| !matches!(order, "DMY" | "MDY" | "YMD"));
    if order
        || (digits && row.source.contains("_parser.py") && lengths.first().is_some_and(|length| *length >= 6))
    {
        return Some("runs of digits and orders that only its own parser knows");
    }
    None
}

#[test]
fn cases_of_other_projects() {
    let Some(rows) = Row::all("dates/dates_cases_dev.csv") else { return };
    let mut scores = BTreeMap::<String, Score>::new();
    let (mut left, mut aside) = (Score::default(), BTreeMap::<_, usize>::new());
    for row in &rows {
        let found = row.read(&case_options(row));
        if row.hint.contains("partial") {
            let right = found.as_ref().map_or(true, |found| same(found, &row.iso));
            left.count(row, found, right);
            continue;
        }
        if let Some(reason) = beyond(row, &found).filter(|_| !row.iso.is_empty()) {
            *aside.entry(reason).or_default() += 1;
            continue;
        }
        let right =
            found.as_ref().map_or(row.iso.is_empty(), |found| *found == row.iso || same(found, &row.iso));
        let name = row.source.split([' ', ':']).next().unwrap_or("");
        let name = if row.iso.is_empty() { format!("{name}, invalid") } else { name.to_owned() };
        scores.entry(name).or_default().count(row, found, right);
    }
    let sum = report("cases of other projects", &scores);
    let all = sum.asked() + aside.values().sum::<usize>();
    println!(
        "of all {all} that are not marked relative or partial: {:.1}%. Refused and not counted:",
        100.0 * sum.right as f64 / all as f64
    );
    aside.iter().for_each(|(reason, count)| println!("    {count:>4} {reason}"));
    println!(
        "marked relative or partial: {} refused or the same day, {} another day",
        left.right, left.wrong
    );
    if std::env::var_os("MISSES").is_some() {
        left.misses.iter().for_each(|miss| println!("relative:{miss}"));
    }
    assert!(sum.share() >= 0.95, "{}", sum.share());
    assert_eq!(left.wrong, 0);
}

proptest! {
    /// What is written is a day, a day and a time, or nothing.
    #[test]
    fn what_is_written_is_iso_8601(
        text in "[0-9]{1,4}[-/.年 ]?[0-9]{0,2}[-/.月 ][0-9]{0,4}[日号]?([ T]?[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?(PM|Z|[+]08:00))?)?"
    ) {
        for asked in ["date:dmy", "date:mdy", "date:ymd", "date:minguo", "date:buddhist,dmy"] {
            let rule = named(asked).unwrap();
            if let Ok(day) = rule.normalize(&text) {
                prop_assert!(Date::parse(&day).is_some(), "{asked} of {text:?} is {day:?}");
                let again = rule.normalize(&day);
                prop_assert_eq!(again.as_deref(), Ok(&*day), "{}", asked);
            }
        }
        for asked in ["date:partial", "datetime:partial,dmy", "datetime:partial,excel", "date:excel", "date:partial,minguo"] {
            let rule = named(asked).unwrap();
            if let Ok(day) = rule.normalize(&text) {
                let again = rule.normalize(&day);
                prop_assert_eq!(again.as_deref(), Ok(&*day), "{}", asked);
            }
        }
        for asked in ["datetime:dmy", "datetime:tz=Asia/Shanghai", "datetime:ymd,into=America/New_York"] {
            let rule = named(asked).unwrap();
            if let Ok(time) = rule.normalize(&text) {
                prop_assert!(DateTime::parse(&time).is_some() || Date::parse(&time).is_some(), "{asked}: {time:?}");
                let again = rule.normalize(&time);
                prop_assert_eq!(again.as_deref(), Ok(&*time), "{}", asked);
            }
        }
    }
}
