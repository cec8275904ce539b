//! Numbers in Chinese characters, alone or between digits: `三万五千`, `壹佰贰拾`, `1亿2000万`.

/// The value of a whole number; `None` for what is none, or too large to be one.
///
/// `三万五` is 35,000 as people say it: a last digit counts in tens of the unit
/// before, unless `零` comes between.
pub fn whole(text: &str) -> Option<u128> {
    let mut reading = Reading::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        match digits {
            0 => {
                reading.take(c)?;
                rest = &rest[c.len_utf8()..];
            }
            _ => {
                reading.take_number(rest[..digits].parse().ok()?)?;
                rest = &rest[digits..];
            }
        }
    }
    reading.finish()
}

/// The digits of a number that is written digit by digit: `二〇二四`.
pub fn digits(text: &str) -> Option<String> {
    text.chars().map(|c| digit(c).and_then(|d| char::from_digit(d, 10))).collect()
}

/// The power of ten of a character that multiplies what is before it.
pub fn power(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 1,
        '百' | '佰' => 2,
        '千' | '仟' | '천' => 3,
        '万' | '萬' | '만' => 4,
        '亿' | '億' | '억' => 8,
        '兆' => 12,
        _ => return None,
    })
}

/// Whether the text has a Chinese digit or unit.
pub fn is_numeral(text: &str) -> bool {
    text.chars().any(|c| digit(c).is_some() || power(c).is_some())
}

fn digit(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '零' | '〇' | '○' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '贰' | '貳' | '两' | '兩' => 2,
        '三' | '叁' | '參' | '叄' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// What is read of a number so far.
#[derive(Default)]
struct Reading {
    /// What is before the last 万, 亿 or 兆.
    total: u128,
    /// What follows it.
    section: u128,
    /// A number that still waits for its unit.
    number: Option<u128>,
    /// The last unit within the section.
    last_unit: Option<u128>,
    /// The last 万, 亿 or 兆.
    last_big: Option<u128>,
    /// The unit directly before the number, if the number is one Chinese digit.
    after_unit: Option<u128>,
    previous: Option<u128>,
}

impl Reading {
    fn take(&mut self, c: char) -> Option<()> {
        match (digit(c), power(c)) {
            (Some(0), _) if self.number.is_none() => {
                self.previous = None;
                if self.total == 0 && self.section == 0 {
                    self.number = Some(0);
                }
                Some(())
            }
            (Some(digit), _) => {
                if self.number.is_some_and(|number| number > 0) {
                    return None;
                }
                self.number = Some(u128::from(digit));
                self.after_unit = self.previous.take();
                Some(())
            }
            (None, Some(power @ 1..=3)) => self.take_unit(10u128.pow(power)),
            (None, Some(power)) => self.take_big(10u128.pow(power)),
            (None, None) => None,
        }
    }

    fn take_number(&mut self, number: u128) -> Option<()> {
        if self.number.is_some_and(|number| number > 0) {
            return None;
        }
        (self.number, self.previous, self.after_unit) = (Some(number), None, None);
        Some(())
    }

    fn take_unit(&mut self, unit: u128) -> Option<()> {
        let fits = self.last_unit.is_none_or(|last| unit < last);
        let number = match self.number.take() {
            None if unit == 10 => 1,
            None => return None,
            Some(number) => number,
        };
        if !fits || number == 0 {
            return None;
        }
        self.section = self.section.checked_add(number.checked_mul(unit)?)?;
        (self.last_unit, self.previous) = (Some(unit), Some(unit));
        Some(())
    }

    fn take_big(&mut self, unit: u128) -> Option<()> {
        let section = self.section.checked_add(self.number.take().unwrap_or(0))?;
        self.total = match self.last_big {
            // 一万亿: ten thousand times 亿.
            Some(last) if unit > last => self.total.checked_add(section)?.checked_mul(unit)?,
            Some(last) if unit == last || section == 0 => return None,
            _ if section == 0 => return None,
            _ => self.total.checked_add(section.checked_mul(unit)?)?,
        };
        (self.section, self.last_unit) = (0, None);
        (self.last_big, self.previous) = (Some(unit), Some(unit));
        Some(())
    }

    fn finish(self) -> Option<u128> {
        let number = match (self.number, self.after_unit) {
            (Some(number), Some(unit)) if unit > 10 => number.checked_mul(unit / 10)?,
            (Some(number), _) => number,
            (None, _) => 0,
        };
        self.total.checked_add(self.section)?.checked_add(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_said() {
        for (text, value) in [
            ("零", 0),
            ("十", 10),
            ("十二", 12),
            ("一百零五", 105),
            ("一百五", 150),
            ("一百五十", 150),
            ("三万五千", 35_000),
            ("三万五", 35_000),
            ("三万零五", 30_005),
            ("壹万贰仟", 12_000),
            ("两千零二十四", 2_024),
            ("一亿两千万", 120_000_000),
            ("1亿2000万", 120_000_000),
            ("3万5千", 35_000),
            ("一万亿", 1_000_000_000_000),
            ("玖佰玖拾玖", 999),
        ] {
            assert_eq!(whole(text), Some(value), "{text}");
        }
        for text in ["三百五千", "一二", "万", "三万四万", "五x", "百"] {
            assert_eq!(whole(text), None, "{text}");
        }
        assert_eq!(digits("二〇二四").as_deref(), Some("2024"));
    }
}
