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
//! | UTF-8, UTF-16, UTF-32 | the byte order mark |
//! | UTF-32 without a mark | every four bytes are a character |
//! | UTF-16 without a mark | the zero bytes beside every ASCII character, or the controls that other alphabets would be |
//! | ISO-2022-KR | its announcement |
//! | UTF-8 without a mark | strict decoding |
//! | GB18030 (with GBK and GB2312), Big5, Shift_JIS, EUC-JP, EUC-KR, ISO-2022-JP, Windows-874 and 1250 to 1258, ISO-8859-2, 4 to 8 and 13, KOI8-U, IBM866 | the statistics of `chardetng`, the detector of Firefox, among those that decode |
//! | Johab, EUC-TW, IBM855, Mac Cyrillic | whether they decode, to characters that are frequent in Korean, Chinese or Russian |
//!
//! Those of Johab, EUC-TW (planes 1 and 2), IBM437, IBM850, IBM852, IBM855,
//! ISO-2022-KR and UTF-32 can be read and not written; IBM437, IBM850 and IBM852
//! are never guessed. Not supported are EBCDIC, UTF-7, HZ, ISO-2022-CN and the
//! planes of CNS 11643 beyond the second: convert such files first, they are
//! taken for something else.

mod evidence;
mod johab;
mod own;
mod taiwan;

use std::fmt;

use encoding_rs::DecoderResult;

use crate::error::{Error, Result};
use evidence::{
    ESCAPE, Utf8Evidence, by_controls, by_frequency, by_mark, by_statistics, by_zeros,
    is_announced_iso_2022_kr, is_damaged_gb18030, utf32,
};
use own::Own;
pub(crate) use own::{OwnDecoder, Piece};

/// A character encoding: of the [WHATWG Encoding Standard](https://encoding.spec.whatwg.org/),
/// or one of the older ones that it leaves out.
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
pub struct Encoding(Scheme);

/// By what an encoding is decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Standard(&'static encoding_rs::Encoding),
    Own(Own),
}

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
    ($($name:ident)*; $($own:ident $variant:ident)*) => {
        impl Encoding {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                pub const $name: Encoding = Encoding(Scheme::Standard(encoding_rs::$name));
            )*
            $(
                #[doc = concat!("`", stringify!($own), "`, for reading only.")]
                pub const $own: Encoding = Encoding(Scheme::Own(Own::$variant));
            )*
        }

        /// Every encoding that has a name here, for messages.
        const ALL: &[Encoding] = &[$(Encoding::$name,)* $(Encoding::$own,)*];
    };
}

