//! Dates in Chinese, Japanese and Korean characters.

use super::token::{Clock, Era, Number, Token, Unit};

/// The token at the start of the text, and its length in bytes.
pub(super) fn token(text: &str) -> Option<(Token, usize)> {
    let first = text.chars().next()?;
    let rest = text.get(first.len_utf8()..)?;
    if let Some(token) = unit(first).filter(|_| !rest.starts_with(['曜', '요'])) {
        return Some((token, first.len_utf8()));
    }
    if first == '元' && rest.starts_with('年') {
        return Some((Token::Number(Number { value: 1, digits: 1 }), first.len_utf8()));
    }
    if let Some(number) = number(text) {
        return Some(number);
    }
    if let Some((weekday, length)) = weekday_at(text) {
        return Some((Token::Weekday(weekday), length));
    }
    let start = text.as_bytes().first_chunk::<3>();
    let begins = |phrase: &str| phrase.as_bytes().first_chunk() == start && text.starts_with(phrase);
    PHRASES.iter().find(|(phrase, _)| begins(phrase)).map(|(phrase, token)| (*token, phrase.len()))
}

fn unit(letter: char) -> Option<Token> {
    Some(match letter {
        '年' | '년' => Token::Unit(Unit::Year),
        '月' | '월' => Token::Unit(Unit::Month),
        '日' | '号' | '號' | '일' => Token::Unit(Unit::Day),
        '时' | '時' | '点' | '點' | '시' => Token::Unit(Unit::Hour),
        '分' | '분' => Token::Unit(Unit::Minute),
        '秒' | '초' => Token::Unit(Unit::Second),
        '半' | '반' => Token::Half,
        '刻' => Token::Quarter,
        '整' | '钟' | '鐘' | 'の' => Token::Filler,
        _ => return None,
    })
}

const PHRASES: &[(&str, Token)] = &[
    ("上午", Token::Clock(Clock::Morning)),
    ("下午", Token::Clock(Clock::Afternoon)),
    ("中午", Token::Clock(Clock::Noon)),
    ("正午", Token::Clock(Clock::Noon)),
    ("午前", Token::Clock(Clock::Morning)),
    ("午後", Token::Clock(Clock::Afternoon)),
    ("午后", Token::Clock(Clock::Afternoon)),
    ("오전", Token::Clock(Clock::Morning)),
    ("오후", Token::Clock(Clock::Afternoon)),
    ("凌晨", Token::Clock(Clock::Morning)),
    ("清晨", Token::Clock(Clock::Morning)),
    ("早上", Token::Clock(Clock::Morning)),
    ("早晨", Token::Clock(Clock::Morning)),
    ("朝", Token::Clock(Clock::Morning)),
    ("傍晚", Token::Clock(Clock::Evening)),
    ("晚上", Token::Clock(Clock::Evening)),
    ("晚间", Token::Clock(Clock::Evening)),
    ("晚間", Token::Clock(Clock::Evening)),
    ("夜里", Token::Clock(Clock::Evening)),
    ("晚", Token::Clock(Clock::Evening)),
    ("夜", Token::Clock(Clock::Evening)),
    ("中華民國", Token::Era(Era::Minguo)),
    ("中华民国", Token::Era(Era::Minguo)),
    ("民國", Token::Era(Era::Minguo)),
    ("民国", Token::Era(Era::Minguo)),
    ("公元", Token::Era(Era::Common)),
    ("西元", Token::Era(Era::Common)),
    ("西暦", Token::Era(Era::Common)),
    ("서기", Token::Era(Era::Common)),
    ("令和", Token::Era(Era::Reiwa)),
    ("平成", Token::Era(Era::Heisei)),
    ("昭和", Token::Era(Era::Showa)),
    ("大正", Token::Era(Era::Taisho)),
    ("明治", Token::Era(Era::Meiji)),
    ("㋿", Token::Era(Era::Reiwa)),
    ("㍻", Token::Era(Era::Heisei)),
    ("㍼", Token::Era(Era::Showa)),
    ("㍽", Token::Era(Era::Taisho)),
    ("㍾", Token::Era(Era::Meiji)),
    ("農曆", Token::Era(Era::Lunar)),
    ("农历", Token::Era(Era::Lunar)),
    ("阴历", Token::Era(Era::Lunar)),
    ("陰曆", Token::Era(Era::Lunar)),
    ("旧暦", Token::Era(Era::Lunar)),
    ("正月", Token::Era(Era::Lunar)),
    ("腊月", Token::Era(Era::Lunar)),
    ("臘月", Token::Era(Era::Lunar)),
    ("初", Token::Era(Era::Lunar)),
    ("闰", Token::Era(Era::Lunar)),
    ("閏", Token::Era(Era::Lunar)),
];

