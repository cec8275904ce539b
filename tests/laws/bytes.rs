//! Text as bytes of any encoding, by another way than the library's.

use handover::source::encoding::Encoding;

/// Text as stored; `None` where the encoding lacks a character.
pub fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    let wide = |unit: fn(u16) -> [u8; 2]| Some(text.encode_utf16().flat_map(unit).collect());
    match encoding.to_string().as_str() {
        "UTF-16LE" => wide(u16::to_le_bytes),
        "UTF-16BE" => wide(u16::to_be_bytes),
        label => {
            let (bytes, _, lossy) = encoding_rs::Encoding::for_label(label.as_bytes())?.encode(text);
            (!lossy).then(|| bytes.into_owned())
        }
    }
}
