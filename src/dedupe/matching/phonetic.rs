//! Names by their sound, so that those typed by ear meet: for finding pairs that are worth comparing, and not for
//! judging them.
//!
//! Both codes read small letters of ASCII, as keys of names are written, and pass over all else.

/// The sounds of a name in Latin letters: up to eight consonants and whether a vowel comes first, in four bits each; 0
/// for a text without letters.
///
/// The classes are those of H. J. Postel's Cologne phonetics (*Die Kölner Phonetik*, 1969), which does well on most
/// languages of Europe, less its digits for contexts. Silent letters and digraphs are added from L. Philips, *Hanging on
/// the Metaphone*, 1990: `knight` is `nite`, `wright` is `rite`, `philip` is `filip`. It takes time of the name's length.
pub fn latin(name: &str) -> u32 {
    let letters = name.as_bytes();
    let (mut code, mut at, mut last) = (0_u32, 0, None);
    while at < letters.len() && code < 1 << 28 {
        let (heard, length) = hear(&letters[at..], code == 0);
        at += length;
        match heard {
            Heard::Silence => continue,
            Heard::Vowel if code == 0 => code = Sound::Vowel as u32,
            Heard::Vowel => {}
            Heard::Consonant(sound) if last == Some(sound) => {}
            Heard::Consonant(sound) => code = code << 4 | sound as u32,
        }
        last = if let Heard::Consonant(sound) = heard { Some(sound) } else { None };
    }
    code
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sound {
    /// Any vowel at the beginning.
    Vowel = 1,
    B,
    D,
    F,
    /// As in `John`, `Gerald` and `Yuri`; at the beginning only.
    J,
    K,
    L,
    N,
    R,
    S,
}

enum Heard {
    Silence,
    Vowel,
    Consonant(Sound),
}

/// What is heard at the beginning of some letters, and how many of them make it.
fn hear(letters: &[u8], first: bool) -> (Heard, usize) {
    use Heard::{Consonant, Silence};
    use Sound::{B, D, F, J, K, L, N, R, S};
    match letters {
        [b'g' | b'k' | b'p', b'n', ..] | [b'p', b's', ..] | [b'w', b'r', ..] if first => (Silence, 1),
        [b'g', b'e' | b'i' | b'y', ..] | [b'j', ..] | [b'y', b'a' | b'e' | b'i' | b'o' | b'u', ..]
            if first =>
        {
            (Consonant(J), 1)
        }
        [b'g', b'h', ..] if !first => (Silence, 2),
        [b't' | b'd', b's', b'c', b'h', ..] => (Consonant(S), 4),
        [b's', b'c', b'h', ..] | [b't', b'c', b'h', ..] | [b'c', b'k', b's', ..] => (Consonant(S), 3),
        [b'c', b'h', b'l' | b'n' | b'r', ..] => (Consonant(K), 2),
        [b'd' | b't', b's' | b'z', ..] | [b'c' | b's' | b'z', b'h' | b'z', ..] | [b'k', b's', ..] => {
            (Consonant(S), 2)
        }
        [b'c', b'e' | b'i' | b'y', ..] => (Consonant(S), 1),
        [b'p', b'f' | b'h', ..] => (Consonant(F), 2),
        [b'w', b'a' | b'e' | b'i' | b'o' | b'u' | b'y', ..] => (Consonant(F), 1),
        [b'b' | b'p', ..] => (Consonant(B), 1),
        [b'd' | b't', ..] => (Consonant(D), 1),
        [b'f' | b'v', ..] => (Consonant(F), 1),
        [b'c' | b'g' | b'k' | b'q', ..] => (Consonant(K), 1),
        [b'l', ..] => (Consonant(L), 1),
        [b'm' | b'n', ..] => (Consonant(N), 1),
        [b'r', ..] => (Consonant(R), 1),
        [b's' | b'x' | b'z', ..] => (Consonant(S), 1),
        [b'a' | b'e' | b'i' | b'j' | b'o' | b'u' | b'y', ..] => (Heard::Vowel, 1),
        _ => (Silence, 1),
    }
}

/// The letters of a name in pinyin, without what many speakers do not tell apart: up to twelve, in five bits each; 0 for a
/// text without letters.
///
/// `zh`, `ch` and `sh` are `z`, `c` and `s`, `l` is `n`, `ang`, `eng` and `ing` are `an`, `en` and `in`, and `lü` is `lu`
/// however it is typed: `lv`, `lyu`. It takes time of the name's length.
pub fn pinyin(name: &str) -> u64 {
    let letters = name.as_bytes();
    let at = |place: usize| letters.get(place).copied().unwrap_or_default();
    let mut code = 0;
    for (place, &letter) in letters.iter().enumerate() {
        let before = if place == 0 { 0 } else { at(place - 1) };
        let heard = match (before, letter, at(place + 1)) {
            (b'z' | b'c' | b's', b'h', _) | (b'l' | b'n', b'y', b'u') => continue,
            // Before a vowel it begins another syllable: `jin gang`.
            (b'n', b'g', after) if !matches!(after, b'a' | b'e' | b'i' | b'o' | b'u') => continue,
            (_, b'l', _) => b'n',
            (_, b'v', _) => b'u',
            (_, b'a'..=b'z', _) => letter,
            _ => continue,
        };
        code = code << 5 | u64::from(heard - b'a' + 1);
        if code >= 1 << 55 {
            break;
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_alike_in_latin_letters_have_one_code() {
        for names in [
            &["meier", "mayer", "maier", "meyer", "mayr"][..],
            &["schmidt", "schmitt", "schmid", "szmidt", "smith"],
            &["schwarz", "schwartz"],
            &["philip", "filip", "phillip"],
            &["wright", "right", "rite"],
            &["knight", "night"],
            &["hanna", "anna", "hannah"],
            &["john", "yon", "jon"],
            &["geoffrey", "jeffrey"],
            &["christian", "kristian", "cristian"],
            &["maxim", "maksim"],
            &["yuri", "juri", "yury"],
            &["o'brien", "obrien", "o brien"],
        ] {
            for name in names {
                assert_eq!(latin(name), latin(names[0]), "{name} {}", names[0]);
            }
        }
    }

    #[test]
    fn names_that_sound_unlike_have_different_codes() {
        let names =
            ["meier", "schmidt", "schwarz", "philip", "anna", "john", "peter", "robert", "li", "lee ann"];
        for (place, a) in names.iter().enumerate() {
            for b in &names[..place] {
                assert_ne!(latin(a), latin(b), "{a} {b}");
            }
        }
        assert_eq!((latin(""), latin("42"), latin("王")), (0, 0, 0));
    }

    #[test]
    fn latin_codes_hold_eight_sounds() {
        assert_eq!(latin("anna"), 0x18);
        assert_eq!(latin("robert"), 0x9293);
        assert_eq!(latin(&"tara".repeat(1000)), 0x3939_3939);
    }

    #[test]
    fn pinyin_that_is_confused_has_one_code() {
        for (a, b) in [
            ("zhang", "zan"),
            ("cheng", "cen"),
            ("shi", "si"),
            ("ning", "lin"),
            ("lv", "nu"),
            ("lyu", "lu"),
            ("jin gang", "jingan"),
            ("xi'an", "xian"),
            ("fang'an", "fan an"),
        ] {
            assert_eq!(pinyin(a), pinyin(b), "{a} {b}");
        }
        assert_eq!((pinyin(""), pinyin("王")), (0, 0));
    }

    #[test]
    fn pinyin_that_is_not_confused_has_different_codes() {
        for (a, b) in [("wang", "huang"), ("li", "liu"), ("chen", "zhen"), ("jingan", "jinan"), ("gao", "ao")]
        {
            assert_ne!(pinyin(a), pinyin(b), "{a} {b}");
        }
    }

    #[test]
    fn pinyin_codes_hold_twelve_letters() {
        assert_eq!(pinyin("ba"), 2 << 5 | 1);
        assert_eq!(pinyin("shangguanwanjun"), pinyin("sanguanwanjunhao"));
        assert_ne!(pinyin("shangguanwanju"), pinyin("sanguanwanbu"));
    }
}