/// The Japanese eras by their letters, as in `H28.10.15`.
pub(super) fn era_letter(letter: &str) -> Option<Token> {
    Some(Token::Era(match letter {
        "R" | "r" => Era::Reiwa,
        "H" | "h" => Era::Heisei,
        "S" | "s" => Era::Showa,
        "T" | "t" => Era::Taisho,
        "M" | "m" => Era::Meiji,
        _ => return None,
    }))
}

pub(super) fn is_cjk(letter: char) -> bool {
    matches!(letter, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}')
}

/// What is in brackets behind a day: `三`, `周六`, `금`.
pub(super) fn weekday(text: &str) -> Option<u8> {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => "月火水木金土日"
            .chars()
            .position(|day| day == letter)
            .or_else(|| "월화수목금토일".chars().position(|day| day == letter))
            .map(|at| at as u8 + 1)
            .or_else(|| chinese_weekday(letter)),
        _ => weekday_at(text).filter(|(_, length)| *length == text.len()).map(|(weekday, _)| weekday),
    }
}

fn chinese_weekday(letter: char) -> Option<u8> {
    if letter == '天' {
        return Some(7);
    }
    "一二三四五六日".chars().position(|day| day == letter).map(|at| at as u8 + 1)
}

/// `星期三`, `周三`, `礼拜三`, `水曜日`, `수요일`, and their lengths.
fn weekday_at(text: &str) -> Option<(u8, usize)> {
    let letter = text.chars().next()?;
    let rest = text.get(letter.len_utf8()..)?;
    if matches!(letter, '星' | '周' | '週' | '礼' | '禮') {
        let prefix =
            ["星期", "周", "週", "礼拜", "禮拜"].into_iter().find(|prefix| text.starts_with(prefix))?;
        let day = text.get(prefix.len()..)?.chars().next()?;
        return Some((chinese_weekday(day)?, prefix.len() + day.len_utf8()));
    }
    if !rest.starts_with(['曜', '요']) {
        return None;
    }
    let suffix = ["曜日", "曜", "요일"].into_iter().find(|suffix| rest.starts_with(suffix))?;
    let (day, _) = text.split_at_checked(letter.len_utf8())?;
    Some((weekday(day)?, letter.len_utf8() + suffix.len()))
}

/// A number in Chinese: by its digits (`二〇二四`, `二O二四`) or with tens
/// (`十一`, `二十六`, `廿六`).
fn number(text: &str) -> Option<(Token, usize)> {
    let (mut value, mut digits, mut length, mut tens) = (0_u32, 0_u8, 0, false);
    let mut last = None;
    for letter in text.chars() {
        match (digit(letter), ten(letter)) {
            (Some(_), _) if tens && last.is_some() => return None,
            (Some(digit), _) if tens => {
                value += digit;
                last = Some(digit);
            }
            (Some(digit), _) => {
                value = value.checked_mul(10)?.checked_add(digit)?;
                digits = digits.checked_add(1)?;
            }
            (None, Some(ten)) if !tens && (digits == 0 || (digits == 1 && ten == 1 && value > 0)) => {
                value = 10 * if digits == 0 { ten } else { value };
                tens = true;
            }
            (None, Some(_)) => return None,
            (None, None) => break,
        }
        length += letter.len_utf8();
    }
    let digits = if tens { 2 } else { digits };
    (length > 0).then_some((Token::Number(Number { value, digits }), length))
}

/// The O is a zero among Chinese digits, which come first: `二O二四`.
fn digit(letter: char) -> Option<u32> {
    Some(match letter {
        '〇' | '○' | '零' | 'O' | 'o' | '0' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn ten(letter: char) -> Option<u32> {
    match letter {
        '十' => Some(1),
        '廿' => Some(2),
        '卅' => Some(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_digits_or_with_tens() {
        let read = |text: &str| match token(text) {
            Some((Token::Number(number), length)) => {
                Some((number.value, number.digits, length == text.len()))
            }
            _ => None,
        };
        assert_eq!(read("二〇二四"), Some((2024, 4, true)));
        assert_eq!(read("二O一六"), Some((2016, 4, true)));
        assert_eq!(read("零七"), Some((7, 2, true)));
        assert_eq!([read("十"), read("十一"), read("二十")], [10, 11, 20].map(|n| Some((n, 2, true))));
        assert_eq!([read("二十六"), read("廿六"), read("卅")], [26, 26, 30].map(|n| Some((n, 2, true))));
        assert_eq!([read("二十十"), read("十一二"), read("〇十")], [None; 3]);
        assert_eq!(read("三点"), Some((3, 1, false)));
    }

    #[test]
    fn weekdays_in_three_languages() {
        for text in ["星期三", "周三", "週三", "礼拜三", "水曜日", "수요일"] {
            assert_eq!(token(text), Some((Token::Weekday(3), text.len())), "{text}");
        }
        assert_eq!(
            [weekday("天"), weekday("日"), weekday("周日"), weekday("x")],
            [Some(7), Some(7), Some(7), None]
        );
    }
}
