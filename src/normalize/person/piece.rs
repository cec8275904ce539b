//! The words of a name, and what can be seen of each without the others.

use super::east_asian::is_address;
use super::words::{
    CONJUNCTION, DEGREE, GENERATION, GIVEN_TITLE, LINK, MAIDEN, MAYBE, PARTICLE, SHORT, TITLE, flags_of,
};

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// `SMITH`.
    Upper,
    /// `smith`.
    Lower,
    /// `Smith`, `McDonald`, and what has no case.
    Title,
}

/// A word, or several that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    /// As it stands in the text.
    pub text: &'a str,
    at: usize,
    flags: u16,
    pub case: Case,
    /// It ends with a period.
    pub dotted: bool,
    /// How many letters, where it is made of letters with periods: 3 for `J.R.R.`.
    pub initials: u8,
    /// It is one letter, with or without a period.
    pub letter: bool,
}

/// The words of a text, and those that a conjunction joins as one: `Mr. and
/// Mrs.`, `Secretary of State`. `Ph. D.` is one too, except in front.
pub(super) fn pieces(text: &str, head: bool) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(6);
    let mut joins = false;
    let mut next = 0;
    for word in text.split(' ') {
        let at = next;
        next += word.len() + 1;
        if word.is_empty() {
            continue;
        }
        let (title, word, at) = glued_title(word, at);
        pieces.extend(title);
        let (word, address) = glued_address(word);
        let piece = Piece::of(word, at);
        let conjunction = piece.is(CONJUNCTION);
        let degree = piece.text.eq_ignore_ascii_case("d.")
            && pieces.len() > usize::from(head)
            && pieces.last().is_some_and(|last| last.text.eq_ignore_ascii_case("ph."));
        match pieces.last_mut() {
            Some(last) if joins || conjunction || degree => {
                *last = if degree {
                    Piece { flags: DEGREE, ..last.joined(&piece, text) }
                } else {
                    last.joined(&piece, text)
                };
            }
            _ => pieces.push(piece),
        }
        joins = conjunction;
        pieces.extend(address.map(|address| Piece::of(address, at + word.len()).with(DEGREE)));
    }
    pieces
}

impl<'a> Piece<'a> {
    pub(super) fn of(text: &'a str, at: usize) -> Self {
        let (mut upper, mut lower, mut letters, mut periods) = (0, 0, 0, 0u8);
        for c in text.chars() {
            upper += u32::from(c.is_uppercase());
            lower += u32::from(c.is_lowercase());
            letters += u32::from(c.is_alphabetic());
            periods = periods.saturating_add(u8::from(c == '.'));
        }
        let case = match (upper, lower) {
            (1.., 0) => Case::Upper,
            (0, 1..) => Case::Lower,
            _ => Case::Title,
        };
        let inner = text.strip_suffix('.').unwrap_or(text);
        let single = periods > 0 && inner.split('.').all(is_letter);
        let initials = if single { inner.split('.').count().min(9) as u8 } else { 0 };
        let dotted = text.ends_with('.');
        let mut flags = known(text, inner, initials);
        if letters == 0 && !matches!(text, "&" | "+") {
            flags = 0;
        }
        Piece { text, at, flags, case, dotted, initials, letter: letters == 1 && is_letter(inner) }
    }

    /// This and the next as one, which is a title where the first is.
    pub(super) fn joined(&self, next: &Piece<'a>, whole: &'a str) -> Self {
        let first = if self.is(CONJUNCTION) { next } else { self };
        let keeps = if self.is(CONJUNCTION) { CONJUNCTION } else { 0 };
        let particles = self.is(PARTICLE) && (next.is(PARTICLE) || next.is(CONJUNCTION));
        let text = whole.get(self.at..next.at + next.text.len()).unwrap_or(self.text);
        let flags = first.flags & (TITLE | GIVEN_TITLE | DEGREE)
            | if particles { PARTICLE } else { 0 }
            | keeps & next.flags;
        Piece { text, flags, initials: 0, dotted: false, letter: false, ..*self }
    }

    /// The same, known as something more.
    pub(super) fn with(self, flags: u16) -> Self {
        Piece { flags: self.flags | flags, ..self }
    }

    /// Whether it is any of these.
    pub(super) fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    /// Whether it is a degree or a generation, and no name.
    pub(super) fn is_suffix(&self) -> bool {
        self.is(DEGREE | GENERATION) && !self.is(MAYBE | PARTICLE) || self.is_listed_dotted()
    }

