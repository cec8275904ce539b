//! Turns the bytes of a file into UTF-8 for a byte-oriented parser, and says
//! where in the file a decoded line came from.
//!
//! What is UTF-8 already passes through untouched. In other encodings every
//! byte that cannot be decoded becomes two bytes that are never valid UTF-8
//! and never look like ASCII, so that a later check of one record finds the
//! damage, and only that record is rejected.

use std::io::{self, Read};

use encoding_rs::DecoderResult;

use super::encoding::{Decoding, Encoding, Piece};

/// How much of the input is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// A sequence that does not decode reaches back at most this far into the
/// chunk before: four bytes, and three that were consumed after them.
const TAIL: usize = 8;

/// A reader of any encoding as a reader of UTF-8, chunk by chunk.
pub(crate) struct Decoder {
    reader: Box<dyn Read + Send>,
    /// The chunk as stored, behind `fresh` bytes that were dealt with before.
    raw: Vec<u8>,
    fresh: usize,
    step: usize,
    bom_len: usize,
    finished: bool,
    /// How much of the decoded chunk is consumed.
    consumed: usize,
    /// What decodes; nothing for UTF-8.
    transcoder: Option<Transcoder>,
}

impl Decoder {
    /// Reads `head`, which was read for detection, without its byte order
    /// mark, and then the rest from `reader`.
    pub fn new(reader: Box<dyn Read + Send>, encoding: Encoding, head: Vec<u8>, bom_len: usize) -> Self {
        let bom_len = bom_len.min(head.len());
        Decoder {
            reader,
            raw: head,
            fresh: bom_len,
            step: CHUNK,
            bom_len,
            finished: false,
            consumed: 0,
            transcoder: (encoding != Encoding::UTF_8).then(|| Transcoder::new(encoding, bom_len)),
        }
    }

    /// What is decoded and not consumed; empty only at the end.
    pub fn chunk(&mut self) -> io::Result<&[u8]> {
        while self.decoded().len() == self.consumed && !self.finished {
            self.refill()?;
        }
        Ok(&self.decoded()[self.consumed..])
    }

    /// Marks `n` bytes of the chunk as dealt with.
    pub fn consume(&mut self, n: usize) {
        self.consumed = (self.consumed + n).min(self.decoded().len());
    }

    /// What is consumed of the chunk.
    pub fn consumed(&self) -> &[u8] {
        &self.decoded()[..self.consumed]
    }

    /// Marks the last `n` bytes that were consumed of the chunk as not dealt with.
    pub fn unconsume(&mut self, n: usize) {
        self.consumed = self.consumed.saturating_sub(n);
    }

    /// Whether the text is not in UTF-8 as stored: what [`escape`] must know.
    pub fn transcodes(&self) -> bool {
        self.transcoder.is_some()
    }

    /// Where the line with this offset of the decoded text begins in the file
    /// as stored, in bytes; for UTF-8 the place of the offset itself.
    ///
    /// To be asked with the offset at which a record begins, when it begins:
    /// offsets go forward only, and of chunks that are consumed only the last
    /// answer is kept, to be given again.
    pub fn stored_offset(&mut self, decoded_offset: u64) -> u64 {
        match &mut self.transcoder {
            None => decoded_offset + self.bom_len as u64,
            Some(transcoder) => transcoder.stored_offset(decoded_offset, &self.raw[self.fresh..]),
        }
    }

