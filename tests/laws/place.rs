//! Every finding stands where the record stands in the file: row, line and byte.

use std::io::Cursor;
use std::sync::Mutex;

use handover::dedupe::{Dedupe, ExactKeys};
use handover::map::map_with;
use handover::source::csv::CsvSource;
use handover::source::dialect::Dialect;
use handover::source::encoding::Encoding;
use handover::validate::check;
use handover::{Fault, Finding, Observer, Pipeline, Record, Rejects, Rows, Schema};
use proptest::prelude::*;

use super::bytes::encode;
use crate::common::cases;
use crate::parts::Sink;

/// Encodings, and characters that each of them has: also such of which a
/// byte looks like ASCII.
const ENCODINGS: [(Encoding, &[&str]); 6] = [
    (Encoding::UTF_8, &["é", "中", "😀", "\u{2028}"]),
    (Encoding::UTF_16LE, &["é", "中", "😀", "ਊ", "\u{0D0A}"]),
    (Encoding::UTF_16BE, &["é", "中", "😀", "ഊ", "\u{0A0D}"]),
    (Encoding::GB18030, &["é", "中", "😀", "𠮷", "丂"]),
    (Encoding::SHIFT_JIS, &["表", "ソ", "ｱ", "日"]),
    (Encoding::BIG5, &["許", "功", "中"]),
];

/// A piece of the file.
#[derive(Debug, Clone)]
enum Piece {
    /// A row of three cells; or of so many more or less, which does not fit.
    Row(Vec<Cell>),
    Blank,
}

#[derive(Debug, Clone)]
struct Cell {
    quoted: bool,
    /// What it is made of: characters by number, line breaks where quoted.
    signs: Vec<u8>,
    /// How often that is repeated, so that files span chunks.
    times: usize,
}

#[derive(Debug, Clone)]
struct File {
    encoding: usize,
    mark: bool,
    titles: usize,
    pieces: Vec<(Piece, u8)>,
    mixed: bool,
    ended: bool,
}

fn cell() -> impl Strategy<Value = Cell> {
    let times = prop_oneof![300 => Just(1), 1 => 1000..20_000usize];
    (any::<bool>(), prop::collection::vec(0..10u8, 0..6), times).prop_map(|(quoted, signs, times)| Cell {
        quoted,
        signs,
        times,
    })
}

fn file() -> impl Strategy<Value = File> {
    let width = prop_oneof![8 => Just(3..4usize), 1 => Just(1..6usize)];
    let row = width.prop_flat_map(|width| prop::collection::vec(cell(), width)).prop_map(Piece::Row);
    let piece = prop_oneof![6 => row, 1 => Just(Piece::Blank)];
    let pieces = prop::collection::vec((piece, 0..3u8), 1..30);
    (0..ENCODINGS.len(), any::<bool>(), 0..3usize, pieces, any::<bool>(), any::<bool>()).prop_map(
        |(encoding, mark, titles, pieces, mixed, ended)| File {
            encoding,
            mark,
            titles,
            pieces,
            mixed,
            ended,
        },
    )
}

/// A file as text, with the offsets in it at which the rows begin.
struct Written {
    text: String,
    header: usize,
    rows: Vec<usize>,
}

impl File {
    fn encoding(&self) -> Encoding {
        ENCODINGS[self.encoding].0
    }

