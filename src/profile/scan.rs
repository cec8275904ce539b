//! What one value looks like: its length, the classes of its characters, what is odd about it.

/// Characters of a run that are told one by one; of longer runs only that they are long.
const DIGITS: u32 = 20;
const LETTERS: u32 = 4;
const OTHERS: u32 = 3;
/// So many runs make a shape.
const RUNS: usize = 24;

/// What is odd about a value, or tells what it may be: a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flags(pub u32);

macro_rules! flags {
    ($($name:ident = $bit:literal),* $(,)?) => {
        impl Flags {
            $(pub const $name: Flags = Flags(1 << $bit);)*
        }
    };
}

flags! {
    OUTER_SPACE = 0,
    CONTROL = 1,
    LINE_BREAK = 2,
    WIDE = 3,
    DIGIT = 4,
    LETTER = 5,
    HAN = 6,
    ASCII_WORD = 7,
    REPLACED = 8,
    EXPONENT = 9,
    POINT_ZERO = 10,
    DAY_FIRST = 11,
    MONTH_FIRST = 12,
    EITHER_FIRST = 13,
    EMAIL = 14,
    PHONE = 15,
    NOTHING = 16,
    AT = 17,
    NOT_PHONE = 18,
}

impl Flags {
    /// How many there are.
    pub const COUNT: usize = 19;

    pub fn add(&mut self, other: Flags) {
        self.0 |= other.0;
    }

    pub fn add_if(&mut self, other: Flags, condition: bool) {
        self.0 |= if condition { other.0 } else { 0 };
    }

    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
}

/// What was seen of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scan {
    pub chars: u32,
    pub digits: u32,
    pub flags: Flags,
    /// Values of the same shape have the same.
    pub shape: u64,
}

/// What cannot be in a phone number goes with these.
const LETTER: Flags = Flags(Flags::LETTER.0 | Flags::NOT_PHONE.0);
const HAN: Flags = Flags(Flags::HAN.0 | Flags::NOT_PHONE.0);

/// Looks at every character once.
pub(super) fn scan(text: &str) -> Scan {
    let (mut flags, mut digits, mut chars) = (Flags::default(), 0, 0);
    let mut shape = 0xCBF2_9CE4_8422_2325_u64;
    let mut taken = 0;
    for_each_run(text, |class, length| {
        chars += length;
        taken += 1;
        if taken <= RUNS {
            let longest = longest(class);
            let told = u64::from(length.min(longest + 1));
            shape = (shape ^ (u64::from(u32::from(class)) << 8 | told)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            shape ^= shape >> 29;
        }
        match class {
            '9' => digits += length,
            'A' | 'a' => flags.add(LETTER),
            '+' | '(' | ')' | '-' | '.' | '/' | ' ' | '#' => {}
            '@' => flags.add(Flags::AT),
            '\n' | '\r' => flags.add(Flags::LINE_BREAK),
            '汉' => flags.add(HAN),
            '９' | 'Ａ' | 'ａ' | '\u{3000}' => flags.add(Flags::WIDE),
            '\u{FFFD}' => flags.add(Flags::REPLACED),
            class if is_invisible(class) => flags.add(Flags::CONTROL),
            _ => flags.add(Flags::NOT_PHONE),
        }
    });
    flags.add_if(Flags::DIGIT, digits > 0);
    flags.add_if(Flags::ASCII_WORD, flags.has(Flags::LETTER) || digits > 0);
    flags.add_if(Flags::OUTER_SPACE, has_outer_space(text));
    Scan { chars, digits, flags, shape }
}

/// The shape as it is shown: `999-9999-9999`, `AA-999999`, `汉汉汉`.
///
/// `9` stands for a digit, `A` and `a` for letters, `汉`, `か` and `한` for the
/// characters of the three scripts, `x` for other letters and digits; everything else stands for itself.
/// Long runs are cut, lower-case ones to `a…`, whatever their length.
pub(super) fn shape(text: &str) -> String {
    let (mut shape, mut taken) = (String::new(), 0);
    for_each_run(text, |class, length| {
        taken += 1;
        if taken > RUNS {
            return;
        }
        let longest = longest(class);
        let shown = match class {
            '\n' => '⏎',
            '\r' | '\t' => ' ',
            class if is_invisible(class) => '·',
            class => class,
        };
        shape.extend(std::iter::repeat_n(shown, length.min(longest) as usize));
        if length > longest {
            shape.push('…');
        }
    });
    if taken > RUNS {
        shape.push('…');
    }
    shape
}

fn longest(class: char) -> u32 {
    match class {
        '9' | '９' => DIGITS,
        'a' => 1,
        'A' | '汉' | 'か' | '한' | 'x' | 'Ａ' | 'ａ' => LETTERS,
        _ => OTHERS,
    }
}

/// Calls for each run of characters of a class.
#[inline]
fn for_each_run(text: &str, mut each: impl FnMut(char, u32)) {
    let mut chars = Classes { text, at: 0 };
    let Some(mut class) = chars.next() else { return };
    let mut length = 1;
    for next in chars {
        if next == class {
            length += 1;
        } else {
            each(class, length);
            (class, length) = (next, 1);
        }
    }
    each(class, length);
}

/// The class of each character.
struct Classes<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Classes<'_> {
    type Item = char;

    #[inline]
    fn next(&mut self) -> Option<char> {
        let byte = *self.text.as_bytes().get(self.at)?;
        if byte < 0x80 {
            self.at += 1;
            return Some(char::from(ASCII[usize::from(byte)]));
        }
        let c = self.text.get(self.at..)?.chars().next()?;
        self.at += c.len_utf8();
        Some(class_of(c))
    }
}

