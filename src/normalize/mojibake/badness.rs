//! Which characters do not stand beside each other in text that was read right.
//!
//! The categories and rules are those of `ftfy.badness` of
//! [ftfy](https://pypi.org/project/ftfy/) 6.3.1 by Robyn Speer (Apache-2.0).

use std::sync::LazyLock;

use regex::Regex;

const COMMON: &str = r"\x{A0}\x{AD}·´–—―…’";
const C1: &str = r"\x{80}-\x{9F}";
const BAD: &str = r"¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\x{FFFD}ªº";
const LAW: &str = "¶§";
const CURRENCY: &str = "¢£¥₧€";
const START: &str = r"¡«¿©΄΅‘‚“„•‹\x{F8FF}";
const END: &str = "®»˝”›™";
const NUMERIC: &str = r"²³¹±¼½¾×µ÷\x{2044}∂∆∏∑√∞∩∫≈≠≡≤≥№";
/// Letters that faces such as `( o¬ô )` are made of.
const FACES: &str = "Ò-ÖÙ-Üò-öø-üŐŌŪŲ°";
const UPPER_ACCENTED: &str = "À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ";
const LOWER_ACCENTED: &str = "ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ";
const UPPER_COMMON: &str = "ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я";
const LOWER_COMMON: &str = "α-ωάέήίΰа-џ";
const BOX: &str = "│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓";

/// What is unlikely, any of these: categories in braces, `_` for a space.
const UNLIKELY: &[&str] = &[
    "[{c1}]",
    "[{bad}{lower}{upper}{box}{start}{end}{currency}{numeric}{law}][{bad}]",
    "[a-zA-Z][{lower_common}{upper_common}][{bad}]",
    "[{bad}][{lower}{upper}{box}{start}{end}{currency}{numeric}{law}]",
    "[{lower}{lower_common}{box}{end}{currency}{numeric}][{upper}]",
    "[{box}{end}{currency}{numeric}][{lower}]",
    "[{lower}{box}{end}][{currency}]",
    r"\s[{upper}][{currency}]",
    "[{upper}{box}][{numeric}{law}]",
    "[{lower}{upper}{box}{currency}{end}][{start}][{numeric}]",
    "[{lower}{upper}{currency}{numeric}{box}{law}][{end}][{start}]",
    "[{currency}{numeric}{box}][{start}]",
    "[a-z][{upper}][{start}{currency}]",
    "[{box}][{faces}]",
    "[{lower}{upper}{currency}{numeric}{start}{end}{law}][{box}]",
    "[{box}][{end}]",
    r"[{lower}{upper}][{start}{end}]\w",
    "[Œœ][^A-Za-z]",
    "[{upper}]°",
    // Windows-1252.
    r"[ÂÃÎÐ][€œŠš¢£Ÿž\x{A0}\x{AD}®©°·»{start}{end}–—´]",
    "×[²³]",
    // Windows-1252, of Arabic.
    "[ØÙ][{common}{currency}{bad}{numeric}{start}ŸŠ®°µ»][ØÙ][{common}{currency}{bad}{numeric}{start}ŸŠ®°µ»]",
    // Windows-1252, of the alphabets of South Asia.
    "à[²µ¹¼½¾]",
    // Mac Roman.
    "√[±∂†≠®™´≤≥¥µø]",
    "≈[°¢]",
    "‚Ä[ìîïòôúùû†°¢π]",
    "‚[âó][àä°ê]",
    // Windows-1251.
    "вЂ",
    "[ВГРС][{c1}{bad}{start}{end}{currency}°µ][ВГРС]",
    "ГўВЂВ.[A-Za-z_]",
    // Windows-1252, of `à`, `á` and the no-break space.
    r"Ã[\x{A0}¡]",
    r"[a-z]\s?[ÃÂ]_",
    "^[ÃÂ]_",
    "[a-z.,?!{end}]Â[_{start}{end}]",
    // Windows-1253.
    r"β€[™\x{A0}Ά\x{AD}®°]",
    "[ΒΓΞΟ][{c1}{bad}{start}{end}{currency}°][ΒΓΞΟ]",
    // Windows-1257.
    "ā€",
];

/// Whether some characters look like bytes of UTF-8 that were read one by one.
pub fn is_bad(text: &str) -> bool {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&pattern()).ok());
    // All of the rules begin or end with such a character.
    let suspect = |c: char| matches!(c, '\u{80}'..='\u{25FF}' | '\u{F8FF}' | 'ﬁ' | 'ﬂ' | '\u{FFFD}');
    text.chars().any(suspect) && PATTERN.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn pattern() -> String {
    let categories = [
        ("{common}", COMMON),
        ("{c1}", C1),
        ("{bad}", BAD),
        ("{law}", LAW),
        ("{currency}", CURRENCY),
        ("{start}", START),
        ("{end}", END),
        ("{numeric}", NUMERIC),
        ("{faces}", FACES),
        ("{upper}", UPPER_ACCENTED),
        ("{lower}", LOWER_ACCENTED),
        ("{upper_common}", UPPER_COMMON),
        ("{lower_common}", LOWER_COMMON),
        ("{box}", BOX),
        ("_", " "),
    ];
    let with = |rule: String, (name, characters): &(&str, &str)| rule.replace(name, characters);
    let rules = UNLIKELY.iter().map(|rule| categories.iter().fold((*rule).to_owned(), with));
    rules.collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_is_one() {
        Regex::new(&pattern()).unwrap();
    }

    #[test]
    fn what_is_unlikely_is_told_from_what_is_rare() {
        for text in ["CafÃ© ", "â€œ", "Г‚ВЈ5", "√©t√©", "a\u{85}"] {
            assert!(is_bad(text), "{text}");
        }
        for text in ["Müller & Söhne", "Nguyễn Thị Ánh", "Œuvre d’art", "5×£35", "ŁÓDŹ", "Ωμέγα", "«Привет»"]
        {
            assert!(!is_bad(text), "{text}");
        }
    }
}