    fn decoded(&self) -> &[u8] {
        match &self.transcoder {
            None => &self.raw[self.fresh..],
            Some(transcoder) => transcoder.text(),
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.consumed = 0;
        let Some(transcoder) = &mut self.transcoder else {
            self.raw.clear();
            self.fresh = 0;
            return self.read(self.step);
        };
        if transcoder.started {
            transcoder.leave(&self.raw[self.fresh..]);
            self.raw.drain(..self.raw.len().saturating_sub(TAIL));
            self.fresh = self.raw.len();
            self.read(self.step)?;
        }
        self.complete_unit()?;
        if let Some(transcoder) = &mut self.transcoder {
            transcoder.decode(&self.raw, self.fresh, self.finished);
        }
        Ok(())
    }

    /// Lets no chunk end within a code unit of UTF-16 or UTF-32, so that line
    /// breaks can be counted chunk by chunk.
    fn complete_unit(&mut self) -> io::Result<()> {
        let width = self.transcoder.as_ref().map_or(1, |transcoder| transcoder.unit.width());
        let torn = (self.raw.len() - self.fresh) % width;
        if torn == 0 { Ok(()) } else { self.read(width - torn) }
    }

    fn read(&mut self, length: usize) -> io::Result<()> {
        // Retries when interrupted.
        let read = self.reader.by_ref().take(length as u64).read_to_end(&mut self.raw)?;
        self.finished = read == 0;
        Ok(())
    }
}

struct Transcoder {
    decoder: Decoding,
    unit: Unit,
    started: bool,
    /// The decoded chunk is the first `length` bytes.
    buffer: Vec<u8>,
    length: usize,
    /// Where the chunk begins.
    begin: Offsets,
    /// Up to where line breaks are counted in the text, and where in the file
    /// the line after the last of them begins.
    counted: Offsets,
    /// The last answer that was given.
    answer: Offsets,
}

/// The same place in the text and in the file.
#[derive(Clone, Copy)]
struct Offsets {
    decoded: u64,
    stored: u64,
}

/// What a line break is in the file: one byte, or that and zeros behind or before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Byte,
    Little(usize),
    Big(usize),
}

impl Unit {
    fn of(encoding: Encoding) -> Self {
        let big = encoding == Encoding::UTF_16BE || encoding == Encoding::UTF_32BE;
        match encoding.unit() {
            1 => Unit::Byte,
            width if big => Unit::Big(width),
            width => Unit::Little(width),
        }
    }

    fn width(self) -> usize {
        match self {
            Unit::Byte => 1,
            Unit::Little(width) | Unit::Big(width) => width,
        }
    }

    fn is_break(self, unit: &[u8]) -> bool {
        let (byte, zeros) = match self {
            Unit::Big(_) => unit.split_last(),
            _ => unit.split_first(),
        }
        .unwrap_or((&0, &[]));
        matches!(byte, b'\n' | b'\r') && zeros.iter().all(|zero| *zero == 0)
    }
}

impl Transcoder {
    fn new(encoding: Encoding, bom_len: usize) -> Self {
        let begin = Offsets { decoded: 0, stored: bom_len as u64 };
        Transcoder {
            decoder: encoding.decoder(),
            unit: Unit::of(encoding),
            started: false,
            buffer: vec![0; 2 * CHUNK],
            length: 0,
            begin,
            counted: begin,
            answer: begin,
        }
    }

    fn text(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    fn decode(&mut self, raw: &[u8], fresh: usize, last: bool) {
        self.started = true;
        let Transcoder { decoder, buffer, length, unit, .. } = self;
        let mut text = Text { buffer, length, unit: *unit };
        match decoder {
            Decoding::Standard(decoder) => text.decode(decoder, raw, fresh, last),
            Decoding::Own(decoder) => decoder.decode(&raw[fresh..], last, |piece| match piece {
                Piece::Char(c) => text.append(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Piece::Bad(bytes) => text.set_aside(bytes),
            }),
        }
    }

    /// Goes on to the next chunk; `raw` is the one that ends.
    fn leave(&mut self, raw: &[u8]) {
        let end = self.begin.decoded + self.length as u64;
        self.count(end, raw);
        self.begin = Offsets { decoded: end, stored: self.begin.stored + raw.len() as u64 };
        self.length = 0;
    }

    fn stored_offset(&mut self, decoded: u64, raw: &[u8]) -> u64 {
        if decoded > self.answer.decoded {
            self.count(decoded, raw);
            self.answer = Offsets { decoded, stored: self.counted.stored };
        }
        self.answer.stored
    }

    /// Counts line breaks up to an offset of the text, and goes over as many
    /// in the file. In none of the encodings does the byte of a line break
    /// stand within another character, so they correspond one to one.
    fn count(&mut self, decoded: u64, raw: &[u8]) {
        let text = &self.buffer[..self.length];
        let from = index(self.counted.decoded, self.begin.decoded, text);
        let to = index(decoded, self.begin.decoded, text).max(from);
        let start = index(self.counted.stored, self.begin.stored, raw);
        let breaks = line_starts(&text[from..to], Unit::Byte).count();
        if let Some(last) = breaks.checked_sub(1)
            && let Some(line) = line_starts(&raw[start..], self.unit).nth(last)
        {
            self.counted.stored = self.begin.stored + (start + line) as u64;
        }
        self.counted.decoded = self.begin.decoded + to as u64;
    }
}

/// The decoded chunk, while it is made.
struct Text<'a> {
    buffer: &'a mut Vec<u8>,
    length: &'a mut usize,
    unit: Unit,
}

impl Text<'_> {
    fn decode(&mut self, decoder: &mut encoding_rs::Decoder, raw: &[u8], fresh: usize, last: bool) {
        let mut at = fresh;
        loop {
            let room = &mut self.buffer[*self.length..];
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(&raw[at..], room, last);
            at += read;
            *self.length += written;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => self.buffer.resize(self.buffer.len() * 2, 0),
                DecoderResult::Malformed(length, after) => {
                    let end = at.saturating_sub(usize::from(after));
                    self.set_aside(&raw[end.saturating_sub(usize::from(length))..end]);
                }
            }
        }
    }

    fn set_aside(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                // ISO-2022-JP that does not return to ASCII at the end of a line: the line ends all the same.
                b'\n' | b'\r' if self.unit == Unit::Byte => self.append(&[byte]),
                _ => self.append(&unit_of(byte)),
            }
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        let end = *self.length + bytes.len();
        if end > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        self.buffer[*self.length..end].copy_from_slice(bytes);
        *self.length = end;
    }
}

