//! What is written and read again is what it was.

use handover::sink::Collect;
use handover::sink::csv::{CsvSink, LineEnd, Quoting};
use handover::source::Memory;
use handover::source::csv::CsvSource;
use handover::source::dialect::{Dialect, Escape};
use handover::source::encoding::Encoding;
use handover::{Pipeline, Record, Rejects, Schema};
use proptest::prelude::*;

use crate::common::cases;

/// Encodings that have every character, and whether a byte order mark is asked for.
const ENCODINGS: [(Encoding, bool); 5] = [
    (Encoding::UTF_8, false),
    (Encoding::UTF_8, true),
    (Encoding::GB18030, false),
    (Encoding::UTF_16LE, false),
    (Encoding::UTF_16BE, true),
];

const DIALECTS: [Dialect; 7] = [
    Dialect::COMMA,
    Dialect::SEMICOLON,
    Dialect::TAB,
    Dialect::PIPE,
    Dialect { quote: Some(b'\''), ..Dialect::COMMA },
    Dialect { escape: Escape::Any(b'\\'), ..Dialect::SEMICOLON },
    Dialect { quote: None, ..Dialect::delimited_by(b'~') },
];

const QUOTINGS: [Quoting; 4] = [Quoting::Minimal, Quoting::All, Quoting::NonNumeric, Quoting::Never];

#[derive(Debug, Clone, Copy)]
struct Format {
    encoding: (Encoding, bool),
    dialect: Dialect,
    quoting: Quoting,
    line_end: LineEnd,
    guard: bool,
    header: bool,
}

impl Format {
    /// Whether the values of a row cannot be written: nothing may be quoted, and they need it.
    fn refuses(&self, row: &[Option<String>]) -> bool {
        if self.quoting != Quoting::Never && self.dialect.quote.is_some() {
            return false;
        }
        let signs = [Some(self.dialect.delimiter), self.dialect.quote, Some(b'\r'), Some(b'\n')];
        let special = |text: &str| text.bytes().any(|byte| signs.contains(&Some(byte)));
        let blank = row.len() == 1 && row[0].as_deref().unwrap_or_default().is_empty();
        let mark = row[0].as_deref().is_some_and(|text| text.starts_with('\u{FEFF}'));
        blank || mark || row.iter().flatten().any(|text| special(text))
    }
}

fn format() -> impl Strategy<Value = Format> {
    let encoding = prop::sample::select(&ENCODINGS[..]);
    let dialect = prop::sample::select(&DIALECTS[..]);
    let quoting = prop::sample::select(&QUOTINGS[..]);
    let line_end = prop::sample::select(&[LineEnd::Lf, LineEnd::CrLf][..]);
    let format = (encoding, dialect, quoting, line_end, any::<bool>(), any::<bool>());
    let format = format.prop_map(|(encoding, dialect, quoting, line_end, guard, header)| Format {
        encoding,
        dialect,
        quoting,
        line_end,
        guard,
        header,
    });
    // Escapes without quotes are for other readers, and a guard cannot be a quote.
    format.prop_filter("needs quotes", |format| {
        let plain = format.dialect.escape == Escape::Doubled
            && (format.dialect.quote != Some(b'\'') || !format.guard);
        format.quoting != Quoting::Never || plain
    })
}

/// Text that is hard to carry over.
fn value() -> impl Strategy<Value = Option<String>> {
    let piece = prop_oneof![
        4 => "[a-z0-9]{1,4}",
        1 => prop::sample::select(&[
            "\"", "'", ",", ";", "\t", "|", "~", "\\", "\n", "\r", "\r\n", " ", "　", "=1+1", "+86 138", "-x",
            "@SUM(A1)", "＝1", "'=", "''", "\u{FEFF}", "\0", "王伟", "é", "😀", "𠮷", "\u{2028}", "ÿ", "\\x41",
        ][..]).prop_map(str::to_owned),
        1 => any::<char>().prop_filter("is in GB18030", |c| !is_private(*c)).prop_map(String::from),
    ];
    prop_oneof![
        1 => Just(None),
        8 => prop::collection::vec(piece, 0..5).prop_map(|pieces| Some(pieces.concat())),
    ]
}

/// Characters that GB18030 does not keep apart.
fn is_private(c: char) -> bool {
    ('\u{E000}'..='\u{F8FF}').contains(&c)
}

fn table() -> impl Strategy<Value = Vec<Vec<Option<String>>>> {
    (1..5usize).prop_flat_map(|width| prop::collection::vec(prop::collection::vec(value(), width), 1..12))
}

/// Writes a table and reads it again.
fn carry(table: &[Vec<Option<String>>], format: &Format) -> Vec<Vec<Option<String>>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let Format { encoding: (encoding, bom), dialect, quoting, line_end, .. } = *format;
    let mut sink = CsvSink::path(&path).encoding(encoding).bom(bom).dialect(dialect).quoting(quoting);
    let mut source = CsvSource::path(&path).encoding(encoding).dialect(dialect);
    if format.guard {
        (sink, source) = (sink.guard_formulas(), source.guarded());
    }
    (sink, source) = match format.header {
        true => (sink, source.header_line(1)),
        false => (sink.no_header(), source.no_header()),
    };
    let schema = Schema::text((1..=table[0].len()).map(|number| format!("列{number}"))).unwrap();
    let of =
        |row: &Vec<Option<String>>| Record::of(schema.clone(), row.iter().map(Option::as_deref)).unwrap();
    let rejects = Rejects::csv(folder.path().join("rejects.csv"));
    let from = Pipeline::from(Memory::new("table", schema.clone(), table.iter().map(of)));
    let written = from.rejects(rejects).to(sink.line_end(line_end)).run().unwrap().counts.written();
    if written == 0 {
        return Vec::new();
    }
    let mut back = Collect::new();
    Pipeline::from(source).to(&mut back).run().unwrap();
    let texts = |record: &Record| record.values().map(|value| value.as_text().map(str::to_owned)).collect();
    back.records().iter().map(texts).collect()
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn what_is_written_is_read_again(table in table(), format in format()) {
        let kept = table.iter().filter(|row| !format.refuses(row));
        // CSV does not tell empty text from none.
        let expected: Vec<Vec<_>> =
            kept.map(|row| row.iter().cloned().map(|cell| cell.filter(|text| !text.is_empty())).collect()).collect();
        prop_assert_eq!(carry(&table, &format), expected);
    }
}