    fn write(&self) -> Written {
        let ends = ["\n", "\r\n", "\r"];
        let end = |number: u8| ends[usize::from(if self.mixed { number } else { self.pieces[0].1 })];
        let mut text = String::new();
        for title in 0..self.titles {
            text.push_str(&format!("\"title\n{title}\"{}", end(title as u8)));
        }
        let header = text.len();
        text.push_str("a,b,c");
        text.push_str(end(0));
        let mut rows = Vec::new();
        for (piece, number) in &self.pieces {
            if let Piece::Row(cells) = piece {
                rows.push(text.len());
                let cells: Vec<String> = cells.iter().map(|cell| self.cell(cell)).collect();
                // A lone empty cell would be a blank line.
                text.push_str(&if cells.concat().is_empty() && cells.len() == 1 {
                    "x".into()
                } else {
                    cells.join(",")
                });
            }
            text.push_str(end(*number));
        }
        if !self.ended {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        Written { text, header, rows }
    }

    fn cell(&self, cell: &Cell) -> String {
        let own = ENCODINGS[self.encoding].1;
        let sign = |sign: &u8| match (sign, cell.quoted) {
            (0, true) => "\n",
            (1, true) => "\r",
            (2, true) => "\r\n",
            (3, true) => "\"\"",
            (4, true) => ",",
            (0..=5, _) => "z",
            (other, _) => own[usize::from(*other) % own.len()],
        };
        let text = cell.signs.iter().map(sign).collect::<String>().repeat(cell.times);
        if cell.quoted { format!("\"{text}\"") } else { text }
    }

    /// A text as stored, with a byte order mark if it is the beginning.
    fn bytes(&self, text: &str, first: bool) -> Vec<u8> {
        let mark = first && self.mark && self.encoding < 3;
        encode(&format!("{}{text}", if mark { "\u{FEFF}" } else { "" }), self.encoding()).unwrap()
    }
}

/// The line that follows a text, from 1: `\n`, `\r\n` and `\r` end one.
fn line_after(text: &str) -> u64 {
    1 + text.replace("\r\n", "\n").matches(['\n', '\r']).count() as u64
}

/// Where a record stands.
type RowLineByte = (u64, u64, Option<u64>);

/// Row, line and byte of every row. No row begins within a line break, so
/// what is before it can be counted piece by piece.
fn truth(file: &File, written: &Written) -> Vec<RowLineByte> {
    let (mut line, mut byte, mut counted) = (1, 0, 0);
    let mut places = Vec::new();
    for (row, start) in (1..).zip(&written.rows) {
        let before = &written.text[counted..*start];
        line += line_after(before) - 1;
        byte += file.bytes(before, counted == 0).len() as u64;
        counted = *start;
        places.push((row, line, Some(byte)));
    }
    places
}

/// Who finds fault with the records.
#[derive(Debug, Clone, Copy)]
enum Judge {
    Validator,
    AfterMapping,
    Sink,
    SinkOfGolden,
}

struct Places(Mutex<Vec<RowLineByte>>);

impl Observer for Places {
    fn finding(&self, finding: &Finding) {
        let place = &finding.place;
        self.0.lock().unwrap().push((place.row, place.line, place.byte));
    }
}

/// Has every record of a file rejected: the places of the findings, in the
/// order of the rows, and the first column of the rejects file.
fn places(file: &File, written: &Written, judge: Judge) -> (Vec<RowLineByte>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let source = CsvSource::reader("in.csv", Cursor::new(file.bytes(&written.text, true)))
        .encoding(file.encoding())
        .dialect(Dialect::COMMA)
        .header_line(line_after(&written.text[..written.header]));
    let no = || check("no", |_: &Record| Err(Fault::new("no").column("a")));
    let pipeline = Pipeline::from(source);
    let pipeline = match judge {
        Judge::Validator => pipeline.validate(no()),
        Judge::AfterMapping => {
            let map =
                map_with(Schema::text(["a"]).unwrap(), |record, out| out.record().set("a", record.get("b")?));
            pipeline.map(map).validate(no())
        }
        Judge::Sink => pipeline,
        Judge::SinkOfGolden => pipeline.dedupe(Dedupe::by(ExactKeys::on(["a"]))),
    };
    let seen = Places(Mutex::default());
    let sink = Sink(|rows: &mut Rows<'_>| {
        while rows.next()?.is_some() {
            rows.refuse("no")?;
        }
        Ok(())
    });
    pipeline.observe(&seen).rejects(Rejects::csv(&path)).batch_records(5).to(sink).run().unwrap();
    let mut found = seen.0.into_inner().unwrap();
    found.sort_unstable();
    found.dedup();
    let rejects = std::fs::read(&path).unwrap_or_default();
    let rows = csv::Reader::from_reader(&rejects[..]).into_records();
    (found, rows.map(|row| row.unwrap()[0].to_owned()).collect())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn findings_say_the_true_row_line_and_byte(
        file in file(),
        judge in prop::sample::select(&[Judge::Validator, Judge::AfterMapping, Judge::Sink, Judge::SinkOfGolden][..])
    ) {
        let written = file.write();
        let truth = truth(&file, &written);
        let (found, mut rejects) = places(&file, &written, judge);
        prop_assert_eq!(&found, &truth);
        let mut expected: Vec<_> = truth.iter().map(|(_, line, _)| format!("in.csv:{line}")).collect();
        if matches!(judge, Judge::SinkOfGolden) {
            // Members stand together.
            rejects.sort();
            expected.sort();
        }
        prop_assert_eq!(rejects, expected);
    }
}
