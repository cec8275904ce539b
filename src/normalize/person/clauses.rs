//! What stands in brackets and quotation marks: a nickname, the name at
//! birth, or a suffix.

use std::borrow::Cow;

use super::east_asian::is_address;
use super::piece::{Piece, pieces};
use super::read::push_word;
use super::words::MAIDEN;

/// The name without its clauses, and what they say.
pub(super) struct Clauses<'a> {
    pub rest: Cow<'a, str>,
    pub nickname: String,
    pub maiden: String,
}

const PAIRS: &[(char, char)] = &[
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('<', '>'),
    ('"', '"'),
    ('“', '”'),
    ('”', '”'),
    ('„', '“'),
    ('„', '”'),
    ('«', '»'),
    ('»', '«'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('《', '》'),
    ('\'', '\''),
    ('‘', '’'),
];

/// Takes the clauses out of a name.
pub(super) fn take(text: &str) -> Clauses<'_> {
    let mut clauses = Clauses { rest: Cow::Borrowed(text), nickname: String::new(), maiden: String::new() };
    if !text.contains(opens) {
        return clauses;
    }
    let mut rest = String::with_capacity(text.len());
    let mut left = text;
    while let Some(at) = left.find(opens) {
        let (before, from) = left.split_at(at);
        rest.push_str(before);
        match clause(from, rest.chars().next_back()) {
            Some((inside, behind)) => {
                if !rest.ends_with(' ') {
                    rest.push(' ');
                }
                clauses.sort_in(inside.trim(), &mut rest);
                left = behind.trim_start_matches(' ');
            }
            None => {
                let first = from.chars().next().map_or(0, char::len_utf8);
                let (mark, behind) = from.split_at(first);
                rest.push_str(mark);
                left = behind;
            }
        }
    }
    rest.push_str(left);
    clauses.rest = Cow::Owned(rest);
    clauses
}

fn opens(c: char) -> bool {
    match c {
        ' '..='~' => matches!(c, '(' | '[' | '{' | '<' | '"' | '\''),
        _ => PAIRS.iter().any(|pair| pair.0 == c),
    }
}

/// The inside of the clause that a text begins with, and what is behind it. An
/// apostrophe opens none inside of a word, nor closes one.
fn clause(text: &str, before: Option<char>) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let single = matches!(open, '\'' | '‘');
    if single && before.is_some_and(|c| !c.is_whitespace() && c != '(') {
        return None;
    }
    let inner = text.get(open.len_utf8()..)?;
    let close = |c: char| PAIRS.contains(&(open, c));
    let ends = |at: usize, len: usize| {
        let next = inner.get(at + len..).and_then(|rest| rest.chars().next());
        at > 0 && next.is_none_or(|c| !c.is_alphanumeric())
    };
    let (at, mark) = inner.match_indices(close).find(|(at, mark)| !single || ends(*at, mark.len()))?;
    let inside = inner.get(..at)?;
    let behind = inner.get(at + mark.len()..)?;
    let word = !single || !inside.trim().is_empty();
    word.then_some((inside.trim_matches(['"', '\'', '“', '”']), behind))
}

impl Clauses<'_> {
    /// A suffix goes back into the name, a marked name at birth and a nickname to their places.
    fn sort_in(&mut self, inside: &str, rest: &mut String) {
        let words = pieces(inside, true);
        let at_birth = inside.strip_prefix("z domu ").or_else(|| match words.as_slice() {
            [marker, born, ..] if marker.is(MAIDEN) && !born.is_suffix() && !born.text.starts_with(',') => {
                inside.get(marker.text.len()..)
            }
            _ => None,
        });
        let suffix = is_address(inside)
            || words.first().is_some_and(|word| word.is(MAIDEN))
                && words.get(1).is_some_and(Piece::is_suffix)
            || !words.is_empty()
                && words.iter().all(|word| {
                    word.is_suffix() || word.dotted && !word.letter && word.initials == 0 || word.initials > 2
                });
        if let Some(maiden) = at_birth {
            push_word(&mut self.maiden, maiden.trim(), " ");
        } else if suffix {
            rest.push_str(inside);
            rest.push(' ');
        } else if !inside.is_empty() {
            push_word(&mut self.nickname, inside, " ");
        }
    }
}
