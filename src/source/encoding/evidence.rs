//! What speaks for an encoding: marks, zero bytes, and how a text reads.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::{Certainty, Detected, Encoding, Scheme};

/// Begins a change of character set in ISO-2022-JP.
pub const ESCAPE: u8 = 0x1B;

pub fn by_mark(head: &[u8]) -> Option<Detected> {
    let marked = |encoding, bom_len| Some(Detected { encoding, bom_len, certainty: Certainty::Bom });
    let after = |length: usize| head.get(length..).unwrap_or_default();
    for encoding in [Encoding::UTF_32LE, Encoding::UTF_32BE] {
        let mark = encoding.mark().unwrap_or_default();
        if head.starts_with(mark)
            && (after(mark.len()).is_empty() || utf32_units(after(mark.len())) == Some(encoding))
        {
            return marked(encoding, mark.len());
        }
    }
    let (encoding, bom_len) = encoding_rs::Encoding::for_bom(head)?;
    // Some programs write the mark of UTF-16 before UTF-32.
    let wide = utf32(after(bom_len)).filter(|_| encoding != encoding_rs::UTF_8);
    marked(wide.unwrap_or(Encoding(Scheme::Standard(encoding))), bom_len)
}

/// UTF-32 without a mark: every four bytes are a code point. In other encodings
/// that would take a control character in every second or fourth place.
pub fn utf32(bytes: &[u8]) -> Option<Encoding> {
    utf32_units(bytes).filter(|_| bytes.len() >= 8)
}

fn utf32_units(bytes: &[u8]) -> Option<Encoding> {
    let (units, _) = bytes.as_chunks::<4>();
    let all = |number: fn([u8; 4]) -> u32| {
        units.iter().all(|unit| matches!(number(*unit), 1..) && char::from_u32(number(*unit)).is_some())
    };
    match (all(u32::from_le_bytes), all(u32::from_be_bytes)) {
        (true, _) => Some(Encoding::UTF_32LE),
        (_, true) => Some(Encoding::UTF_32BE),
        _ => None,
    }
}

/// Whether the bytes say that they are ISO-2022-KR: at the beginning of a line.
pub fn is_announced_iso_2022_kr(head: &[u8]) -> bool {
    const ANNOUNCED: &[u8] = b"\x1B$)C";
    head.is_ascii() && head.windows(ANNOUNCED.len()).any(|window| window == ANNOUNCED)
}

/// UTF-16 without a mark. A table has delimiters and line ends, which are
/// ASCII: zero bytes that nearly all stand on one side of the code units (the
/// other side has those of characters such as `一`, U+4E00), beside text that
/// decodes. A few zeros in what is UTF-8 otherwise are just that.
pub fn by_zeros(head: &[u8], whole: bool) -> Option<Encoding> {
    let (units, rest) = head.as_chunks::<2>();
    let little = units.iter().filter(|unit| unit[1] == 0).count();
    let big = units.iter().filter(|unit| unit[0] == 0).count();
    let (encoding, zeros, others) = match little > big {
        true => (Encoding::UTF_16LE, little, big),
        false => (Encoding::UTF_16BE, big, little),
    };
    let one_sided = zeros > 0 && zeros >= others * 4;
    let many = zeros * 2 >= units.len();
    let some = zeros * 50 >= units.len() && Utf8Evidence::of(head, whole).undecodable > 0;
    let fits = one_sided && (many || some) && (!whole || rest.is_empty());
    (fits && decoded(encoding, head, whole).is_some()).then_some(encoding)
}

/// UTF-16 without a mark whose text is, but for line ends, of a script such as
/// Cyrillic or Arabic: the high byte of each character is what would be a
/// control character in anything else.
pub fn by_controls(head: &[u8], whole: bool) -> Option<Encoding> {
    let is_control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r');
    if head.iter().filter(is_control).count() * 5 < head.len() {
        return None;
    }
    let low = |text: &str| text.chars().filter(|c| matches!(c, '\u{20}'..='\u{7FF}')).count();
    let reads = |encoding: Encoding| {
        let text = decoded(encoding, head, whole)?;
        let (all, low) = (text.chars().count(), low(&text));
        (low * 10 >= all * 9).then_some(encoding)
    };
    reads(Encoding::UTF_16LE).or_else(|| reads(Encoding::UTF_16BE))
}

