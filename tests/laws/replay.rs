//! A rejects file is an input: as it is, it is rejected alike; repaired, it passes.

use std::io::Cursor;
use std::path::Path;

use handover::normalize::{lowercase, trim};
use handover::sink::Collect;
use handover::source::csv::CsvSource;
use handover::source::dialect::Dialect;
use handover::source::encoding::Encoding;
use handover::validate::{check, required};
use handover::{Columns, Fault, Pipeline, Record, Rejects, Report};
use proptest::prelude::*;

use super::bytes::encode;
use crate::common::cases;

const DIALECTS: [Dialect; 3] = [Dialect::COMMA, Dialect::SEMICOLON, Dialect::TAB];

/// A file of three columns, of which the second is an e-mail, as bytes.
#[derive(Debug, Clone)]
struct File {
    encoding: Encoding,
    dialect: Dialect,
    rows: Vec<Vec<Vec<u8>>>,
    guarded: bool,
}

/// A cell as text: plain, an e-mail, or hard to carry over.
fn cell() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(
        &[
            "", " ", "\"", ",", ";", "\n", "\r\n", "\r", "\\", "\\x41", "\\\\", "'=1", "''=1", "=1",
            "\u{FEFF}", "王,伟", "é", "😀", "; ; ;", "\t\t",
        ][..],
    );
    prop_oneof![3 => "[a-zA-Z]{1,3}", 2 => Just("a@b".to_owned()), 4 => hard.prop_map(str::to_owned)]
}

fn file() -> impl Strategy<Value = File> {
    let encoding = prop::sample::select(&[Encoding::UTF_8, Encoding::GB18030][..]);
    let dialect = prop::sample::select(&DIALECTS[..]);
    let width = prop_oneof![5 => Just(3..4usize), 2 => Just(1..6usize)];
    // A byte that neither encoding has stands in some cells.
    let row = width.prop_flat_map(|width| prop::collection::vec((cell(), prop::bool::weighted(0.1)), width));
    (encoding, dialect, prop::collection::vec(row, 1..12), any::<bool>()).prop_map(
        |(encoding, dialect, rows, guarded)| {
            let bytes = |(text, damaged): (String, bool)| {
                let mut bytes = encode(&text, encoding).unwrap();
                bytes.extend(damaged.then_some(0xFF));
                bytes
            };
            let rows = rows.into_iter().map(|row| row.into_iter().map(bytes).collect()).collect();
            File { encoding, dialect, rows, guarded }
        },
    )
}

impl File {
    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let header = ["name", "mail", "note"].map(|name| name.as_bytes().to_vec()).to_vec();
        for row in std::iter::once(&header).chain(&self.rows) {
            for (position, cell) in row.iter().enumerate() {
                if position > 0 {
                    out.push(self.dialect.delimiter);
                }
                out.push(b'"');
                out.extend(cell.iter().flat_map(|byte| vec![*byte; if *byte == b'"' { 2 } else { 1 }]));
                out.push(b'"');
            }
            out.push(b'\n');
        }
        out
    }

    fn source(&self) -> CsvSource {
        let source = CsvSource::reader("in.csv", Cursor::new(self.write())).encoding(self.encoding);
        self.guarded(source.dialect(self.dialect).header_line(1))
    }

    /// The same source, reading a rejects file in place of its own.
    fn again(&self, rejects: &Path) -> CsvSource {
        self.guarded(CsvSource::path(rejects).dialect(self.dialect).header_line(1))
    }

    fn guarded(&self, source: CsvSource) -> CsvSource {
        if self.guarded { source.guarded() } else { source }
    }
}

/// The run, whatever the source: e-mails must have an `@`, and a name is required.
fn run(source: CsvSource, rejects: &Path) -> (Report, Vec<Record>) {
    let mut target = Collect::new();
    let report = Pipeline::from(source)
        .normalize(Columns::All, [trim(), lowercase()])
        .validate(required("name"))
        .validate(check("mail", |record: &Record| match record.text("mail")?.contains('@') {
            true => Ok(()),
            false => Err(Fault::new("no @ sign").column("mail")),
        }))
        .rejects(Rejects::csv(rejects))
        .to(&mut target)
        .run()
        .unwrap();
    (report, target.into_records())
}

/// A rejects file without its places: reasons, raw row, values.
fn rows(path: &Path, encoding: Encoding) -> Vec<Vec<String>> {
    let Ok(bytes) = std::fs::read(path) else { return Vec::new() };
    let rows = csv::Reader::from_reader(&bytes[..]).into_records();
    let mut rows: Vec<Vec<String>> =
        rows.map(|row| row.unwrap().iter().skip(1).map(str::to_owned).collect()).collect();
    // The rejects file is in UTF-8, whatever the input was in.
    rows.iter_mut().for_each(|row| row[0] = row[0].replace(&encoding.to_string(), "UTF-8"));
    rows
}

/// Repairs what a person would repair.
fn repair(from: &Path, to: &Path) {
    let mut reader = csv::Reader::from_path(from).unwrap();
    let mut writer = csv::Writer::from_path(to).unwrap();
    writer.write_record(reader.headers().unwrap()).unwrap();
    for row in reader.records() {
        let mut row: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        match row[2].is_empty() {
            true => (row[3], row[4]) = ("n".into(), "m@x".into()),
            false => row[2] = "n,m@x,".into(),
        }
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn rejects_are_rejected_alike_until_repaired(file in file()) {
        let folder = tempfile::tempdir().unwrap();
        let [first, second, repaired, none] =
            ["1.csv", "2.csv", "repaired.csv", "none.csv"].map(|name| folder.path().join(name));
        let (report, _) = run(file.source(), &first);
        prop_assert_eq!(report.counts.read, file.rows.len() as u64);
        let rejected = report.counts.rejected;
        if rejected > 0 {
            let (report, passed) = run(file.again(&first), &second);
            prop_assert_eq!(rows(&second, file.encoding), rows(&first, file.encoding));
            prop_assert_eq!((report.counts.read, report.counts.rejected), (rejected, rejected));
            prop_assert!(passed.is_empty());
            repair(&second, &repaired);
            let (report, passed) = run(file.again(&repaired), &none);
            prop_assert_eq!((report.counts.created, passed.len() as u64), (rejected, rejected));
            prop_assert!(passed.iter().all(|record| record.text("name").unwrap() == "n"));
        }
    }
}

#[test]
fn a_repair_that_makes_several_rows_or_half_a_row_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["1.csv", "2.csv"].map(|name| folder.path().join(name));
    let head = "handover_place,handover_reasons,handover_raw,name,mail,note\n";
    let rows = "in.csv:2,,\"a,a@b,\nb,b@b,\",,,\nin.csv:3,,\"\"\"a,b\",,,\nin.csv:4,,\"a,a@b,\",,,\n";
    std::fs::write(&first, format!("{head}{rows}")).unwrap();
    let (report, passed) = run(CsvSource::path(&first).named("again"), &second);
    assert_eq!((report.counts.rejected, passed.len()), (2, 1));
    assert_eq!(
        std::fs::read_to_string(&second).unwrap(),
        format!(
            "{head}again:2,several rows where one was set aside [raw],\"a,a@b,\nb,b@b,\",,,\n\
             again:4,a quote is opened and never closed [raw],\"\"\"a,b\",,,\n"
        )
    );
}
