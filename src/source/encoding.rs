//! How the bytes of a file become text: which encoding it is in.
//!
//! ```
//! use handover::source::encoding::{Certainty, Encoding};
//!
//! let head = b"\xD0\xD5\xC3\xFB,\xB3\xC7\xCA\xD0\n\xCD\xF5\xCE\xB0,\xB1\xB1\xBE\xA9\n"; // 姓名,城市 …
//! let detected = Encoding::detect(head, true)?;
//! assert_eq!(detected.encoding, Encoding::GB18030);
//! assert_eq!(detected.certainty, Certainty::Guess);
//! # Ok::<(), handover::Error>(())
//! ```
//!
//! What is recognised, and how, in this order:
//!
//! | encoding | by |
//! |---|---|
//! | UTF-8, UTF-16 | the byte order mark |
//! | UTF-16 without a mark | the zero bytes beside every ASCII character |
//! | UTF-8 without a mark | strict decoding |
//! | GB18030 (with GBK and GB2312), Big5, Shift_JIS, EUC-JP, EUC-KR, ISO-2022-JP, Windows-874 and 1250 to 1258, ISO-8859-2, 4 to 8 and 13, KOI8-U, IBM866 | the statistics of `chardetng`, the detector of Firefox, among those that decode |
//!
//! Not supported are UTF-32 (an error), and Johab, EUC-TW, IBM855 and
//! ISO-2022-KR, which the WHATWG Encoding Standard leaves out: convert such
//! files first, they are taken for something else.

use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::DecoderResult;

use crate::error::{Error, Result};

/// A character encoding of the [WHATWG Encoding Standard](https://encoding.spec.whatwg.org/).
///
/// ```
/// use handover::source::encoding::Encoding;
///
/// assert_eq!(Encoding::named("gbk")?, Encoding::GB18030);
/// assert_eq!(Encoding::named("latin1")?.to_string(), "windows-1252");
/// assert!(Encoding::named("ebcdic").is_err());
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// What [`Encoding::detect`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// The encoding to read with.
    pub encoding: Encoding,
    /// The length of the byte order mark in bytes; 0 where there is none.
    pub bom_len: usize,
    /// How sure that is.
    pub certainty: Certainty,
}

/// How sure a [`Detected`] encoding is, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// A byte order mark says so.
    Bom,
    /// Strict UTF-8 with characters beyond ASCII, or UTF-16 by its zero bytes.
    Valid,
    /// Likely by the frequency of its characters. Short files can deceive.
    Guess,
    /// Nothing but ASCII was seen: read as UTF-8.
    Assumed,
}

macro_rules! encodings {
    ($($name:ident)*) => {
        impl Encoding {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                pub const $name: Encoding = Encoding(encoding_rs::$name);
            )*
        }

        /// Every encoding that has a name here, for messages.
        const ALL: &[Encoding] = &[$(Encoding::$name),*];
    };
}

encodings! {
    UTF_8 UTF_16LE UTF_16BE GB18030 BIG5 SHIFT_JIS EUC_JP ISO_2022_JP EUC_KR
    WINDOWS_1250 WINDOWS_1251 WINDOWS_1252 WINDOWS_1253 WINDOWS_1254 WINDOWS_1255
    WINDOWS_1256 WINDOWS_1257 WINDOWS_1258 WINDOWS_874
    ISO_8859_2 ISO_8859_4 ISO_8859_5 ISO_8859_6 ISO_8859_7 ISO_8859_8 ISO_8859_13 ISO_8859_15
    KOI8_R KOI8_U IBM866 MACINTOSH
}

impl Encoding {
    /// The encoding of a label of the WHATWG standard (`utf-8`, `gbk`,
    /// `latin1`, …) or of a Windows code page (`cp936`), in any case.
    ///
    /// As the standard has it, GB2312 and GBK are read as GB18030, which
    /// contains them, ISO-8859-1 as windows-1252, and UTF-16 as UTF-16LE.
    ///
    /// # Errors
    ///
    /// A label that is not known, with those that are.
    pub fn named(label: &str) -> Result<Encoding> {
        let lower = label.trim().to_ascii_lowercase();
        // What Windows programs call them, where the standard has no such label.
        let label_of_standard = match lower.as_str() {
            "cp936" | "ms936" => "gb18030",
            "cp950" | "ms950" => "big5",
            "cp932" => "shift_jis",
            "cp949" | "ms949" | "uhc" => "euc-kr",
            "cp874" => "windows-874",
            "cp65001" | "utf-8-sig" => "utf-8",
            other => other,
        };
        let known = encoding_rs::Encoding::for_label_no_replacement(label_of_standard.as_bytes())
            .filter(|encoding| *encoding != encoding_rs::X_USER_DEFINED);
        match known {
            Some(encoding) if encoding == encoding_rs::GBK => Ok(Encoding::GB18030),
            Some(encoding) => Ok(Encoding(encoding)),
            None => {
                let names: Vec<String> = ALL.iter().map(Encoding::to_string).collect();
                Err(Error::bind(format!("encoding `{label}` is not known, these are: {}", names.join(", "))))
            }
        }
    }

