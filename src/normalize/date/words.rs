//! The words that stand in dates.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::token::{Clock, Era, Token, Unit};

/// What a word means, as a token of a date.
///
/// Names of months and weekdays are CLDR's (see `scripts/date_words.py`), in
/// forty languages, without accents and dots.
pub(super) fn word(text: &str) -> Option<Token> {
    let mut key = Key::default();
    text.chars().try_for_each(|letter| key.push(letter))?;
    WORDS.get(key.as_str()?).copied()
}

/// A word as the table writes it, on the stack.
#[derive(Default)]
struct Key {
    bytes: [u8; 32],
    length: usize,
}

impl Key {
    /// None if the word is longer than any in the table.
    fn push(&mut self, letter: char) -> Option<()> {
        if letter.is_ascii() {
            return if letter == '.' { Some(()) } else { self.put(letter.to_ascii_lowercase()) };
        }
        let mark = |part: &char| matches!(part, '\u{300}'..='\u{36F}' | '\u{93C}' | '\u{9BC}' | '\u{970}');
        letter.to_lowercase().nfd().filter(|part| !mark(part)).try_for_each(|part| self.put(part))
    }

    fn put(&mut self, letter: char) -> Option<()> {
        let room = self.bytes.get_mut(self.length..self.length + letter.len_utf8())?;
        letter.encode_utf8(room);
        self.length += letter.len_utf8();
        Some(())
    }

    fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.get(..self.length)?).ok()
    }
}

/// FNV-1a: the table is our own, nobody can fill its buckets.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type Words = HashMap<&'static str, Token, BuildHasherDefault<Fnv>>;

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    let names = include_str!("words.tsv").lines().filter_map(|line| {
        let (kind, rest) = line.split_once('\t')?;
        let (number, names) = rest.split_once('\t')?;
        Some((kind == "m", number.parse::<u8>().ok()?, names))
    });
    for (is_month, number, names) in names {
        for name in names.split(' ') {
            // Months come first in the table: `mar` may be mardi too.
            words
                .entry(name)
                .and_modify(|token| {
                    if let Token::Month { weekday, .. } = token {
                        *weekday = Some(number);
                    }
                })
                .or_insert(match is_month {
                    true => Token::Month { month: number, weekday: None },
                    false => Token::Weekday(number),
                });
        }
    }
    for (names, token) in OWN {
        words.extend(names.split(' ').map(|name| (name, *token)));
    }
    for names in DAYS {
        for (day, name) in (1..).zip(names.split_ascii_whitespace()) {
            // French `sept` is September.
            words.entry(name).or_insert(Token::DayWord(day));
        }
    }
    for (name, hours) in ZONES {
        words.insert(name, Token::Zone(Some((hours * 60.0) as i16)));
    }
    words
});

const OWN: &[(&str, Token)] = &[
    ("am", Token::Am),
    ("πμ पूर्वाह्न", Token::Clock(Clock::Morning)),
    ("pm μμ ip अपराह्न", Token::Clock(Clock::Afternoon)),
    ("noon midi mittag mezzogiorno mediodia", Token::Clock(Clock::Noon)),
    ("h uhr hrs hours hour horas heure heures", Token::Unit(Unit::Hour)),
    ("min mins minutes", Token::Unit(Unit::Minute)),
    ("s sec", Token::Unit(Unit::Second)),
    ("st nd rd th er º ª ste", Token::Ordinal),
    ("t", Token::T),
    ("w", Token::W),
    ("ad ce nchr dc nc nuz uz dgz ndz ndgz", Token::Era(Era::Common)),
    ("พศ be", Token::Era(Era::Buddhist)),
    // Between the parts: of, at, on, the, year.
    ("the of at on in and day year", Token::Filler),
    // The same in languages that write the day before the month.
    ("der den dem des um im vom jahr kl klo", Token::Local),
    ("le la du a à de del della las los el il lo al alle ore año anno jour", Token::Local),
    ("as às do da dos em ano e van om op te jaar dag", Token::Local),
    ("г года году год у в об о р року roku rok r u godz god година", Token::Local),
    ("saat ora în สาล ปี เวลา น วันที่ वर्ष को में", Token::Local),
    // Vietnamese, in front of the number.
    ("ngay", Token::Local),
    ("thang", Token::Ahead(Unit::Month)),
    ("nam", Token::Ahead(Unit::Year)),
    // China's time or Chicago's, India's or Ireland's, …
    ("cst ist bst ast", Token::Zone(None)),
];

/// Days of the month in letters, from the first on.
const DAYS: &[&str] = &[
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth \
     sixteenth seventeenth eighteenth nineteenth twentieth",
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende \
     vijftiende zestiende zeventiende achttiende negentiende twintigste",
    "ersten zweiten dritten vierten funften sechsten siebten achten neunten zehnten",
    "primero dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete \
     dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete \
     veintiocho veintinueve treinta",
    "primo due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici \
     diciassette diciotto diciannove venti ventuno ventidue ventitre ventiquattro venticinque ventisei ventisette \
     ventotto ventinove trenta trentuno",
    "premier deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "primeiro dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito \
     dezenove vinte",
];

/// Zones by the abbreviations that mean one offset only, in hours east of UTC.
const ZONES: &[(&str, f32)] = &[
    ("z", 0.0),
    ("utc", 0.0),
    ("gmt", 0.0),
    ("ut", 0.0),
    ("est", -5.0),
    ("edt", -4.0),
    ("cdt", -5.0),
    ("mst", -7.0),
    ("mdt", -6.0),
    ("pst", -8.0),
    ("pdt", -7.0),
    ("akst", -9.0),
    ("akdt", -8.0),
    ("hst", -10.0),
    ("wet", 0.0),
    ("west", 1.0),
    ("cet", 1.0),
    ("cest", 2.0),
    ("mez", 1.0),
    ("mesz", 2.0),
    ("eet", 2.0),
    ("eest", 3.0),
    ("msk", 3.0),
    ("pkt", 5.0),
    ("ict", 7.0),
    ("wib", 7.0),
    ("hkt", 8.0),
    ("sgt", 8.0),
    ("awst", 8.0),
    ("jst", 9.0),
    ("kst", 9.0),
    ("acst", 9.5),
    ("aest", 10.0),
    ("aedt", 11.0),
    ("nzst", 12.0),
    ("nzdt", 13.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_case_accents_and_dots() {
        let month = |month| Some(Token::Month { month, weekday: None });
        assert_eq!([word("Février"), word("févr."), word("AOUT")], [month(2), month(2), month(8)]);
        assert_eq!([word("мая"), word("ก.พ."), word("Mai")], [month(5), month(2), month(5)]);
        assert_eq!(word("mar"), Some(Token::Month { month: 3, weekday: Some(2) }));
        assert_eq!(word("a.m."), Some(Token::Am));
        assert_eq!([word("listopad"), word("septe"), word(&"x".repeat(99))], [None; 3]);
    }
}