const ASCII: [u8; 128] = {
    let mut classes = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        let own = byte as u8;
        classes[byte] = match own {
            b'0'..=b'9' => b'9',
            b'A'..=b'Z' => b'A',
            b'a'..=b'z' => b'a',
            _ => own,
        };
        byte += 1;
    }
    classes
};

fn class_of(c: char) -> char {
    match c {
        '\u{4E00}'..='\u{9FFF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' => '汉',
        '\u{3041}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}' => 'か',
        '\u{AC00}'..='\u{D7AF}' | '\u{1100}'..='\u{11FF}' => '한',
        '\u{FF10}'..='\u{FF19}' => '９',
        '\u{FF21}'..='\u{FF3A}' => 'Ａ',
        '\u{FF41}'..='\u{FF5A}' => 'ａ',
        c if c.is_uppercase() => 'A',
        c if c.is_lowercase() => 'a',
        c if c.is_alphanumeric() => 'x',
        c => c,
    }
}

/// Control characters but tabs and line breaks, and what nobody sees.
fn is_invisible(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

fn has_outer_space(text: &str) -> bool {
    match text.as_bytes() {
        [] => false,
        [0x21..=0x7E, .., 0x21..=0x7E] | [0x21..=0x7E] => false,
        _ => text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace),
    }
}

/// A hash of 64 bits, the same everywhere. Not one that withstands an attacker.
pub(super) fn hash(text: &[u8]) -> u64 {
    const SEED: u64 = 0x243F_6A88_85A3_08D3;
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut chunks = text.chunks_exact(8);
    let mut hash = SEED ^ text.len() as u64;
    for chunk in &mut chunks {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        hash = folded(hash ^ word, STEP).rotate_left(23) ^ word;
    }
    hash = folded(hash ^ tail(text).rotate_left(17), STEP);
    folded(hash ^ SEED, 0xD6E8_FEB8_6659_FD93)
}

/// The last bytes of a text, at most eight, read in whole words: byte by byte it takes longer.
fn tail(text: &[u8]) -> u64 {
    if let Some(word) = text.last_chunk() {
        return u64::from_le_bytes(*word);
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_tell_the_form_and_not_the_value() {
        let cases = [
            ("138-0013-8000", "999-9999-9999"),
            ("KH-000001", "AA-999999"),
            ("王小明", "汉汉汉"),
            ("福州云海科技有限公司", "汉汉汉汉…"),
            ("Anna Weber", "Aa… Aa…"),
            ("Müller AG", "Aa… AA"),
            ("x@y.cn", "a@a.a…"),
            ("٠١٢٣", "xxxx"),
            ("１３８", "９９９"),
            ("한국 かな", "한한 かか"),
            ("a\u{200B}b\nc", "a·a⏎a"),
            ("-----", "---…"),
        ];
        for (value, expected) in cases {
            assert_eq!(shape(value), expected, "{value}");
        }
    }

    #[test]
    fn values_of_one_shape_have_one_hash_of_it() {
        let of = |text: &str| scan(text).shape;
        assert_eq!(of("138-0013-8000"), of("139-1111-2222"));
        assert_eq!(of("Anna Weber"), of("Eva Klein"));
        assert_ne!(of("138 0013 8000"), of("139-1111-2222"));
        assert_ne!(of("13800138000"), of("1380013800"));
    }

    #[test]
    fn what_is_odd_is_flagged() {
        let has = |text: &str, flag| scan(text).flags.has(flag);
        assert!(has(" a", Flags::OUTER_SPACE) && has("a\u{3000}", Flags::OUTER_SPACE));
        assert!(!has("a b", Flags::OUTER_SPACE) && !has("é", Flags::OUTER_SPACE));
        assert!(has("a\u{200B}b", Flags::CONTROL) && has("a\u{7}", Flags::CONTROL));
        assert!(!has("a\tb", Flags::CONTROL) && has("a\nb", Flags::LINE_BREAK));
        assert!(has("１３", Flags::WIDE) && has("a\u{FFFD}", Flags::REPLACED));
        assert_eq!((scan("王伟 12").digits, scan("王伟 12").chars), (2, 5));
    }

    #[test]
    fn hashes_tell_texts_apart() {
        let texts = (0..20_000).flat_map(|n| [format!("{n}"), format!("customer {n}"), format!("{n:020}")]);
        let hashes: std::collections::HashSet<u64> = texts.map(|text| hash(text.as_bytes())).collect();
        assert_eq!(hashes.len(), 60_000);
        assert_ne!(hash(b"a"), hash(b"a\0"));
    }
}