    /// Which encoding a file is in, by its first bytes; `whole` says that
    /// they are all of it. 64 KiB are plenty.
    ///
    /// An encoding in which the head cannot be decoded is chosen only if no
    /// other does better.
    ///
    /// # Errors
    ///
    /// UTF-32, which is not supported.
    pub fn detect(head: &[u8], whole: bool) -> Result<Detected> {
        if let Some(detected) = by_mark(head) {
            return match is_utf32(head.get(detected.bom_len..).unwrap_or_default()) {
                true => Err(utf32()),
                false => Ok(detected),
            };
        }
        if is_utf32(head) {
            return Err(utf32());
        }
        let (encoding, certainty) = if let Some(utf16) = by_zeros(head, whole) {
            (utf16, Certainty::Valid)
        } else if head.is_ascii() && !head.contains(&ESCAPE) {
            (Encoding::UTF_8, Certainty::Assumed)
        } else {
            match Utf8Evidence::of(head, whole) {
                Utf8Evidence { undecodable: 0, characters: 1.., .. } => (Encoding::UTF_8, Certainty::Valid),
                evidence if evidence.is_damaged_utf8() => (Encoding::UTF_8, Certainty::Guess),
                _ if is_damaged_gb18030(head) => (Encoding::GB18030, Certainty::Guess),
                _ => by_statistics(head, whole),
            }
        };
        Ok(Detected { encoding, bom_len: 0, certainty })
    }

    /// The byte order mark, where the encoding has one: U+FEFF in its bytes.
    pub(crate) fn mark(self) -> Option<&'static [u8]> {
        match self {
            _ if self == Encoding::UTF_8 => Some(b"\xEF\xBB\xBF"),
            _ if self == Encoding::UTF_16LE => Some(b"\xFF\xFE"),
            _ if self == Encoding::UTF_16BE => Some(b"\xFE\xFF"),
            _ if self == Encoding::GB18030 => Some(b"\x84\x31\x95\x33"),
            _ => None,
        }
    }

    pub(crate) fn inner(self) -> &'static encoding_rs::Encoding {
        self.0
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self.0.name() {
            // The WHATWG standard has it in lower case, the world has not.
            "gb18030" => "GB18030",
            name => name,
        })
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Begins a change of character set in ISO-2022-JP.
const ESCAPE: u8 = 0x1B;

fn utf32() -> Error {
    Error::format("the text is in UTF-32, which is not supported; save it as UTF-8")
}

fn by_mark(head: &[u8]) -> Option<Detected> {
    let (encoding, bom_len) = encoding_rs::Encoding::for_bom(head)?;
    Some(Detected { encoding: Encoding(encoding), bom_len, certainty: Certainty::Bom })
}

/// Whether every four bytes are a code point. In other encodings that would
/// take a control character in every second or fourth place.
fn is_utf32(bytes: &[u8]) -> bool {
    let (units, _) = bytes.as_chunks::<4>();
    let all = |number: fn([u8; 4]) -> u32| {
        units.iter().all(|unit| matches!(number(*unit), 1..) && char::from_u32(number(*unit)).is_some())
    };
    units.len() > 1 && (all(u32::from_le_bytes) || all(u32::from_be_bytes))
}

