//! Quotation marks and dashes that word processors make.

use std::borrow::Cow;

use super::catalogue::Entry;
use super::{Normalizer, rewrite_from, rule};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "quotes",
    about: "curly quotation marks made straight; dashes by option",
    options: "dashes (– and — become -)",
    example: ["quotes", "“O’Brien” «Söhne»", "\"O'Brien\" \"Söhne\""],
    make: |options| {
        let mut dashes = false;
        for (key, _) in options.pairs() {
            match key {
                "dashes" => dashes = true,
                _ => return Err(options.refuse(key)),
            }
        }
        Ok(rule("quotes", move |text| Ok(straight(text, dashes))))
    },
}];

/// Makes quotation marks and apostrophes straight:
///
/// - `"` for `“` `”` `„` `‟` `″` `«` `»` `〝` `〞` `〟` `＂`;
/// - `'` for `‘` `’` `‚` `‛` `′` `‹` `›` `´` `` ` `` `ʼ` `ʹ` `＇`.
///
/// `「」` and `《》` stay. `“”` are also the ordinary quotation marks of
/// Chinese, where straight ones are less usual.
///
/// ```
/// use handover::normalize::apply;
/// use handover::normalize::straight_quotes;
///
/// assert_eq!(apply(&[straight_quotes()], "Conan O’Brien, “CoCo”")?, "Conan O'Brien, \"CoCo\"");
/// # Ok::<(), handover::Fault>(())
/// ```
pub fn straight_quotes() -> Box<dyn Normalizer> {
    rule("quotes", |text| Ok(straight(text, false)))
}

/// Makes a hyphen `-` of every dash: `‐` `‑` `‒` `–` `—` `―` `−` `﹘` `﹣` `－`.
pub fn straight_dashes() -> Box<dyn Normalizer> {
    rule("dashes", |text| {
        Ok(rewrite_from(text, |&(_, c)| dash(c) != c, |out, rest| out.extend(rest.chars().map(dash))))
    })
}

fn straight(text: &str, dashes: bool) -> Cow<'_, str> {
    let straight = |c: char| match quote(c) {
        same if same == c && dashes => dash(c),
        straight => straight,
    };
    rewrite_from(text, |&(_, c)| straight(c) != c, |out, rest| out.extend(rest.chars().map(straight)))
}

fn quote(c: char) -> char {
    match c {
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '«' | '»' | '\u{301D}'..='\u{301F}' | '＂' => '"',
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '‹' | '›' | '´' | '`' | '\u{2BC}' | '\u{2B9}' | '＇' => {
            '\''
        }
        _ => c,
    }
}

fn dash(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;

    fn run(rule: Box<dyn Normalizer>, text: &str) -> String {
        apply(&[rule], text).unwrap().into_owned()
    }

    #[test]
    fn every_mark_that_is_named_is_made_straight() {
        assert_eq!(run(straight_quotes(), "“”„‟″«»〝〞〟＂"), "\"".repeat(11));
        assert_eq!(run(straight_quotes(), "‘’‚‛′‹›´`ʼʹ＇"), "'".repeat(12));
        assert_eq!(run(straight_dashes(), "‐‑‒–—―−﹘﹣－"), "-".repeat(10));
    }

    #[test]
    fn nothing_else_is_touched() {
        assert_eq!(run(straight_quotes(), "「a」《b》–"), "「a」《b》–");
        assert_eq!(run(straight_dashes(), "“a”·~"), "“a”·~");
    }
}