/// How far bytes are UTF-8.
pub struct Utf8Evidence {
    /// Characters beyond ASCII.
    pub characters: usize,
    /// Places where decoding fails.
    pub undecodable: usize,
    /// Whether the last of them is a character that the end of the file cuts off.
    torn: bool,
}

impl Utf8Evidence {
    pub fn of(head: &[u8], whole: bool) -> Self {
        let mut evidence = Utf8Evidence { characters: 0, undecodable: 0, torn: false };
        let mut rest = head;
        loop {
            let (valid, error) = match std::str::from_utf8(rest) {
                Ok(text) => (text, None),
                Err(error) => {
                    (std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(), Some(error))
                }
            };
            evidence.characters += valid.chars().filter(|c| !c.is_ascii()).count();
            let Some(error) = error else { return evidence };
            match error.error_len() {
                Some(length) => rest = &rest[error.valid_up_to() + length..],
                None => {
                    evidence.undecodable += usize::from(whole);
                    evidence.torn = whole;
                    return evidence;
                }
            }
            evidence.undecodable += 1;
        }
    }

    /// Characters of two to four bytes do not come about by chance: where
    /// they abound, what does not decode is damage, and costs its record only.
    /// A single one is enough where nothing is missing but the end.
    pub fn is_damaged_utf8(&self) -> bool {
        let cut_off = self.torn && self.undecodable == 1 && self.characters > 0;
        cut_off || self.characters >= 20 * self.undecodable.max(1)
    }
}

/// GB18030 with a few bytes that do not decode, which would make any detector
/// take it for something else, and garble the whole file for the sake of one
/// record. It shows by pairs of bytes that are, nearly all, of the 3,755
/// common characters that GB2312 put into its first level (rows 16 to 55).
pub fn is_damaged_gb18030(head: &[u8]) -> bool {
    let (mut common, mut other, mut undecodable) = (0, 0, 0);
    let mut rest = head;
    while let [first, tail @ ..] = rest {
        let (count, length) = match (first, tail.first()) {
            (0..=0x7F, _) => {
                rest = tail;
                continue;
            }
            (0xB0..=0xD7, Some(0xA1..=0xFE)) => (&mut common, 2),
            (0x81..=0xFE, Some(0x30..=0x39 | 0x40..=0x7E | 0x80..=0xFE)) => (&mut other, 2),
            _ => (&mut undecodable, 1),
        };
        *count += 1;
        rest = &rest[length..];
    }
    undecodable > 0 && common >= 20 * undecodable && common >= 4 * other
}

/// The detector of Firefox; where its guess does not decode, or is not the
/// language it would have to be, the first of the others that does. Firefox
/// takes short Chinese text for Korean.
pub fn by_statistics(head: &[u8], whole: bool) -> (Encoding, Certainty) {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(head, whole);
    let guess = match detector.guess(None, Utf8Detection::Allow) {
        encoding if encoding == encoding_rs::GBK => Encoding::GB18030,
        encoding => Encoding(Scheme::Standard(encoding)),
    };
    let certainty = if guess == Encoding::UTF_8 { Certainty::Assumed } else { Certainty::Guess };
    let others = [
        Encoding::GB18030,
        Encoding::BIG5,
        Encoding::EUC_KR,
        Encoding::EUC_JP,
        Encoding::SHIFT_JIS,
        Encoding::WINDOWS_1252,
    ];
    let fits = |encoding: &Encoding| {
        decoded(*encoding, head, whole).is_some_and(|text| is_language_of(*encoding, &text))
    };
    (std::iter::once(guess).chain(others).find(fits).unwrap_or(guess), certainty)
}

/// Whether text reads as Korean or Japanese, where the encoding is one of
/// those: hanzi in GB2312 have the same bytes as syllables in EUC-KR, but not
/// as those that Korean uses all the time, and Japanese does not do without kana.
fn is_language_of(encoding: Encoding, text: &str) -> bool {
    let share_of = |typical: fn(char) -> bool| {
        let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).count();
        text.chars().filter(|c| typical(*c)).count() * 5 >= beyond_ascii
    };
    match encoding {
        _ if encoding == Encoding::EUC_KR => share_of(|c| COMMON_HANGUL.contains(c)),
        _ if encoding == Encoding::EUC_JP => text.contains(|c| matches!(c, '\u{3041}'..='\u{30FF}')),
        _ => true,
    }
}

