//! What people put around a value: labels, brackets, the punctuation of lists.

use super::text::trimmed;

/// Pairs that stand around a whole value.
const PAIRS: [(char, char); 9] = [
    ('<', '>'),
    ('(', ')'),
    ('[', ']'),
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('‘', '’'),
    ('【', '】'),
    ('《', '》'),
];

/// The text without white space and what separates the items of a list, on both ends.
pub(super) fn without_punctuation(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';'
                    | ':'
                    | '、'
                    | '。'
                    | '，'
                    | '；'
                    | '：'
                    | '•'
                    | '●'
                    | '\u{200B}'
                    | '\u{2060}'
                    | '\u{FEFF}'
            )
    })
}

/// The text without one pair of brackets or quotation marks around it.
pub(super) fn without_pair(text: &str) -> &str {
    let inner = PAIRS.iter().find_map(|&(open, close)| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        (!inner.contains([open, close])).then_some(inner)
    });
    inner.map_or(text, trimmed)
}

/// The text without a label, of those given in lower case, that ends in a
/// colon or a space and may be numbered: `邮箱2: `. One in another script may
/// also stand directly before ASCII.
pub(super) fn without_label<'a>(text: &'a str, labels: &[&str]) -> &'a str {
    let is_label = |text: &str| {
        let label = text.trim().trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
        label.len() <= 40 && labels.contains(&&*label.to_lowercase())
    };
    let parts = match text.split_once(':').filter(|(label, _)| is_label(label)) {
        Some(parts) => Some(parts),
        None => text.split_once(char::is_whitespace).filter(|(label, _)| is_label(label)),
    };
    if let Some((_, rest)) = parts {
        return trimmed(rest);
    }
    let foreign = labels.iter().filter(|label| !text.is_ascii() && !label.is_ascii());
    let rest = foreign.filter_map(|label| text.strip_prefix(label)).find(|rest| rest.is_ascii());
    rest.map_or(text, trimmed)
}
