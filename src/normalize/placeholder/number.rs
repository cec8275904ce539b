//! Numbers that no one was given.

/// The numbers that Ofcom sets aside for drama ("Telephone numbers for use in
/// TV and radio drama programmes"), without the trunk prefix and the last three digits.
#[rustfmt::skip]
const DRAMA: [&str; 20] = [
    "1134960", "1144960", "1154960", "1164960", "1174960", "1184960", "1214960", "1314960", "1414960", "1514960",
    "1614960", "1632960", "1914980", "2079460", "2896496", "2920180", "3069990", "7700900", "8081570", "9098790",
];

/// Typed most often of all: the number by which China Mobile's customers once topped up.
const TOP_UP: &str = "13800138000";

/// Not a phone number that somebody was given, as typed or in E.164.
pub(super) fn is_phone(folded: &str) -> bool {
    let (number, _) = folded.split_once(';').unwrap_or((folded, ""));
    if number.bytes().any(|b| b.is_ascii_alphabetic()) || !number.is_ascii() {
        return false;
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match number.starts_with('+') {
        true => is_international(&digits),
        false => is_national(&digits) || is_international(digits.strip_prefix("00").unwrap_or_default()),
    }
}

/// Whether the digits behind a country code are nobody's.
fn is_international(digits: &str) -> bool {
    let (code, national) = digits.split_at_checked(code_length(digits)).unwrap_or_default();
    let fiction = match code {
        "1" => is_american(national),
        "44" => is_drama(national),
        "86" => is_chinese(national),
        _ => false,
    };
    fiction || [digits, national].iter().any(|digits| digits.len() >= 6 && is_nobodys(digits))
}

/// How many digits the country code has, by ITU-T E.164.
fn code_length(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..] => 2,
        [b'5', b'1'..=b'8', ..] | [b'6', b'0'..=b'6', ..] | [b'8', b'1' | b'2' | b'4' | b'6', ..] => 2,
        [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

fn is_national(digits: &str) -> bool {
    let trunk = digits.strip_prefix('0');
    is_nobodys(digits)
        || is_chinese(digits)
        || is_chinese(digits.strip_prefix("86").unwrap_or_default())
        || is_american(digits)
        || is_american(digits.strip_prefix('1').unwrap_or_default())
        || trunk.is_some_and(is_drama)
}

fn is_nobodys(digits: &str) -> bool {
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    is_run(digits) || zeros >= 7 || digits.starts_with("123456789")
}

/// A mobile number of China whose last eight digits, the part that is a person's own, are the
/// same or `12345678`.
fn is_chinese(digits: &str) -> bool {
    let Some((_, own)) = digits.split_at_checked(3).filter(|_| digits.len() == 11 && digits.starts_with('1'))
    else {
        return false;
    };
    digits == TOP_UP || own == "12345678" || is_repeated(own)
}

/// `555-01xx`, set aside for fiction by the North American numbering plan, with an area code or without.
fn is_american(digits: &str) -> bool {
    let local = match digits.len() {
        7 => digits,
        10 => digits.get(3..).unwrap_or_default(),
        _ => return false,
    };
    local.starts_with("55501")
}

fn is_drama(national: &str) -> bool {
    national.len() == 10 && DRAMA.iter().any(|start| national.starts_with(start))
}

/// Not an identity number that somebody was given.
pub(super) fn is_id(folded: &str) -> bool {
    let id: Vec<u8> = folded.bytes().filter(|b| !matches!(b, b'-' | b' ' | b'.' | b'/')).collect();
    let Ok(id) = std::str::from_utf8(&id) else { return false };
    if id.len() < 6 || !id.is_ascii() {
        return false;
    }
    let body = id.strip_suffix('x').unwrap_or(id);
    is_run(body) || is_repeated(id) || is_pattern(body) || (id.len() >= 15 && has_nine_alike(id))
}

/// Digits of which each is the same as the one before, or each one more, or each one less.
pub(super) fn is_run(digits: &str) -> bool {
    let follows = |step: u8| {
        digits.as_bytes().windows(2).all(|pair| match pair {
            [before, after] => (before - b'0' + step) % 10 == after - b'0',
            _ => true,
        })
    };
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (follows(0) || (digits.len() >= 3 && (follows(1) || follows(9))))
}

fn is_repeated(text: &str) -> bool {
    text.bytes().zip(text.bytes().skip(1)).all(|(before, after)| before == after)
}

/// Three or four digits in sequence again and again: `123123123`.
fn is_pattern(digits: &str) -> bool {
    [3, 4].into_iter().any(|size| {
        let (first, _) = digits.split_at_checked(size).unwrap_or_default();
        digits.len().is_multiple_of(size)
            && is_run(first)
            && digits.as_bytes().chunks(size).all(|chunk| chunk == first.as_bytes())
    })
}

fn has_nine_alike(id: &str) -> bool {
    id.as_bytes().windows(9).any(|nine| nine.iter().all(|b| Some(b) == nine.first()))
}