/// An offset as an index of what begins at `begin`.
fn index(offset: u64, begin: u64, bytes: &[u8]) -> usize {
    usize::try_from(offset.saturating_sub(begin)).unwrap_or(usize::MAX).min(bytes.len())
}

/// Where a line begins: behind every line feed and every carriage return.
fn line_starts(bytes: &[u8], unit: Unit) -> impl Iterator<Item = usize> {
    let width = unit.width();
    let starts = bytes.chunks_exact(width).enumerate();
    starts.filter_map(move |(number, chunk)| unit.is_break(chunk).then_some((number + 1) * width))
}

/// A byte that cannot be decoded, as two bytes that no UTF-8 has.
fn unit_of(byte: u8) -> [u8; 2] {
    [0xF8 | (byte >> 6), 0x80 | (byte & 0x3F)]
}

/// A raw record as text for people, from which it can be repaired: what is
/// valid UTF-8 as it is, with `\` doubled, every other byte as `\xE9`. In
/// `transcoded` text that is the byte that stands in the file.
pub(crate) fn escape(bytes: &[u8], transcoded: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        if transcoded && let [0xF8..=0xFB, 0x80..=0xBF, ..] = *rest {
            push_hex(&mut text, original_byte(rest, true));
            rest = &rest[2..];
            continue;
        }
        let chunk = rest.utf8_chunks().next();
        let valid = chunk.map(|chunk| chunk.valid()).unwrap_or_default();
        match valid.is_empty() {
            true => push_hex(&mut text, first),
            false => text.push_str(&valid.replace('\\', r"\\")),
        }
        rest = &rest[valid.len().max(1)..];
    }
    text
}

fn push_hex(text: &mut String, byte: u8) {
    text.push_str(&format!("\\x{byte:02X}"));
}

/// What [`escape`] made text of, with every byte that could not be decoded
/// set aside as a [`Decoder`] that transcodes does.
pub(crate) fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = match tail {
            [b'x', high, low, ..] if first == b'\\' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        let length = match (escaped, tail) {
            (Some((high, low)), _) => {
                bytes.extend(unit_of(high << 4 | low));
                4
            }
            (None, [b'\\', ..]) if first == b'\\' => {
                bytes.push(first);
                2
            }
            _ => {
                bytes.push(first);
                1
            }
        };
        rest = &rest[length..];
    }
    bytes
}

