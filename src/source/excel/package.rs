//! The ZIP package that a workbook is, and its parts as streams of XML.
//!
//! Everything that a hostile file could blow up is limited here: how far a
//! part unfolds, and how much of it is held at a time.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Seek};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::QName;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::damaged;
use crate::error::{Error, ErrorKind, Result};
use crate::source::input::Seekable;
use crate::source::unfold::ALWAYS_ALLOWED;

/// The longest piece of XML, a text or a tag, that is held, in bytes.
const MAX_PIECE: usize = 16 << 20;

/// What a package is read from.
pub(super) type File = BufReader<Box<dyn Seekable>>;

/// A ZIP file, its parts found whatever the case of their names.
pub(super) struct Package {
    zip: ZipArchive<File>,
    index: HashMap<String, usize>,
    max_unfold: u64,
}

impl Package {
    pub fn open(file: File, max_unfold: u64) -> Result<Self> {
        let zip = ZipArchive::new(file).map_err(cannot_unfold)?;
        let names = zip.file_names_raw().enumerate();
        let index = names.map(|(at, name)| (plain(&String::from_utf8_lossy(name)), at)).collect();
        Ok(Package { zip, index, max_unfold })
    }

    pub fn has(&self, path: &str) -> bool {
        self.index.contains_key(&plain(path))
    }

    /// The bytes of a part, if it is there.
    pub fn part(&mut self, path: &str) -> Result<Option<Part<'_>>> {
        let Some(&at) = self.index.get(&plain(path)) else { return Ok(None) };
        let file = self.zip.by_index(at).map_err(cannot_unfold)?;
        let limit = file.compressed_size().saturating_mul(self.max_unfold).max(ALWAYS_ALLOWED);
        Ok(Some(Part { reader: BufReader::with_capacity(64 << 10, file), left: limit, piece: 0 }))
    }

    /// A part as XML, if it is there.
    pub fn xml(&mut self, path: &str) -> Result<Option<Xml<'_>>> {
        Ok(self.part(path)?.map(Xml::new))
    }

    /// A part as XML, which every workbook of this kind has.
    pub fn required(&mut self, path: &str) -> Result<Xml<'_>> {
        self.xml(path)?.ok_or_else(|| Error::format(format!("the workbook is damaged: it has no {path}")))
    }

    /// Reads every part to its end, for a reader that knows no limits itself;
    /// all but the sheets it holds, which must be no more than `max` bytes.
    /// Gives back the file, at its beginning.
    pub fn check(mut self, max: usize) -> Result<File> {
        let mut paths: Vec<String> = self.index.keys().cloned().collect();
        paths.sort_unstable();
        for path in paths {
            let Some(mut part) = self.part(&path)? else { continue };
            if !path.contains("/worksheets/") {
                part.left = part.left.min(max as u64);
            }
            part.skip()?;
        }
        let mut file = self.zip.into_inner();
        file.rewind().map_err(|error| Error::io("cannot read", error))?;
        Ok(file)
    }
}

/// A path as it is looked up: some writers use backslashes, or other case than they say.
fn plain(path: &str) -> String {
    path.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

fn cannot_unfold(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => cannot_read(error),
        ZipError::UnsupportedArchive(why) if why.contains("assword") => password(),
        error => damaged(error),
    }
}

/// What a workbook is refused with that nobody can read without its password.
pub(super) fn password() -> Error {
    Error::format("the workbook is protected with a password: save it without one")
}

fn cannot_read(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::QuotaExceeded => Error::new(ErrorKind::Limit, error.to_string()),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            damaged(error)
        }
        io::ErrorKind::Other => damaged(error),
        _ => Error::io("cannot read", error),
    }
}

/// The bytes of a part, up to the limits.
pub(super) struct Part<'z> {
    reader: BufReader<ZipFile<'z, File>>,
    /// How much the part may still unfold to.
    left: u64,
    /// How much was read of the present piece.
    piece: usize,
}

impl Part<'_> {
    /// Reads to the end, where the checksum is compared.
    fn skip(&mut self) -> Result<()> {
        loop {
            self.piece = 0;
            let length = self.fill_buf().map_err(cannot_read)?.len();
            if length == 0 {
                return Ok(());
            }
            self.consume(length);
        }
    }
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Part<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let message = "the workbook unfolds further than is allowed: see `max_unfold`";
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, message));
        }
        if self.piece > MAX_PIECE {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, too_long()));
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.left = self.left.saturating_sub(length as u64);
        self.piece += length;
        self.reader.consume(length);
    }
}

/// A part as XML: one event after the other.
pub(super) struct Xml<'z> {
    reader: quick_xml::Reader<Part<'z>>,
    buffer: Vec<u8>,
    /// Whether the parser has stopped at the end of a text, and waits for what ends it.
    in_text: bool,
}

impl<'z> Xml<'z> {
    fn new(part: Part<'z>) -> Self {
        let mut reader = quick_xml::Reader::from_reader(part);
        let config = reader.config_mut();
        // What is read is told by its structure; a name at the end of an element adds nothing.
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Xml { reader, buffer: Vec::with_capacity(1 << 10), in_text: false }
    }

