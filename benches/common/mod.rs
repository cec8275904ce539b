//! Customer files to measure with: any number of rows, the same bytes on every machine.
//!
//! Half of the customers are Chinese, four tenths are companies that write English (in nine
//! countries), a tenth is German. About 160 bytes a row; phones are valid numbers in many
//! styles; every seventh row or so is a copy of an earlier customer that shares the e-mail,
//! the phone in another style, or both.

mod tables;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tables::*;

/// Appends to a string, which cannot fail.
macro_rules! append {
    ($line:expr, $($rest:tt)*) => { $line.write_fmt(format_args!($($rest)*)).expect("a string takes all") };
}
/// Copies among a hundred rows.
const COPIES: u64 = 15;

/// The file of so many customers, `target/bench-data/customers-<rows>.csv`, made on first use.
pub fn customers(rows: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-data");
    let path = folder.join(format!("customers-{rows}.csv"));
    if !path.exists() {
        make(rows, &folder, &path).unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
    }
    path
}

/// Writes the header and so many customers.
pub fn write_customers(rows: u64, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"customer_id,name,company,phone,email,birth_date,city,address,owner,created_at\n")?;
    let mut line = String::new();
    for row in 0..rows {
        line.clear();
        customer(row, &mut line);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// A file that appears whole or not at all, also when two benches start together.
fn make(rows: u64, folder: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut out = BufWriter::with_capacity(1 << 20, tempfile::NamedTempFile::new_in(folder)?);
    write_customers(rows, &mut out)?;
    out.into_inner()?.persist(path)?;
    Ok(())
}

/// Appends row number `row`, which depends on nothing but that number.
fn customer(row: u64, line: &mut String) {
    let person = original(row);
    let mut entry = Dice::new(1, row);
    let mut dice = Dice::new(2, person);
    let mut firm = Dice::new(3, person / 4);
    let (mut with_phone, mut with_email) = match dice.below(100) {
        0..8 => (false, true),
        8..23 => (true, false),
        _ => (true, true),
    };
    if row != person && with_phone && with_email {
        (with_phone, with_email) = [(true, false), (false, true), (true, true)][entry.below(3)];
    }
    let who = match firm.below(10) {
        0..5 => chinese(person, &mut dice, &mut firm),
        5..9 => english(person, &mut dice, &mut firm),
        _ => german(person, &mut dice, &mut firm),
    };
    let company = if dice.below(10) > 0 { who.company.as_str() } else { "" };
    append!(line, "C{:08},{},{company},", row + 1, who.name);
    let born = match dice.below(100) {
        0..35 => String::new(),
        _ => format!("{}-{:02}-{:02}", 1945 + dice.below(60), 1 + dice.below(12), 1 + dice.below(28)),
    };
    if with_phone {
        phone(line, who.plan, &mut dice, &mut entry);
    }
    append!(line, ",{},{born}", if with_email { who.email.as_str() } else { "" });
    let address = if entry.below(5) > 0 { who.address.as_str() } else { "" };
    append!(line, ",{},{address},{},{}", who.city, firm.pick(&OWNERS), 2014 + entry.below(11));
    append!(line, "-{:02}-{:02}", 1 + entry.below(12), 1 + entry.below(28));
    append!(line, " {:02}:{:02}:{:02}\n", entry.below(24), entry.below(60), entry.below(60));
}

/// The row that first named the customer of this row.
fn original(mut row: u64) -> u64 {
    loop {
        let mut dice = Dice::new(0, row);
        if row == 0 || dice.next() % 100 >= COPIES {
            return row;
        }
        row = dice.next() % row;
    }
}

/// What differs from one language to the next.
struct Who {
    name: String,
    company: String,
    email: String,
    city: &'static str,
    address: String,
    plan: &'static Plan,
}

fn chinese(person: u64, dice: &mut Dice, firm: &mut Dice) -> Who {
    let (surname, first, second) =
        (dice.below(SURNAMES.len()), dice.below(GIVEN.len()), dice.below(GIVEN.len()));
    let (brand, city) = (firm.below(BRANDS.len()), *firm.pick(&CHINESE_CITIES));
    let domain = format!("{}.example", BRANDS_LATIN[brand]);
    Who {
        name: format!("{}{}{}", SURNAMES[surname], GIVEN[first], GIVEN[second]),
        company: format!("{city}{}{}有限公司", BRANDS[brand], firm.pick(&CHINESE_TRADES)),
        email: format!(
            "{}.{}{}{person}@{domain}",
            SURNAMES_LATIN[surname], GIVEN_LATIN[first], GIVEN_LATIN[second]
        ),
        city,
        address: format!(
            "{}{}{}号{}室",
            firm.pick(&DISTRICTS),
            firm.pick(&ROADS),
            1 + firm.below(999),
            101 + dice.below(2900)
        ),
        plan: &CHINA,
    }
}

fn english(person: u64, dice: &mut Dice, firm: &mut Dice) -> Who {
    let (first, last) = (*dice.pick(&ENGLISH_FIRST), *dice.pick(&ENGLISH_LAST));
    let (word, trade, (city, state)) = (firm.pick(&WORDS), firm.pick(&TRADES), firm.pick(&CITIES));
    let form = firm.pick(&[" Inc", " LLC", " Ltd", " Corp", ", Inc."]);
    Who {
        name: format!("{first} {}. {last}", char::from(b'A' + dice.below(26) as u8)),
        company: quoted(format!("{word} {trade}{form}")),
        email: format!("{first}.{last}{person}@{word}.example").to_lowercase(),
        city,
        address: format!(
            "\"{} {} Street, {state} {}\"",
            100 + firm.below(9900),
            firm.pick(&STREETS),
            10000 + firm.below(90000)
        ),
        plan: if firm.below(3) > 0 { &AMERICA } else { firm.pick(&ELSEWHERE) },
    }
}

fn german(person: u64, dice: &mut Dice, firm: &mut Dice) -> Who {
    let (first, last) = (*dice.pick(&GERMAN_FIRST), *dice.pick(&GERMAN_LAST));
    let (owner, trade, city) =
        (firm.pick(&GERMAN_LAST), firm.pick(&GERMAN_TRADES), *firm.pick(&GERMAN_CITIES));
    Who {
        name: format!("{first} {last}"),
        company: format!("{owner} {trade} {}", firm.pick(&["GmbH", "GmbH & Co. KG", "AG", "KG"])),
        email: ascii(&format!("{first}.{last}{person}@{owner}.example").to_lowercase()),
        city,
        address: format!(
            "\"{}straße {}, {}\"",
            firm.pick(&GERMAN_LAST),
            1 + firm.below(180),
            10000 + firm.below(89000)
        ),
        plan: &GERMANY,
    }
}

/// Appends the person's number: the digits are the person's, the style is the entry's.
fn phone(line: &mut String, plan: &Plan, person: &mut Dice, entry: &mut Dice) {
    let (code, area) = (plan.code, person.pick(plan.areas));
    let tenth = 10_usize.pow(plan.digits - 1);
    // No number begins with 0 or 1 here, since none does in America.
    let number = (person.below(8 * tenth) + 2 * tenth).to_string();
    let (left, right) = number.split_at(number.len() / 2);
    if code == "86" && entry.below(2) == 0 {
        let style = ["", "-", " "][entry.below(3)];
        append!(line, "{area}{style}{left}{style}{right}");
        return;
    }
    match entry.below(7) {
        0 => append!(line, "+{code} {area} {number}"),
        1 => append!(line, "+{code}{area}{number}"),
        2 => append!(line, "+{code}-{area}-{left}-{right}"),
        3 => append!(line, "+{code} ({area}) {left}-{right}"),
        4 => append!(line, "+{code} {area} {left} {right}"),
        5 => append!(line, "+{code} {area}.{left}.{right}"),
        _ => append!(line, "00{code}{area}{number}"),
    }
}

fn quoted(text: String) -> String {
    if text.contains(',') { format!("\"{text}\"") } else { text }
}

/// German letters as e-mail addresses write them.
fn ascii(text: &str) -> String {
    text.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss")
}

/// SplitMix64 (Steele, Lea and Flood 2014), one sequence for each space and number.
struct Dice(u64);

impl Dice {
    fn new(space: u64, number: u64) -> Self {
        let mut seeds = Dice(space.wrapping_mul(0xD1B5_4A32_D192_ED03) ^ number);
        Dice(seeds.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// From 0 to `end`, exclusive.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(rows: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write_customers(rows, &mut out).unwrap();
        out
    }

    #[test]
    fn ten_columns_about_160_bytes_a_row_and_a_prefix_whatever_the_length() {
        let out = made(20_000);
        assert!((3_150_000..3_350_000).contains(&out.len()), "{} bytes", out.len());
        assert!(out.starts_with(&made(100)));
        let rows = csv::Reader::from_reader(&out[..]).byte_records().collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(rows.len(), 20_000);
        assert!(rows.iter().all(|row| row.len() == 10));
    }

    #[test]
    fn a_seventh_are_copies_that_share_an_email_or_a_phone() {
        let copies = (0..20_000).filter(|&row| original(row) != row).count();
        assert!((2_800..3_200).contains(&copies), "{copies} copies");

        let out = made(20_000);
        let (mut seen, mut met) = (std::collections::HashSet::new(), 0);
        for row in csv::Reader::from_reader(&out[..]).records().map(Result::unwrap) {
            let digits: String = row[3].chars().filter(char::is_ascii_digit).collect();
            let number = digits.get(digits.len().saturating_sub(8)..).unwrap_or("").to_owned();
            let keys = [row[4].to_owned(), number];
            let known = keys.iter().any(|key| !key.is_empty() && seen.contains(key));
            met += usize::from(known);
            seen.extend(keys);
        }
        assert!(met.abs_diff(copies) < copies / 2, "{met} met, {copies} copies");
    }

    #[test]
    fn a_file_is_made_once() {
        let path = customers(100);
        assert_eq!(fs::read(&path).unwrap(), made(100));
        assert_eq!(customers(100), path);
    }
}