/// The byte, as stored, that could not be decoded and stands at the beginning of `text`.
pub(crate) fn original_byte(text: &[u8], transcoded: bool) -> u8 {
    match *text {
        [first @ 0xF8..=0xFB, second @ 0x80..=0xBF, ..] if transcoded => (first << 6) | (second & 0x3F),
        [first, ..] => first,
        [] => 0,
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENCODINGS: [Encoding; 13] = [
        Encoding::UTF_8,
        Encoding::GB18030,
        Encoding::UTF_16LE,
        Encoding::UTF_16BE,
        Encoding::SHIFT_JIS,
        Encoding::BIG5,
        Encoding::WINDOWS_1252,
        Encoding::EUC_KR,
        Encoding::UTF_32LE,
        Encoding::UTF_32BE,
        Encoding::ISO_2022_KR,
        Encoding::JOHAB,
        Encoding::EUC_TW,
    ];

    /// Text as stored; `None` where the encoding lacks a character.
    fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
        match encoding {
            wide if wide == Encoding::UTF_16LE => {
                Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
            }
            wide if wide == Encoding::UTF_16BE => {
                Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect())
            }
            wide if wide == Encoding::UTF_32LE => {
                Some(text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect())
            }
            wide if wide == Encoding::UTF_32BE => {
                Some(text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect())
            }
            _ => {
                let (bytes, _, lossy) = encoding.standard()?.encode(text);
                (!lossy).then(|| bytes.into_owned())
            }
        }
    }

    fn decoder(bytes: &[u8], encoding: Encoding, head: usize, step: usize) -> Decoder {
        let head = head.min(bytes.len());
        let rest = io::Cursor::new(bytes[head..].to_vec());
        let mut decoder = Decoder::new(Box::new(rest), encoding, bytes[..head].to_vec(), 0);
        decoder.step = step;
        decoder
    }

    fn read_all(mut decoder: Decoder) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let chunk = decoder.chunk().unwrap();
            if chunk.is_empty() {
                return all;
            }
            all.extend_from_slice(chunk);
            let length = chunk.len();
            decoder.consume(length);
        }
    }

    fn lines() -> impl Strategy<Value = Vec<String>> {
        let line = "([a-z0-9,\"]|[一-龥]|[가-힣]|[ぁ-ん]|[é-ü]|𠮷|ਊ|ഊ){0,12}(\r\n|\n|\r)";
        prop::collection::vec(line, 1..20)
    }

    proptest! {
        #[test]
        fn chunks_of_any_size_decode_alike(
            bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0..13usize, head in 0..40usize, step in 1..40usize
        ) {
            let whole = read_all(decoder(&bytes, ENCODINGS[which], bytes.len(), CHUNK));
            prop_assert_eq!(read_all(decoder(&bytes, ENCODINGS[which], head, step)), whole);
        }

        #[test]
        fn lines_are_found_where_they_are_stored(
            lines in lines(), which in 0..10usize, head in 0..40usize, step in 1..40usize
        ) {
            let encoding = ENCODINGS[which];
            let lines: Vec<_> = lines.into_iter().filter_map(|line| Some((encode(&line, encoding)?, line))).collect();
            let stored: Vec<u8> = lines.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let mut decoder = decoder(&stored, encoding, head, step);
            let (mut begin, mut at) = (0, 0);
            for (bytes, line) in &lines {
                decoder.chunk().unwrap();
                prop_assert_eq!(decoder.stored_offset(at), begin);
                let mut left = line.len();
                while left > 0 {
                    let length = decoder.chunk().unwrap().len().min(left);
                    decoder.consume(length);
                    left -= length;
                }
                prop_assert_eq!(decoder.stored_offset(at), begin);
                begin += bytes.len() as u64;
                at += line.len() as u64;
            }
        }

        #[test]
        fn escaped_bytes_come_back(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\\'), Just(b'x')], 0..60)) {
            let escaped = escape(&bytes, false);
            prop_assert_eq!(escape(&unescape(&escaped), true), escaped);
        }

        #[test]
        fn bytes_set_aside_come_back(parts in prop::collection::vec(("[a-z\\\\一-龥]{0,4}", any::<u8>()), 0..20)) {
            let decoded: Vec<u8> =
                parts.iter().flat_map(|(text, byte)| text.bytes().chain(unit_of(*byte))).collect();
            prop_assert_eq!(unescape(&escape(&decoded, true)), decoded);
        }
    }

    #[test]
    fn what_does_not_decode_is_set_aside_byte_by_byte() {
        let text = read_all(decoder(b"a\xFF\"b\nc", Encoding::GB18030, 1, 1));
        assert_eq!(text, b"a\xFB\xBF\"b\nc");
        assert_eq!(escape(&text, true), "a\\xFF\"b\nc");
        assert_eq!(read_all(decoder(b"\0\xD8a\0", Encoding::UTF_16LE, 1, 3)), b"\xF8\x80\xFB\x98a");
    }

    #[test]
    fn utf8_passes_untouched_and_counts_its_mark() {
        let bytes = b"\xEF\xBB\xBFa\xE9\n".to_vec();
        let mut decoder = Decoder::new(Box::new(io::empty()), Encoding::UTF_8, bytes, 3);
        assert_eq!(decoder.chunk().unwrap(), b"a\xE9\n");
        assert_eq!(decoder.stored_offset(3), 6);
        assert!(!decoder.transcodes());
    }
}