encodings! {
    UTF_8 UTF_16LE UTF_16BE GB18030 BIG5 SHIFT_JIS EUC_JP ISO_2022_JP EUC_KR
    WINDOWS_1250 WINDOWS_1251 WINDOWS_1252 WINDOWS_1253 WINDOWS_1254 WINDOWS_1255
    WINDOWS_1256 WINDOWS_1257 WINDOWS_1258 WINDOWS_874
    ISO_8859_2 ISO_8859_4 ISO_8859_5 ISO_8859_6 ISO_8859_7 ISO_8859_8 ISO_8859_13 ISO_8859_15
    KOI8_R KOI8_U IBM866 MACINTOSH X_MAC_CYRILLIC;
    UTF_32LE Utf32Le UTF_32BE Utf32Be ISO_2022_KR Iso2022Kr JOHAB Johab EUC_TW EucTw
    IBM437 Ibm437 IBM850 Ibm850 IBM852 Ibm852 IBM855 Ibm855
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
        if let Some(own) = Own::named(label_of_standard) {
            return Ok(Encoding(Scheme::Own(own)));
        }
        let known = encoding_rs::Encoding::for_label_no_replacement(label_of_standard.as_bytes())
            .filter(|encoding| *encoding != encoding_rs::X_USER_DEFINED);
        match known {
            Some(encoding) if encoding == encoding_rs::GBK => Ok(Encoding::GB18030),
            Some(encoding) => Ok(Encoding(Scheme::Standard(encoding))),
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
    /// None at present: there is always an encoding to try.
    pub fn detect(head: &[u8], whole: bool) -> Result<Detected> {
        if let Some(detected) = by_mark(head) {
            return Ok(detected);
        }
        let (encoding, certainty) = if let Some(utf32) = utf32(head) {
            (utf32, Certainty::Valid)
        } else if let Some(utf16) = by_zeros(head, whole) {
            (utf16, Certainty::Valid)
        } else if let Some(utf16) = by_controls(head, whole) {
            (utf16, Certainty::Valid)
        } else if is_announced_iso_2022_kr(head) {
            (Encoding::ISO_2022_KR, Certainty::Valid)
        } else if head.is_ascii() && !head.contains(&ESCAPE) {
            (Encoding::UTF_8, Certainty::Assumed)
        } else {
            match Utf8Evidence::of(head, whole) {
                Utf8Evidence { undecodable: 0, characters: 1.., .. } => (Encoding::UTF_8, Certainty::Valid),
                evidence if evidence.is_damaged_utf8() => (Encoding::UTF_8, Certainty::Guess),
                _ if is_damaged_gb18030(head) => (Encoding::GB18030, Certainty::Guess),
                _ => by_frequency(head, whole).unwrap_or_else(|| by_statistics(head, whole)),
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
            _ if self == Encoding::UTF_32LE => Some(b"\xFF\xFE\0\0"),
            _ if self == Encoding::UTF_32BE => Some(b"\0\0\xFE\xFF"),
            _ if self == Encoding::GB18030 => Some(b"\x84\x31\x95\x33"),
            _ => None,
        }
    }

    /// The text of these bytes, which have no byte order mark; `None` if they
    /// cannot be decoded.
    ///
    /// ```
    /// use handover::source::encoding::Encoding;
    ///
    /// assert_eq!(Encoding::GB18030.decode(b"\xCD\xF5\xCE\xB0").as_deref(), Some("王伟"));
    /// assert_eq!(Encoding::UTF_8.decode(b"\xCD\xF5\xCE\xB0"), None);
    /// ```
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        self.decode_head(bytes, true)
    }

    /// The same of the first bytes, the last of which may tear a character, unless they are the whole.
    fn decode_head(self, head: &[u8], whole: bool) -> Option<String> {
        let standard = match self.0 {
            Scheme::Standard(standard) => standard,
            Scheme::Own(own) => return own.decode(head, whole),
        };
        let mut decoder = standard.new_decoder_without_bom_handling();
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(head.len())?);
        let (result, _) = decoder.decode_to_string_without_replacement(head, &mut text, whole);
        (result == DecoderResult::InputEmpty).then_some(text)
    }

    /// The encoding of the standard, where it is one: the others are not written.
    pub(crate) fn standard(self) -> Option<&'static encoding_rs::Encoding> {
        match self.0 {
            Scheme::Standard(standard) => Some(standard),
            Scheme::Own(_) => None,
        }
    }

    /// The length of a line break in bytes.
    pub(crate) fn unit(self) -> usize {
        match self.0 {
            Scheme::Own(own) => own.unit(),
            _ if self == Encoding::UTF_16LE || self == Encoding::UTF_16BE => 2,
            _ => 1,
        }
    }

    pub(crate) fn decoder(self) -> Decoding {
        match self.0 {
            Scheme::Standard(standard) => {
                Decoding::Standard(Box::new(standard.new_decoder_without_bom_handling()))
            }
            Scheme::Own(own) => Decoding::Own(OwnDecoder::new(own)),
        }
    }
}

/// Decodes chunk by chunk.
pub(crate) enum Decoding {
    Standard(Box<encoding_rs::Decoder>),
    Own(OwnDecoder),
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self.0 {
            // The WHATWG standard has it in lower case, the world has not.
            Scheme::Standard(standard) if standard == encoding_rs::GB18030 => "GB18030",
            Scheme::Standard(standard) => standard.name(),
            Scheme::Own(own) => own.name(),
        })
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
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
    fn utf32_is_known_by_its_mark_or_by_every_four_bytes() {
        assert_eq!(detect(b"a\0\0\0b\0\0\0"), (Encoding::UTF_32LE, Certainty::Valid));
        assert_eq!(detect(b"\0\0\0a\0\0\0b"), (Encoding::UTF_32BE, Certainty::Valid));
        for (head, encoding, bom_len) in [
            (&b"\xFF\xFE\0\0a\0\0\0b\0\0\0"[..], Encoding::UTF_32LE, 4),
            (b"\0\0\xFE\xFF\0\0\0a\0\0\0b", Encoding::UTF_32BE, 4),
            // The mark of UTF-16, as some programs write it.
            (b"\xFF\xFEa\0\0\0b\0\0\0", Encoding::UTF_32LE, 2),
            (b"\xFE\xFF\0\0\0a\0\0\0b", Encoding::UTF_32BE, 2),
        ] {
            let certainty = Certainty::Bom;
            assert_eq!(Encoding::detect(head, true).unwrap(), Detected { encoding, bom_len, certainty });
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
    fn older_encodings_are_known_by_the_language() {
        let russian = "Фамилия,Город\nСергеева Наталья,Санкт-Петербург\nПетров Илья,Казань\n";
        let bytes: Vec<u8> = russian.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(detect(&bytes), (Encoding::UTF_16LE, Certainty::Valid));
        for encoding in [Encoding::WINDOWS_1251, Encoding::KOI8_U, Encoding::IBM866, Encoding::X_MAC_CYRILLIC]
        {
            let bytes = encoding.standard().unwrap().encode(russian).0;
            assert_eq!(detect(&bytes), (encoding, Certainty::Guess));
        }
        assert_eq!(detect(b"\x1B$)C\n\x0EGQ1[\x0F\n"), (Encoding::ISO_2022_KR, Certainty::Valid));
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
            assert_eq!(detect(&encoding.standard().unwrap().encode(text).0), (encoding, Certainty::Guess));
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