/// UTF-16 without a mark. A table has delimiters and line ends, which are
/// ASCII: zero bytes that nearly all stand on one side of the code units (the
/// other side has those of characters such as `一`, U+4E00), beside text that
/// decodes. A few zeros in what is UTF-8 otherwise are just that.
fn by_zeros(head: &[u8], whole: bool) -> Option<Encoding> {
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

/// How far bytes are UTF-8.
struct Utf8Evidence {
    /// Characters beyond ASCII.
    characters: usize,
    /// Places where decoding fails.
    undecodable: usize,
    /// Whether the last of them is a character that the end of the file cuts off.
    torn: bool,
}

impl Utf8Evidence {
    fn of(head: &[u8], whole: bool) -> Self {
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
    fn is_damaged_utf8(&self) -> bool {
        let cut_off = self.torn && self.undecodable == 1 && self.characters > 0;
        cut_off || self.characters >= 20 * self.undecodable.max(1)
    }
}

/// GB18030 with a few bytes that do not decode, which would make any detector
/// take it for something else, and garble the whole file for the sake of one
/// record. It shows by pairs of bytes that are, nearly all, of the 3,755
/// common characters that GB2312 put into its first level (rows 16 to 55).
fn is_damaged_gb18030(head: &[u8]) -> bool {
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
fn by_statistics(head: &[u8], whole: bool) -> (Encoding, Certainty) {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(head, whole);
    let guess = match detector.guess(None, Utf8Detection::Allow) {
        encoding if encoding == encoding_rs::GBK => Encoding::GB18030,
        encoding => Encoding(encoding),
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
    let mut decoder = encoding.0.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(head.len())?);
    let (result, _) = decoder.decode_to_string_without_replacement(head, &mut text, whole);
    let clean =
        result == DecoderResult::InputEmpty && !text.contains(|c| matches!(c, '\0' | '\u{80}'..='\u{9F}'));
    clean.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(head: &[u8]) -> (Encoding, Certainty) {
        let detected = Encoding::detect(head, true).unwrap();
        (detected.encoding, detected.certainty)
    }

    #[test]
    fn marks_come_first() {
        let detected = Encoding::detect(b"\xEF\xBB\xBFname\n", true).unwrap();
        assert_eq!((detected.encoding, detected.bom_len), (Encoding::UTF_8, 3));
        assert_eq!(detected.certainty, Certainty::Bom);
        assert_eq!(detect(b"\xFF\xFEa\0\n\0"), (Encoding::UTF_16LE, Certainty::Bom));
        assert_eq!(detect(b"\xFE\xFF\0a\0\n"), (Encoding::UTF_16BE, Certainty::Bom));
    }

    #[test]
    fn utf32_is_refused() {
        for head in [&b"\xFF\xFE\0\0a\0\0\0b\0\0\0"[..], b"\0\0\xFE\xFF\0\0\0a\0\0\0b", b"a\0\0\0b\0\0\0"] {
            let error = Encoding::detect(head, true).unwrap_err();
            assert_eq!(error.to_string(), "the text is in UTF-32, which is not supported; save it as UTF-8");
        }
    }

    #[test]
    fn utf16_without_a_mark_is_known_by_its_zeros() {
        assert_eq!(detect(b"a\0,\0b\0\n\0"), (Encoding::UTF_16LE, Certainty::Valid));
        assert_eq!(
            detect(b"\x4E\x8C\x4E\x8C\0,\x4E\x09\x4E\x94\0\n"),
            (Encoding::UTF_16BE, Certainty::Valid)
        );
        assert_eq!(detect(b"abc\0def\nghijkl\0mno\n"), (Encoding::UTF_8, Certainty::Assumed));
    }

    #[test]
    fn a_torn_last_character_counts_only_at_the_end_of_the_file() {
        let head = "姓名".as_bytes();
        let torn = Encoding::detect(&head[..5], false).unwrap();
        assert_eq!((torn.encoding, torn.certainty), (Encoding::UTF_8, Certainty::Valid));
        assert_eq!(detect(&head[..5]), (Encoding::UTF_8, Certainty::Guess));
    }

    #[test]
    fn utf8_with_a_damaged_byte_stays_utf8() {
        let mut head = "姓名,城市\n王伟,北京\n".repeat(5).into_bytes();
        head.push(0xE9);
        assert_eq!(detect(&head), (Encoding::UTF_8, Certainty::Guess));
    }

    #[test]
    fn gb18030_with_a_damaged_byte_stays_gb18030() {
        for damage in [&b"\xFF\n"[..], b"\xCD\n"] {
            let (mut head, ..) = encoding_rs::GB18030
                .encode("姓名,城市\n王伟,北京\n李娜,上海\n赵强,广州\n周杰,深圳\n王芳,天津\n");
            head.to_mut().extend_from_slice(damage);
            head.to_mut().extend_from_within(..);
            assert_eq!(detect(&head), (Encoding::GB18030, Certainty::Guess), "{damage:x?}");
        }
    }

    #[test]
    fn short_chinese_is_not_taken_for_korean_nor_korean_for_chinese() {
        for (text, encoding) in [
            ("客户名称\n先达股份\n", Encoding::GB18030),
            ("이름,전화\n김철수,010-1234-5678\n", Encoding::EUC_KR),
            ("회사명,주소\n한국전력공사,전라남도 나주시\n", Encoding::EUC_KR),
        ] {
            assert_eq!(detect(&encoding.0.encode(text).0), (encoding, Certainty::Guess));
        }
    }

    #[test]
    fn labels_are_known_in_any_case_and_others_refused() {
        assert_eq!(Encoding::named(" GB2312 ").unwrap(), Encoding::GB18030);
        assert_eq!(Encoding::named("CP936").unwrap(), Encoding::GB18030);
        assert_eq!(Encoding::named("sjis").unwrap(), Encoding::SHIFT_JIS);
        for refused in ["ebcdic", "hz-gb-2312", "x-user-defined"] {
            let message = Encoding::named(refused).unwrap_err().to_string();
            assert!(message.starts_with(&format!("encoding `{refused}` is not known, these are: UTF-8, ")));
        }
    }
}
