//! Decoded text that can be read again, as far as a row goes back.

use std::io;

use crate::source::decode::Decoder;

/// The text of a file, chunk by chunk, with the row that is being read.
pub(crate) struct Text {
    decoder: Decoder,
    /// The row as far as it stands in chunks that are gone.
    carried: Vec<u8>,
    /// How much of the chunk before what is not consumed belongs to the row.
    behind: usize,
    /// Whether the chunk is of what is read a second time.
    rereads: bool,
    /// What is to be read a second time before the decoder goes on.
    again: Vec<u8>,
    /// How much of it has been.
    reread: usize,
    /// How much text is consumed, in bytes.
    offset: u64,
}

impl Text {
    pub fn new(decoder: Decoder) -> Self {
        Text {
            decoder,
            carried: Vec::new(),
            behind: 0,
            rereads: false,
            again: Vec::new(),
            reread: 0,
            offset: 0,
        }
    }

    /// What is not consumed; empty only at the end.
    pub fn chunk(&mut self) -> io::Result<&[u8]> {
        self.rereads = self.reread < self.again.len();
        match self.rereads {
            true => Ok(&self.again[self.reread..]),
            false => self.decoder.chunk(),
        }
    }

    /// Marks `n` bytes of the chunk as dealt with.
    pub fn consume(&mut self, n: usize) {
        match self.rereads {
            true => self.reread += n,
            false => self.decoder.consume(n),
        }
        self.behind += n;
        self.offset += n as u64;
    }

    /// Keeps what is consumed of the row; to be called before the next chunk.
    pub fn carry(&mut self) {
        let last = if self.rereads { &self.again[..self.reread] } else { self.decoder.consumed() };
        self.carried.extend_from_slice(&last[last.len() - self.behind..]);
        self.behind = 0;
    }

    /// Begins a row with what is not consumed; where that stands in the file
    /// as stored, unless a decoder that transcodes has forgotten.
    pub fn begin_row(&mut self) -> Option<u64> {
        self.carried.clear();
        self.behind = 0;
        let known = self.reread == self.again.len() || !self.decoder.transcodes();
        known.then(|| self.decoder.stored_offset(self.offset))
    }

    /// The row as far as it is consumed.
    pub fn row(&self) -> Vec<u8> {
        let last = if self.rereads { &self.again[..self.reread] } else { self.decoder.consumed() };
        [&self.carried, &last[last.len() - self.behind..]].concat()
    }

    /// Goes back to the first `length` bytes of the row.
    pub fn go_back_to(&mut self, length: usize) {
        let row = self.row();
        let back = row.len() - length;
        self.offset -= back as u64;
        if back > self.behind {
            let unread = self.again.split_off(self.reread);
            (self.again, self.reread) = ([&row[length..], &unread].concat(), 0);
        } else if self.rereads {
            self.reread -= back;
        } else {
            self.decoder.unconsume(back);
        }
        self.carried = row;
        self.carried.truncate(length);
        self.behind = 0;
    }

    /// Whether bytes that cannot be decoded stand in the text in another form.
    pub fn transcodes(&self) -> bool {
        self.decoder.transcodes()
    }
}