    /// `M.D.`, `D.O.`: periods make a degree of what could be a name.
    pub(super) fn is_listed_dotted(&self) -> bool {
        self.initials > 1 && self.is(DEGREE | MAYBE)
    }

    /// An abbreviation in front of a name: listed, or not known but with a period.
    pub(super) fn is_title(&self) -> bool {
        let abbreviation = self.dotted
            && self.initials == 0
            && !self.letter
            && !self.text.contains(' ')
            && !self.is(SHORT)
            && self.text.starts_with(|c: char| c.is_uppercase() || c.is_lowercase())
            && self.text.trim_end_matches('.').chars().all(char::is_alphabetic);
        self.is(TITLE) || abbreviation
    }

    /// A Roman numeral by its shape.
    pub(super) fn is_numeral(&self) -> bool {
        let text = self.text.trim_end_matches(['.', '。']);
        matches!(text.len(), 1..=5)
            && (text.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
                || text.bytes().all(|b| matches!(b, b'i' | b'v' | b'x')))
    }

    /// `J.` or `J`.
    pub(super) fn is_initial(&self) -> bool {
        self.letter && self.case != Case::Lower || self.initials == 1
    }

    /// Letters only, at least two, all capitals: what an unknown degree looks like.
    pub(super) fn is_acronym(&self) -> bool {
        self.case == Case::Upper && self.text.len() > 1 && self.text.chars().all(char::is_alphabetic)
    }

    /// A word of a name, for telling whether capitals mean anything.
    pub(super) fn is_plain(&self) -> bool {
        !self.is_title() && !self.is(DEGREE | GENERATION | MAYBE | PARTICLE | CONJUNCTION | LINK | MAIDEN)
    }

    /// A link between family names is only that where the position says so.
    pub(super) fn is_link(&self) -> bool {
        self.is(LINK)
    }
}

/// A title that is written together with the name behind it: `Mr.Smith`.
fn glued_title(word: &str, at: usize) -> (Option<Piece<'_>>, &str, usize) {
    if let Some((before, behind)) = word.split_once('.')
        && before.len() > 1
        && behind.len() > 1
        && !behind.contains('.')
        && let Some((title, behind)) = word.split_at_checked(before.len() + 1)
    {
        let (title, name) = (Piece::of(title, at), Piece::of(behind, 0));
        if title.is(TITLE) && !name.is(TITLE | DEGREE | MAYBE) && name.case == Case::Title {
            return (Some(title), behind, at + before.len() + 1);
        }
    }
    (None, word, at)
}

/// A form of address that is written together with a Western name: `Lisa老师`.
fn glued_address(word: &str) -> (&str, Option<&str>) {
    let at = word.find(|c| !matches!(c, '\0'..='\u{2FF}')).filter(|&at| at > 0);
    let parts = at.and_then(|at| word.split_at_checked(at));
    match parts.filter(|(_, tail)| is_address(tail)) {
        Some((name, address)) => (name, Some(address)),
        None => (word, None),
    }
}

fn is_letter(chunk: &str) -> bool {
    let mut chars = chunk.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}

/// What the tables know of a word, whatever its case and periods.
fn flags_of_cased(word: &str) -> u16 {
    if !word.is_ascii() {
        return flags_of(&word.to_lowercase().replace('.', ""));
    }
    let mut buffer = [0; 24];
    let letters = word.bytes().filter(|b| *b != b'.');
    let written = letters.zip(&mut buffer).map(|(letter, b)| *b = letter.to_ascii_lowercase()).count();
    buffer.get(..written).and_then(|word| std::str::from_utf8(word).ok()).map_or(0, flags_of)
}

/// What the tables know of a word: without its periods, or of what the periods
/// or hyphens part.
fn known(text: &str, inner: &str, initials: u8) -> u16 {
    let mut whole = flags_of_cased(text.trim_end_matches('。'));
    if initials > 0 {
        // `M.R.` is no mister, and `D.E.` no particle; `E.` links nothing.
        whole &= if initials == 1 { 0 } else { DEGREE | MAYBE };
    }
    if whole != 0 || initials > 0 || !inner.contains(['.', '-', '/']) {
        return whole;
    }
    let all = inner.split(['.', '-', '/']).map(flags_of_cased).fold(u16::MAX, |all, flags| {
        let suffix = if flags & (DEGREE | GENERATION | MAYBE) != 0 { DEGREE } else { 0 };
        all & (flags & (TITLE | GIVEN_TITLE) | suffix)
    });
    all & (TITLE | GIVEN_TITLE | DEGREE)
}
