//! One form for the characters that dates are written with.

/// The character as a program would have written it: full-width forms, the
/// digits of other scripts, and the many dashes, quotes and spaces. None for
/// those that nobody sees.
pub(super) fn fold(letter: char) -> Option<char> {
    Some(match letter {
        '\0'..='~' => match letter {
            '\t' | '\n' | '\r' => ' ',
            _ => letter,
        },
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}' => {
            return None;
        }
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        '‘' | '’' | 'ʼ' | '′' => '\'',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        '⁄' | '∕' => '/',
        // Persian letters in Arabic words.
        'ی' => 'ي',
        'ک' => 'ك',
        '·' | '。' => '.',
        _ => digit_of_a_script(letter).unwrap_or(letter),
    })
}

/// Arabic, Persian, Devanagari, Bengali, Thai and other decimal digits.
fn digit_of_a_script(letter: char) -> Option<char> {
    const ZEROS: [u32; 8] = [0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xE50, 0x17E0, 0x2080];
    let code = letter as u32;
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}
