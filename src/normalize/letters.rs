//! Letters that no decomposition takes to ASCII.

/// How a small letter is spelt in ASCII that no decomposition takes there.
pub(crate) fn ascii(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ə' => "a",
        _ => return None,
    })
}