/// The syllables that are frequent in Korean prose, names and addresses.
const COMMON_HANGUL: &str = "\
    이다는의에하고을가은한를로지도사기서대자인리어일시나해정으아스그라들수부전보게있성여장상과주원제구공만동국안적비면\
    관소했조마위까유드생간중계우세경신니업방학요없실선당연치민거무진물개미화김박최윤임식회강남북영명름번호객산울군읍길";

/// The head as text in this encoding, if that works strictly and without C1
/// controls, which the single-byte encodings of the standard make of the
/// bytes that they do not define.
fn decoded(encoding: Encoding, head: &[u8], whole: bool) -> Option<String> {
    let text = encoding.decode_head(head, whole)?;
    (!text.contains(|c| matches!(c, '\0' | '\u{80}'..='\u{9F}'))).then_some(text)
}

/// The encodings that the detector of Firefox does not know, by the
/// characters that are frequent in the language that each is for.
pub fn by_frequency(head: &[u8], whole: bool) -> Option<(Encoding, Certainty)> {
    let fits = |encoding: Encoding, share: fn(&str) -> bool| {
        decoded(encoding, head, whole)
            .is_some_and(|text| share(&text))
            .then_some((encoding, Certainty::Guess))
    };
    fits(Encoding::JOHAB, is_frequent_korean)
        .or_else(|| fits(Encoding::EUC_TW, is_frequent_chinese))
        .or_else(|| fits(Encoding::IBM855, is_frequent_russian).filter(|_| !is_other_cyrillic(head, whole)))
        .or_else(|| {
            fits(Encoding::X_MAC_CYRILLIC, is_frequent_russian).filter(|_| is_not_windows(head, whole))
        })
}

/// Mac Cyrillic has the small letters of windows-1251, but for `я`, and others
/// where that has the capitals: read as windows-1251, capitals stand in words.
fn is_not_windows(head: &[u8], whole: bool) -> bool {
    let breaks = |encoding: Encoding| {
        let text: Vec<char> = encoding.decode_head(head, whole).unwrap_or_default().chars().collect();
        let within =
            |pair: &&[char]| matches!(pair, [first, second] if first.is_lowercase() && second.is_uppercase());
        text.windows(2).filter(within).count()
    };
    let (mac, windows) = (breaks(Encoding::X_MAC_CYRILLIC), breaks(Encoding::WINDOWS_1251));
    windows >= 2 && mac * 4 <= windows
}

/// How many of these characters there are, and how many of them are frequent.
fn frequency(text: &str, of: fn(char) -> bool, frequent: &str) -> (usize, usize) {
    text.chars()
        .filter(|c| of(*c))
        .fold((0, 0), |(all, found), c| (all + 1, found + usize::from(frequent.contains(c))))
}

fn is_frequent_korean(text: &str) -> bool {
    let (all, frequent) = frequency(text, |c| matches!(c, '가'..='힣'), COMMON_HANGUL);
    all >= 4 && frequent * 10 >= all * 4
}

/// EUC-TW does not decode most of what is in GB2312 or EUC-KR, so a fifth is plenty.
fn is_frequent_chinese(text: &str) -> bool {
    let (all, frequent) = frequency(text, |c| matches!(c, '\u{4E00}'..='\u{9FFF}'), COMMON_TRADITIONAL);
    all >= 8 && frequent * 5 >= all
}

/// Ten letters make up three fifths of Russian, and most are small.
fn is_frequent_russian(text: &str) -> bool {
    let (all, frequent) = frequency(text, |c| !c.is_ascii(), "оеаинтсрвлк");
    let small = text.chars().filter(|c| matches!(c, 'а'..='я' | 'ё')).count();
    all >= 12 && small * 10 >= all * 6 && frequent * 2 >= all
}

/// Whether the text is Russian in an encoding that is more in use.
fn is_other_cyrillic(head: &[u8], whole: bool) -> bool {
    let others = [
        Encoding::WINDOWS_1251,
        Encoding::KOI8_R,
        Encoding::IBM866,
        Encoding::ISO_8859_5,
        Encoding::X_MAC_CYRILLIC,
    ];
    let mut texts = others.iter().filter_map(|encoding| encoding.decode_head(head, whole));
    texts.any(|text| is_frequent_russian(&text))
}

/// The characters that are frequent in Chinese prose, names and addresses, as Taiwan writes them.
const COMMON_TRADITIONAL: &str = "\
    的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作里用道行所然家\
    種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日者意無力它與長把機十民\
    第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西月\
    司限市台北灣路號股份電話縣區名東南王陳林李張黃吳劉蔡楊客戶書百各";