    #[inline(always)]
    pub fn next(&mut self) -> Result<Event<'_>> {
        self.buffer.clear();
        self.reader.get_mut().piece = 0;
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::DocType(_)) => Err(Error::format("the workbook declares entities, which is refused")),
            Ok(event) => {
                self.in_text = matches!(event, Event::Text(_));
                Ok(event)
            }
            Err(quick_xml::Error::Io(error)) => {
                Err(cannot_read(io::Error::new(error.kind(), error.to_string())))
            }
            Err(error) => Err(damaged(error)),
        }
    }

    /// The event, unless the part ends here, where it should not.
    #[inline(always)]
    pub fn more(&mut self) -> Result<Event<'_>> {
        match self.next()? {
            Event::Eof => Err(Error::format("the workbook is damaged: a part of it ends too early")),
            event => Ok(event),
        }
    }

    /// What comes next, as far as it is at hand. Whole elements of it may be
    /// read without the parser, which goes on behind what is passed.
    pub fn ahead(&mut self) -> Result<&[u8]> {
        if self.in_text {
            return Ok(&[]);
        }
        self.reader.get_mut().piece = 0;
        self.reader.get_mut().fill_buf().map_err(cannot_read)
    }

    /// Goes on behind so many bytes of those ahead.
    pub fn pass(&mut self, length: usize) {
        self.reader.stream().consume(length);
    }

    /// Appends the text up to the end of the element that was just begun.
    pub fn text(&mut self, text: &mut String) -> Result<()> {
        let mut within = 0;
        loop {
            match self.more()? {
                Event::Start(_) => within += 1,
                Event::End(_) if within == 0 => return Ok(()),
                Event::End(_) => within -= 1,
                event => append(&event, text)?,
            }
        }
    }

    /// Appends the text of all runs up to the end of an element, but not how it is pronounced.
    pub fn rich_text(&mut self, end: &str, text: &mut String) -> Result<()> {
        let (mut is_text, mut is_phonetic) = (false, false);
        loop {
            match self.more()? {
                Event::End(tag) if local(tag.name()) == end => return Ok(()),
                Event::Start(tag) => match local(tag.name()) {
                    "t" => is_text = true,
                    "rPh" => is_phonetic = true,
                    _ => {}
                },
                Event::End(tag) => match local(tag.name()) {
                    "t" => is_text = false,
                    "rPh" => is_phonetic = false,
                    _ => {}
                },
                event if is_text && !is_phonetic => append(&event, text)?,
                _ => {}
            }
        }
    }

    /// Reads to the end, so that what is damaged there is told.
    pub fn finish(&mut self) -> Result<()> {
        self.reader.get_mut().skip()
    }
}

/// Splits off a text and the tags behind it, where the text stands for itself
/// in every byte; `None` leaves it to the parser.
#[inline]
pub(super) fn plain_text<'x>(ahead: &'x [u8], tags: &[u8]) -> Option<(&'x str, &'x [u8])> {
    let end = ahead.iter().position(|b| matches!(b, b'<' | b'&' | b'\r'))?;
    let (text, rest) = ahead.split_at(end);
    Some((std::str::from_utf8(text).ok()?, rest.strip_prefix(tags)?))
}

/// Appends what is text.
pub(super) fn append(event: &Event<'_>, text: &mut String) -> Result<()> {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(&piece.xml10_content()),
        Event::GeneralRef(entity) => text.push(resolve(entity)?),
        _ => {}
    }
    if text.len() > MAX_PIECE {
        return Err(Error::new(ErrorKind::Limit, too_long()));
    }
    Ok(())
}

fn too_long() -> String {
    format!("a text of more than {} MiB in one cell", MAX_PIECE >> 20)
}

/// The character that an entity stands for.
fn resolve(entity: &BytesRef<'_>) -> Result<char> {
    if let Some(c) = entity.resolve_char_ref().map_err(damaged)? {
        return Ok(c);
    }
    match &*entity.xml10_content() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(Error::format("the workbook is damaged: an entity that nobody declares")),
    }
}

/// The name of an element without its prefix.
#[inline]
pub(super) fn local<'n>(name: QName<'n>) -> &'n str {
    // Most elements of a sheet are of one letter.
    if name.0.len() == 1 { name.0 } else { name.local_name().into_inner() }
}

/// The attributes of an element, each with its value as it stands.
pub(super) struct Attributes<'t>(&'t str);

impl<'t> Attributes<'t> {
    #[inline]
    pub fn of(tag: &'t BytesStart<'_>) -> Self {
        Attributes::within(tag.attributes_raw())
    }

    /// Those in what stands behind the name of an element.
    #[inline]
    pub fn within(tag: &'t str) -> Self {
        Attributes(tag.trim_ascii())
    }

    #[inline]
    fn pair(&mut self) -> Option<(&'t str, &'t str)> {
        // Names and values are short: looking at byte after byte is faster than a search.
        let find = |text: &str, wanted: u8| text.bytes().position(|b| b == wanted);
        let (name, rest) = self.0.split_at(find(self.0, b'=')?);
        let rest = rest[1..].trim_ascii_start();
        let quote = rest.bytes().next().filter(|b| matches!(b, b'"' | b'\''))?;
        let (value, rest) = rest[1..].split_at(find(&rest[1..], quote)?);
        self.0 = rest[1..].trim_ascii_start();
        Some((name.trim_ascii(), value))
    }
}

impl<'t> Iterator for Attributes<'t> {
    type Item = Result<(&'t str, &'t str)>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let pair = self.pair();
        if pair.is_none() {
            self.0 = "";
        }
        Some(pair.ok_or_else(|| Error::format("the workbook is damaged: an attribute without its value")))
    }
}

/// The value of an attribute, whatever its prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
    for attribute in Attributes::of(tag) {
        let (key, value) = attribute?;
        if key.rsplit(':').next() == Some(name) {
            return unescaped(value).map(Some);
        }
    }
    Ok(None)
}

/// The value of an attribute, its entities resolved.
pub(super) fn unescaped(value: &str) -> Result<String> {
    Ok(quick_xml::escape::unescape(value).map_err(damaged)?.into_owned())
}

/// Whether an attribute says yes.
pub(super) fn says_yes(tag: &BytesStart<'_>, name: &str) -> Result<bool> {
    Ok(matches!(attribute(tag, name)?.as_deref(), Some("1" | "true" | "on")))
}
