//! Rows that lie whole in what was read, split eight bytes at a time.

use crate::bytes::{eight, zero_byte};

/// Splits a row as `csv-core` does, in a third of the time.
pub(super) struct WholeRows {
    delimiter: u8,
    quote: Option<u8>,
}

impl WholeRows {
    pub fn new(delimiter: u8, quote: Option<u8>) -> Self {
        WholeRows { delimiter, quote }
    }

    /// Reads a row: how many bytes, and how many bytes and cell ends were
    /// written. None if it does not end in the input, or a little before its
    /// end, if the room does not suffice, and if the row begins with a line break.
    pub fn read_row(
        &self,
        input: &[u8],
        text: &mut [u8],
        ends: &mut [usize],
    ) -> Option<(usize, usize, usize)> {
        if matches!(input.first(), Some(b'\r' | b'\n')) {
            return None;
        }
        let mut copy = Copier { input, read: 0, text, written: 0 };
        let end_of_cell = [eight(self.delimiter), eight(b'\n'), eight(b'\r')];
        let mut cells = 0;
        loop {
            if let Some(quote) = self.quote.filter(|quote| copy.next() == Some(*quote)) {
                copy.quoted(quote)?;
            }
            let sign = copy.until(end_of_cell)?;
            copy.read += 1;
            *ends.get_mut(cells)? = copy.written;
            cells += 1;
            if sign != self.delimiter {
                return Some((copy.read, copy.written, cells));
            }
        }
    }
}

/// Text on its way from the input to the room for it.
struct Copier<'a> {
    input: &'a [u8],
    read: usize,
    text: &'a mut [u8],
    written: usize,
}

impl Copier<'_> {
    fn next(&self) -> Option<u8> {
        self.input.get(self.read).copied()
    }

    /// Copies what stands in quotes, a doubled one as one.
    fn quoted(&mut self, quote: u8) -> Option<()> {
        self.read += 1;
        loop {
            self.until([eight(quote)])?;
            self.read += 1;
            if self.next()? != quote {
                return Some(());
            }
            *self.text.get_mut(self.written)? = quote;
            self.written += 1;
            self.read += 1;
        }
    }

    /// Copies up to the first of some signs, which is next then.
    #[inline]
    fn until<const N: usize>(&mut self, signs: [u64; N]) -> Option<u8> {
        loop {
            let word = self.input.get(self.read..)?.first_chunk()?;
            *self.text.get_mut(self.written..)?.first_chunk_mut()? = *word;
            let bytes = u64::from_le_bytes(*word);
            let found = signs.iter().fold(0, |found, sign| found | zero_byte(bytes ^ sign));
            let length = (found.trailing_zeros() / 8) as usize;
            self.read += length;
            self.written += length;
            if found != 0 {
                return word.get(length).copied();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use csv_core::{ReadRecordResult, ReaderBuilder};

    proptest! {
        #[test]
        fn a_row_is_what_csv_core_makes_of_it(
            row in "[ab,\"é]{0,40}[ab,\"\n]{0,9}",
            end in "(\n|\r|\r\n)[a\n\",]{8,20}",
            room in 0usize..60,
            cells in 0usize..9,
            quote in prop::option::of(Just(b'"')),
        ) {
            let input = [row.as_bytes(), end.as_bytes()].concat();
            let (mut text, mut ends) = (vec![0; room], vec![0; cells]);
            let Some((read, written, count)) =
                WholeRows::new(b',', quote).read_row(&input, &mut text, &mut ends)
            else {
                return Ok(());
            };
            let mut reader = ReaderBuilder::new().quoting(quote.is_some()).build();
            let (mut core_text, mut core_ends) = (vec![0; room], vec![0; cells]);
            let expected = reader.read_record(&input, &mut core_text, &mut core_ends);
            prop_assert_eq!((ReadRecordResult::Record, read, written, count), expected);
            prop_assert_eq!(&text[..written], &core_text[..written]);
            prop_assert_eq!(&ends[..count], &core_ends[..count]);
        }
    }

    #[test]
    fn rows_that_are_whole_are_read() {
        let mut ends = [0; 4];
        let mut read = |input: &str| {
            WholeRows::new(b',', Some(b'"')).read_row(input.as_bytes(), &mut [0; 64], &mut ends)
        };
        assert_eq!(read("a,\"b, \"\"c\"\"\",\"d\"e\nthe next row"), Some((18, 9, 3)));
        assert_eq!(read("\nthe next row"), None);
        assert_eq!(read("\"not closed\nthe next row"), None);
        assert_eq!(read("no end"), None);
    }
}
