//! Text into rows of cells, for every dialect.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::whole::WholeRows;
use super::{Dialect, Escape};

/// Splits text into rows: `csv-core` where it knows the dialect, and a
/// machine of our own, byte by byte and slower, for spaces behind delimiters
/// and for escapes.
pub(crate) enum Splitter {
    Core(Core),
    Own(Machine),
}

impl Splitter {
    pub fn new(dialect: Dialect) -> Self {
        if dialect.spaced || dialect.escape != Escape::Doubled {
            return Splitter::Own(Machine { dialect, state: State::RowStart, length: 0, tight: false });
        }
        let mut builder = ReaderBuilder::new();
        builder.delimiter(dialect.delimiter);
        match dialect.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        let whole = WholeRows::new(dialect.delimiter, dialect.quote);
        Splitter::Core(Core { reader: Box::new(builder.build()), whole, between: false })
    }

    /// Reads on in a row, as [`Reader::read_record`] does: what became of it,
    /// the bytes that were read, and the bytes and cell ends that were written.
    /// A row that the input ends is ended by a line break of the caller's.
    pub fn read_row(
        &mut self,
        input: &[u8],
        text: &mut [u8],
        ends: &mut [usize],
    ) -> (ReadRecordResult, usize, usize, usize) {
        match self {
            Splitter::Core(core) => core.read_row(input, text, ends),
            Splitter::Own(machine) => machine.read_row(input, text, ends),
        }
    }

    /// Whether a delimiter was read without the space that its dialect has behind it.
    pub fn tight(&self) -> bool {
        matches!(self, Splitter::Own(machine) if machine.tight)
    }
}

/// `csv-core`, and a shorter way for rows that lie whole in the input.
pub(crate) struct Core {
    reader: Box<Reader>,
    whole: WholeRows,
    /// Whether a row was read and the next is not begun. The first row is the
    /// reader's, which knows of byte order marks.
    between: bool,
}

impl Core {
    fn read_row(
        &mut self,
        input: &[u8],
        text: &mut [u8],
        ends: &mut [usize],
    ) -> (ReadRecordResult, usize, usize, usize) {
        if self.between
            && let Some((read, written, cells)) = self.whole.read_row(input, text, ends)
        {
            return (ReadRecordResult::Record, read, written, cells);
        }
        let row = self.reader.read_record(input, text, ends);
        self.between = row.0 == ReadRecordResult::Record;
        row
    }
}

/// One byte after the other.
pub(crate) struct Machine {
    dialect: Dialect,
    state: State,
    /// How long the text of the row is so far.
    length: usize,
    /// Whether a delimiter had no space behind it that should have one.
    tight: bool,
}

#[derive(Clone, Copy)]
enum State {
    /// Blank lines are no rows.
    RowStart,
    CellStart,
    /// Behind a delimiter, where spaces may belong to it.
    Delimited {
        spaces: bool,
    },
    Bare,
    Quoted,
    /// Behind a quote in a quoted cell, which closes it or not.
    Closing,
    /// Behind an escape.
    Escaped {
        quoted: bool,
    },
}

/// What a byte does; a byte before it may have waited for it.
enum Step {
    Skip,
    Put,
    EndCell,
    EndRow,
}

impl Machine {
    fn read_row(
        &mut self,
        input: &[u8],
        text: &mut [u8],
        ends: &mut [usize],
    ) -> (ReadRecordResult, usize, usize, usize) {
        let (mut written, mut cells) = (0, 0);
        for (at, &byte) in input.iter().enumerate() {
            // No byte writes more than two, nor ends more than one cell.
            if text.len() - written < 2 {
                return (ReadRecordResult::OutputFull, at, written, cells);
            }
            if cells == ends.len() {
                return (ReadRecordResult::OutputEndsFull, at, written, cells);
            }
            let (waited, step) = self.step(byte);
            for put in waited.into_iter().chain(matches!(step, Step::Put).then_some(byte)) {
                text[written] = put;
                written += 1;
                self.length += 1;
            }
            if matches!(step, Step::EndCell | Step::EndRow) {
                ends[cells] = self.length;
                cells += 1;
            }
            if matches!(step, Step::EndRow) {
                self.length = 0;
                return (ReadRecordResult::Record, at + 1, written, cells);
            }
        }
        (ReadRecordResult::InputEmpty, input.len(), written, cells)
    }

    fn step(&mut self, byte: u8) -> (Option<u8>, Step) {
        let quote = self.dialect.quote;
        match (self.state, self.dialect.escape) {
            (State::Delimited { .. }, _) if self.dialect.spaced && byte == b' ' => {
                self.go(State::Delimited { spaces: true }, Step::Skip)
            }
            (State::Delimited { spaces }, _) => {
                self.tight |= self.dialect.spaced && !spaces && !matches!(byte, b'\r' | b'\n');
                self.state = State::CellStart;
                self.step(byte)
            }
            (State::RowStart, _) if matches!(byte, b'\r' | b'\n') => (None, Step::Skip),
            (State::RowStart | State::CellStart, _) if Some(byte) == quote => {
                self.go(State::Quoted, Step::Skip)
            }
            (State::RowStart | State::CellStart | State::Bare, _) => (None, self.bare(byte)),
            (State::Quoted, _) => (None, self.quoted(byte)),
            (State::Escaped { quoted: true }, Escape::Quotes(escape)) if Some(byte) != quote => {
                (Some(escape), self.quoted(byte))
            }
            (State::Escaped { quoted: true }, _) => self.go(State::Quoted, Step::Put),
            (State::Escaped { quoted: false }, _) => self.go(State::Bare, Step::Put),
            (State::Closing, Escape::Unmarked) if !self.ends_cell(byte) => (quote, self.quoted(byte)),
            (State::Closing, _) if Some(byte) == quote => self.go(State::Quoted, Step::Put),
            (State::Closing, _) if self.ends_cell(byte) => (None, self.bare(byte)),
            // What stands behind a closing quote belongs to the cell, as in csv-core.
            (State::Closing, _) => self.go(State::Bare, Step::Put),
        }
    }

    fn bare(&mut self, byte: u8) -> Step {
        match byte {
            b'\r' | b'\n' => self.go(State::RowStart, Step::EndRow).1,
            _ if byte == self.dialect.delimiter => {
                self.go(State::Delimited { spaces: false }, Step::EndCell).1
            }
            _ if self.dialect.escape == Escape::Any(byte) => {
                self.go(State::Escaped { quoted: false }, Step::Skip).1
            }
            _ => self.go(State::Bare, Step::Put).1,
        }
    }

    fn quoted(&mut self, byte: u8) -> Step {
        let escapes =
            matches!(self.dialect.escape, Escape::Any(escape) | Escape::Quotes(escape) if escape == byte);
        match escapes {
            true => self.go(State::Escaped { quoted: true }, Step::Skip).1,
            false if Some(byte) == self.dialect.quote => self.go(State::Closing, Step::Skip).1,
            false => self.go(State::Quoted, Step::Put).1,
        }
    }

    fn ends_cell(&self, byte: u8) -> bool {
        byte == self.dialect.delimiter || matches!(byte, b'\r' | b'\n')
    }

    fn go(&mut self, state: State, step: Step) -> (Option<u8>, Step) {
        self.state = state;
        (None, step)
    }
}
