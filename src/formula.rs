//! Text that a spreadsheet would take for a formula, disarmed and armed again.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a
//! line break, or with the full-width form of a sign: the list of
//! [OWASP](https://owasp.org/www-community/attacks/CSV_Injection). An
//! apostrophe before it makes it text. Phone numbers and plain numbers stay as
//! they are: without a letter, nothing can be called.

use std::borrow::Cow;

/// The text with an apostrophe before it, if a spreadsheet would run it.
/// Text that looks as if it had been guarded already gets one more, so that
/// [`unguard`] gives back every text as it was.
pub(crate) fn guard(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { text }
}

/// The text that [`guard`] was given.
pub(crate) fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(guarded) if is_formula(guarded.trim_start_matches('\'')) => guarded,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => {
            !text[1..].bytes().all(|b| matches!(b, b'0'..=b'9' | b' ' | b'('..=b')' | b'-'..=b'/'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_disarmed() {
        for text in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "＋a",
            "－a",
            "＠a",
        ] {
            assert_eq!(guard(text.into()), format!("'{text}"));
        }
        assert_eq!(guard("+86 138 0013 8000 ext. 5".into()), "'+86 138 0013 8000 ext. 5");
    }

    #[test]
    fn phones_and_numbers_stay() {
        let harmless = [
            "+8613800138000",
            "+86 138 0013 8000",
            "+1 (212) 555-0100",
            "+49 30/1234.56",
            "-5",
            "+1.5",
            "-",
            "",
        ];
        for text in harmless.into_iter().chain(["王伟", "a=b", "o'neil", "'quoted'", "''"]) {
            assert_eq!(guard(text.into()), text);
            assert_eq!(unguard(text), text);
        }
    }

    #[test]
    fn what_looks_guarded_is_guarded_once_more() {
        assert_eq!(guard("'=1".into()), "''=1");
        assert_eq!(unguard("''=1"), "'=1");
        assert_eq!(unguard("'=1"), "=1");
        assert_eq!(unguard("'+8613800138000"), "'+8613800138000");
    }

    proptest! {
        #[test]
        fn unguard_undoes_guard(text in "'{0,3}[=+@＝\t\r\n0-9() ./-]{0,3}\\PC{0,3}|.*") {
            let guarded = guard(text.as_str().into());
            prop_assert_eq!(unguard(&guarded), &text);
        }
    }
}
