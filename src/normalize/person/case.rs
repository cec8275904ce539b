//! The case of names that are all capitals or all lower case.

use super::PersonName;
use super::words::{DEGREE, GENERATION, TITLE, flags_of};

/// Particles that are written small in front of a family name.
const SMALL: &[&str] = &[
    "van", "von", "vom", "zum", "zur", "zu", "den", "der", "het", "ten", "ter", "te", "op", "de", "da", "do",
    "das", "dos", "du", "des", "del", "della", "delle", "dello", "dei", "degli", "di", "y", "e", "i", "und",
    "af", "av", "bin", "bint", "ibn", "al", "el", "ap", "and", "of", "the", "d'",
];

/// Suffixes that are neither all capitals nor as any word: as they are written.
const MIXED: &[&str] = &[
    "PhD", "DPhil", "EdD", "PsyD", "PharmD", "Esq", "Jr", "Sr", "Junior", "Senior", "MEng", "BEng", "MPhil",
    "LLb", "MSc", "BSc", "BCom", "MCom", "MBChB", "DSc", "ThD", "DMin", "MDiv", "BEd", "MEd", "Ret",
    "Esquire", "Jnr", "Snr", "Dipl", "BTech", "MTech", "CEng", "2nd", "3rd", "4th", "Ed",
];

/// Gives a name its usual case, if all its letters are of one.
pub(super) fn repair(name: &mut PersonName) {
    let parts = || [&name.given, &name.middle, &name.family].into_iter();
    let letters = || parts().flat_map(|part| part.chars());
    let upper = letters().any(char::is_uppercase);
    let lower = letters().any(char::is_lowercase);
    let several = parts()
        .flat_map(|part| part.split(' '))
        .any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    if upper == lower || !several {
        return;
    }
    for part in [&mut name.given, &mut name.middle, &mut name.maiden, &mut name.nickname] {
        *part = words(
            part,
            |at, word| if at > 0 && SMALL.contains(&word) { word.to_owned() } else { proper(word) },
        );
    }
    name.family = words(&name.family, small_or_proper);
    name.title = words(&name.title, title);
    name.suffix = words(&name.suffix, |_, word| suffix(word));
}

/// Rewrites each word of a part, which is given in lower case.
fn words(part: &str, write: impl Fn(usize, &str) -> String) -> String {
    let mut out = String::with_capacity(part.len());
    for (at, word) in part.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(&write(at, &word.to_lowercase()));
    }
    out
}

fn small_or_proper(at: usize, word: &str) -> String {
    let after_de = at > 0 && matches!(word, "la" | "las" | "los" | "le" | "lo");
    match SMALL.contains(&word) || after_de || matches!(word, "'t" | "’t") {
        true => word.to_owned(),
        false => proper(word),
    }
}

/// A word of a name: `Anne-Marie`, `O'Brien`, `McDonald`, `al-Said`.
fn proper(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for (at, chunk) in word.split_inclusive(['-', '‐', '–', '.', '/']).enumerate() {
        let bare = chunk.trim_end_matches(['-', '‐', '–']);
        match at == 0 && bare.len() < chunk.len() && matches!(bare, "al" | "el" | "ibn" | "bin") {
            true => out.push_str(chunk),
            false => push_chunk(&mut out, chunk),
        }
    }
    out
}

fn push_chunk(out: &mut String, chunk: &str) {
    let is_elided = |before: &str| matches!(before, "o" | "d" | "l" | "dell" | "dall" | "m" | "n");
    if let Some((before, behind)) = chunk.split_once(['\'', '’'])
        && is_elided(before)
        && behind.chars().count() > 1
    {
        let mark = chunk.get(before.len()..chunk.len() - behind.len()).unwrap_or("'");
        capitalize(out, before);
        out.push_str(mark);
        return capitalize(out, behind);
    }
    let (scottish, rest) = match (chunk.strip_prefix("mc"), chunk.strip_prefix("mac")) {
        (Some(rest), _) if rest.len() > 1 => ("Mc", rest),
        (_, Some(rest)) if is_mac(rest) => ("Mac", rest),
        _ => ("", chunk),
    };
    out.push_str(scottish);
    capitalize(out, rest);
}

/// Whether `mac` in front of this is a son's: not in `Macy`, `Mack`, `Machado`.
fn is_mac(rest: &str) -> bool {
    const NOT: &[&str] =
        &["hado", "hin", "hain", "huca", "lin", "queen", "naughton", "more", "key", "ken", "kin", "kie"];
    rest.len() > 3
        && rest.starts_with(['a', 'b', 'c', 'd', 'f', 'g', 'i', 'k', 'l', 'm', 'n', 'p', 'q', 'r', 't'])
        && !NOT.contains(&rest)
        && !rest.starts_with("ia")
        && !rest.starts_with("ed")
}

fn capitalize(out: &mut String, word: &str) {
    let mut chars = word.chars();
    if let Some(first) = chars.next() {
        out.extend(first.to_uppercase());
        out.push_str(chars.as_str());
    }
}

fn title(_: usize, word: &str) -> String {
    match word {
        "of" | "the" | "and" | "d'affaires" => word.to_owned(),
        "us" | "uk" | "usa" | "ceo" | "cfo" | "cto" | "coo" | "vp" => word.to_uppercase(),
        _ => proper(word),
    }
}

fn suffix(word: &str) -> String {
    let bare: String = word.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let flags = flags_of(&bare);
    let written = match MIXED.iter().find(|mixed| mixed.eq_ignore_ascii_case(&bare)) {
        Some(mixed) => Some(*mixed),
        None if flags & (DEGREE | GENERATION) != 0 => None,
        None if flags & TITLE != 0 => return proper(word),
        None => None,
    };
    let Some(written) = written else { return word.to_uppercase() };
    let mut letters = written.chars();
    word.chars().map(|c| if matches!(c, '.' | ',') { c } else { letters.next().unwrap_or(c) }).collect()
}
