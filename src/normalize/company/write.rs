//! What is written of the words of a name.

use super::forms;
use super::words::{Role, Word, Words, is_east_asian};

/// The stretches of a text whose words have such a role, one after another.
pub(super) fn source(words: &Words, text: &str, wanted: fn(Role) -> bool) -> String {
    let mut out = String::new();
    for run in words.list.chunk_by(|a, b| wanted(a.role) == wanted(b.role)) {
        let Some(first) = run.first() else { continue };
        if wanted(first.role) && run.iter().any(|word| word.end > word.start) {
            let run = match first.role {
                Role::Name | Role::Filler | Role::Open | Role::Close => without_ends(run),
                _ => run,
            };
            join(&mut out, stretch(text, run));
        }
    }
    out
}

/// Without the `&` and brackets that what is set aside left at the ends.
fn without_ends(run: &[Word]) -> &[Word] {
    let holds = |word: &Word| word.role == Role::Name;
    let opened = |before: &[Word]| before.iter().any(|word| word.role == Role::Open);
    let first = run.iter().position(|word| holds(word) || word.role == Role::Open || word.end > word.start);
    let run = first.and_then(|first| run.get(first..)).unwrap_or(run);
    let closes = |at: usize| run.get(..at).is_some_and(opened);
    let last = (0..run.len()).rfind(|&at| holds(&run[at]) || run[at].role == Role::Close && closes(at));
    last.and_then(|last| run.get(..=last)).unwrap_or(run)
}

/// The text from the first word to the last, with the full stops behind it.
fn stretch<'a>(text: &'a str, run: &[Word]) -> &'a str {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return "" };
    let rest = text.get(last.to..).unwrap_or_default();
    let stops = rest.len() - rest.trim_start_matches(['.', '!']).len();
    text.get(first.from..last.to + stops).unwrap_or_default()
}

/// Adds a part, with a space unless both sides are East Asian.
fn join(out: &mut String, part: &str) {
    let ends = |c: Option<char>| c.is_some_and(|c| is_east_asian(c) || c == ')');
    let starts = |c: Option<char>| c.is_some_and(|c| is_east_asian(c) || c == '(');
    let runs_on = ends(out.chars().next_back()) && starts(part.chars().next());
    if !out.is_empty() && !runs_on {
        out.push(' ');
    }
    out.push_str(part);
}

/// The words that are compared, with spaces where letters would run together.
/// Single letters do: `I. B. M.` is `IBM`. And whether reading the key again
/// would surely find the same words.
pub(super) fn key(words: &Words) -> (String, bool) {
    let compared = |role: Role| matches!(role, Role::Name | Role::Branch);
    let any = words.list.iter().any(|word| compared(word.role));
    let mut key = String::with_capacity(words.letters.len() + words.list.len());
    let mut single_before = false;
    let (mut settled, mut gap) = (any, false);
    for word in &words.list {
        let letters = words.letters.get(word.start..word.end).unwrap_or_default();
        // Nothing but `the`, or nothing but a legal form, is a name as well.
        if letters.is_empty() || any && !compared(word.role) {
            gap = true;
            settled &= matches!(word.role, Role::Form | Role::Region);
            continue;
        }
        let single = matches!(letters.as_bytes(), [b'a'..=b'z']);
        if !key.is_empty() {
            let runs_on = single && single_before
                || key.chars().next_back().is_some_and(is_east_asian)
                || letters.chars().next().is_some_and(is_east_asian);
            if !runs_on {
                key.push(' ');
            }
            settled &= !runs_on && !gap && word.role == Role::Name;
        }
        key.push_str(letters);
        (single_before, gap) = (single, false);
    }
    (key, settled)
}

/// The text with its legal forms written the standard way.
pub(super) fn standardized(words: &Words, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut place = 0;
    for run in words.list.chunk_by(|a, b| a.role == b.role) {
        let last = place + run.len() - 1;
        let letters = words.joined(place, last);
        place += run.len();
        let standard =
            run.first().filter(|word| word.role == Role::Form).and_then(|_| forms::standard(letters));
        let (Some(standard), Some(first)) = (standard, run.first()) else { continue };
        let old = stretch(text, run);
        // `(集团)` is part of the name as it is registered.
        if letters.starts_with(is_east_asian) && old.contains('(') && letters.chars().nth(1).is_some() {
            continue;
        }
        out.push_str(text.get(at..first.from).unwrap_or_default());
        out.push_str(standard);
        at = first.from + old.len();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
