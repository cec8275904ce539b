//! Number formats: what a cell shows of its number.
//!
//! Only as much as it takes to tell dates, times, durations, ids and numbers
//! from each other, and to show an id. The rules are those of ECMA-376 part 1,
//! 18.8.30 and 18.8.31; where it is silent, those of SheetJS' SSF.

/// A number format such as `00000` or `yyyy\-mm\-dd;@`.
#[derive(Debug)]
pub(super) struct Format {
    sections: Vec<Section>,
    /// Which section a number above, below and of zero has, unless conditions say otherwise.
    signs: [usize; 3],
    /// Whether a section shows numbers as ids: then all of them arrive as text.
    pub is_id: bool,
}

#[derive(Debug)]
struct Section {
    condition: Option<Condition>,
    shape: Shape,
    tokens: Vec<Token>,
}

/// What the numbers of a section are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Quantities: the format says nothing that the number does not.
    Number,
    /// Text that holds a number.
    Text,
    /// Ids, phone numbers, postal codes: leading zeros and separators belong to them.
    Id,
    /// Words in place of the number, or nothing.
    Words,
    /// Days, times of day or both.
    Moment { date: bool, time: bool },
    /// Hours, minutes or seconds that are not of a day.
    Duration,
}

#[derive(Debug, PartialEq)]
enum Token {
    /// A place for a digit: `0`, `#` or `?`, or `G` for all of them.
    Digit(char),
    Literal(String),
}

#[derive(Debug)]
struct Condition {
    operator: String,
    operand: f64,
}

impl Condition {
    fn holds(&self, number: f64) -> bool {
        match self.operator.as_str() {
            "=" => number == self.operand,
            "<>" => number != self.operand,
            "<" => number < self.operand,
            "<=" => number <= self.operand,
            ">" => number > self.operand,
            ">=" => number >= self.operand,
            _ => false,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let operand = text.trim_start_matches(['<', '>', '=']);
        let operator = text.strip_suffix(operand)?.to_owned();
        Some(Condition { operator, operand: operand.trim().parse().ok()? })
    }
}

impl Format {
    /// The format of the numbers that have none.
    pub fn general() -> Self {
        Format::parse("General")
    }

    pub fn parse(code: &str) -> Self {
        let mut sections: Vec<Section> = split(code).into_iter().take(4).map(Section::parse).collect();
        // A last section with `@` is that of text.
        let of_text = |section: &Section| section.shape == Shape::Text;
        if sections.len() > 1 && (sections.len() == 4 || sections.last().is_some_and(of_text)) {
            sections.pop();
        }
        let signs = match sections.len() {
            0 | 1 => [0, 0, 0],
            2 => [0, 1, 0],
            _ => [0, 1, 2],
        };
        let is_id = sections.iter().any(|section| section.shape == Shape::Id);
        Format { sections, signs, is_id }
    }

    /// The format that a workbook means by a number alone.
    pub fn builtin(id: u32) -> Self {
        Format::parse(match id {
            1 => "0",
            9 | 10 => "0%",
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 | 71..=74 | 81 => "yyyy-mm-dd",
            18..=21 | 32 | 33 | 45 | 47 | 75 | 76 | 78 | 80 => "hh:mm:ss",
            22 | 34 | 35 | 55 | 56 | 77 => "yyyy-mm-dd hh:mm:ss",
            46 | 79 => "[h]:mm:ss",
            49 => "@",
            _ => "General",
        })
    }

    /// Whether every number is a quantity, whatever its value.
    pub fn is_plain(&self) -> bool {
        self.sections.iter().all(|section| matches!(section.shape, Shape::Number | Shape::Words))
    }

    /// What a number is.
    pub fn shape(&self, number: f64) -> Shape {
        self.section(number).map_or(Shape::Number, |section| section.shape)
    }

    /// A whole number as it is shown, where the format is one of ids.
    pub fn show(&self, number: f64, digits: &str) -> String {
        let (sign, digits) = match digits.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", digits),
        };
        let Some(section) = self.section(number) else { return format!("{sign}{digits}") };
        let first = self.sections.first().is_some_and(|first| std::ptr::eq(first, section));
        let sign = if first { sign } else { "" };
        match section.shape {
            Shape::Words if !section.tokens.is_empty() => section.fill(""),
            _ => format!("{sign}{}", section.fill(digits)),
        }
    }

    fn section(&self, number: f64) -> Option<&Section> {
        let [above, below, zero] = self.signs;
        let mut conditional = self.sections.iter().take(2).filter(|section| section.condition.is_some());
        let index = match conditional.next() {
            Some(_) => self.first_that_holds(number),
            None if number > 0.0 => above,
            None if number < 0.0 => below,
            None => zero,
        };
        self.sections.get(index)
    }

    fn first_that_holds(&self, number: f64) -> usize {
        let conditions: Vec<_> = self.sections.iter().take(2).map(|s| s.condition.as_ref()).collect();
        let holds = |condition: &Option<&Condition>| condition.is_some_and(|c| c.holds(number));
        let otherwise = if conditions.iter().all(Option::is_some) { conditions.len() } else { 1 };
        conditions.iter().position(holds).unwrap_or(otherwise).min(self.sections.len() - 1)
    }
}

/// The sections of a format, which semicolons part.
fn split(code: &str) -> Vec<&str> {
    let (mut sections, mut start) = (Vec::new(), 0);
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            ';' if !bracketed => {
                sections.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(&code[start..]);
    sections
}

/// What was seen in a section.
#[derive(Default)]
struct Seen {
    condition: Option<Condition>,
    tokens: Vec<Token>,
    /// The letters of dates and times, in order, each once in a row.
    letters: Vec<char>,
    duration: bool,
    text: bool,
    /// A point, a thousands separator, a percent sign, an exponent or a fraction.
    arithmetic: bool,
}

impl Section {
    fn parse(section: &str) -> Self {
        let mut seen = Seen::default();
        let mut rest = section;
        while let Some(c) = rest.chars().next() {
            rest = seen.take(c, rest);
        }
        Section { shape: seen.shape(), condition: seen.condition, tokens: seen.tokens }
    }

    /// The literals, with digits in their places; more digits than places stand in the first place.
    fn fill(&self, digits: &str) -> String {
        let places = self.tokens.iter().filter(|token| matches!(token, Token::Digit(_))).count();
        let digits: Vec<char> = digits.trim_start_matches('0').chars().collect();
        let (mut shown, mut place) = (String::new(), 0);
        for token in &self.tokens {
            let kind = match token {
                Token::Literal(literal) => {
                    shown.push_str(literal);
                    continue;
                }
                Token::Digit(kind) => *kind,
            };
            let right = places - place;
            let from = if place == 0 { 0 } else { digits.len().saturating_sub(right) };
            let to = (digits.len() + 1).saturating_sub(right);
            match (digits.get(from..to), kind) {
                (Some(filled), _) if !filled.is_empty() => shown.extend(filled),
                (_, '0') => shown.push('0'),
                (_, 'G') => shown.push('0'),
                _ => {}
            }
            place += 1;
        }
        shown
    }
}

impl Seen {
    /// Takes what begins with a character, and gives back what follows.
    fn take<'t>(&mut self, c: char, text: &'t str) -> &'t str {
        let rest = &text[c.len_utf8()..];
        match c {
            '"' => {
                let (literal, rest) = rest.split_once('"').unwrap_or((rest, ""));
                self.literal(literal);
                return rest;
            }
            '\\' => {
                let length = rest.chars().next().map_or(0, char::len_utf8);
                self.literal(&rest[..length]);
                return &rest[length..];
            }
            // The next character is left blank, or repeated to fill the cell.
            '_' | '*' => return rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or(""),
            '[' => {
                let (within, rest) = rest.split_once(']').unwrap_or((rest, ""));
                self.bracket(within);
                return rest;
            }
            '@' => self.text = true,
            '0' | '#' | '?' => self.tokens.push(Token::Digit(c)),
            '.' | ',' | '%' | '/' => self.operator(c),
            'E' | 'e' if rest.starts_with(['+', '-']) && !self.tokens.is_empty() => {
                self.arithmetic = true;
                return &rest[1..];
            }
            _ => {
                if let Some(rest) = strip_ignoring_case(text, "General") {
                    self.tokens.push(Token::Digit('G'));
                    return rest;
                }
                for of_day in ["AM/PM", "A/P"] {
                    if let Some(rest) = strip_ignoring_case(text, of_day) {
                        self.letters.push('h');
                        return rest;
                    }
                }
                self.other(c);
            }
        }
        rest
    }

    /// What stands for itself in an id and for something in a number.
    fn operator(&mut self, c: char) {
        if self.tokens.iter().any(|token| matches!(token, Token::Digit(_))) || matches!(c, '.' | '%') {
            self.arithmetic = true;
        } else {
            self.literal(c.encode_utf8(&mut [0; 4]));
        }
    }

    fn other(&mut self, c: char) {
        match c.to_ascii_lowercase() {
            letter @ ('y' | 'm' | 'd' | 'h' | 's' | 'e' | 'b' | 'g') => {
                if self.letters.last() != Some(&letter) {
                    self.letters.push(letter);
                }
            }
            _ => self.literal(c.encode_utf8(&mut [0; 4])),
        }
    }

    fn literal(&mut self, text: &str) {
        match self.tokens.last_mut() {
            _ if text.is_empty() => {}
            Some(Token::Literal(literal)) => literal.push_str(text),
            _ => self.tokens.push(Token::Literal(text.to_owned())),
        }
    }

    fn bracket(&mut self, within: &str) {
        let lower = within.to_ascii_lowercase();
        let elapsed = |letter: char| !lower.is_empty() && lower.chars().all(|c| c == letter);
        if ['h', 'm', 's'].into_iter().any(elapsed) {
            self.duration = true;
        } else if within.starts_with(['<', '>', '=']) {
            self.condition = Condition::parse(within);
        }
        // The rest are colours, currencies, languages and calendars.
    }

    fn shape(&self) -> Shape {
        let has_digits = self.tokens.iter().any(|token| matches!(token, Token::Digit(_)));
        if self.duration {
            Shape::Duration
        } else if !self.letters.is_empty() {
            self.moment()
        } else if self.text {
            Shape::Text
        } else if !has_digits {
            Shape::Words
        } else if !self.arithmetic && shows_ids(&self.tokens) {
            Shape::Id
        } else {
            Shape::Number
        }
    }

    /// An `m` is minutes after hours and before seconds, and months elsewhere.
    fn moment(&self) -> Shape {
        let (mut date, mut time) = (false, false);
        for (at, letter) in self.letters.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| self.letters.get(before));
            match letter {
                'h' | 's' => time = true,
                'm' if before == Some(&'h') || self.letters.get(at + 1) == Some(&'s') => time = true,
                _ => date = true,
            }
        }
        Shape::Moment { date, time }
    }
}

fn strip_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// Whether the digits belong to an id: zeros lead them, text stands among
/// them, or before them and is no currency.
fn shows_ids(tokens: &[Token]) -> bool {
    let is_digit = |token: &Token| matches!(token, Token::Digit(_));
    let (Some(first), Some(last)) = (tokens.iter().position(is_digit), tokens.iter().rposition(is_digit))
    else {
        return false;
    };
    if tokens[first..last].contains(&Token::Digit('0')) {
        return true;
    }
    let literal = |token: &Token| match token {
        Token::Literal(literal) => Some(literal.clone()),
        Token::Digit(_) => None,
    };
    let within: Vec<String> = tokens[first..last].iter().filter_map(literal).collect();
    if !within.is_empty() {
        let blank = |text: &String| matches!(text.as_str(), " " | "\u{A0}" | "\u{202F}" | "'");
        return !(tokens[last] == Token::Digit('0') && within.iter().all(blank));
    }
    let before: String = tokens[..first].iter().filter_map(literal).collect();
    let after: String = tokens[last + 1..].iter().filter_map(literal).collect();
    let says_something = |text: &str| text.chars().any(|c| c.is_alphanumeric() || c == '#');
    (says_something(&before) && !is_currency(&before))
        || (after.starts_with(['-', '/']) && says_something(&after))
}

/// Currencies as they are written before an amount without decimals.
const CURRENCIES: &str = "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EUR FR FT GBP HKD HUF IDR ILS INR ISK \
    JPY KR KRW KČ LEI MXN MYR NOK NT NZD PHP PLN R RM RMB RON RP RS RUB SAR SEK SFR SGD THB TRY TWD UAH US USD \
    VND ZAR ZŁ ЛВ Р РУБ ГРН";

fn is_currency(text: &str) -> bool {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    CURRENCIES.split(' ').any(|currency| currency == letters)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn shape(code: &str) -> Shape {
        Format::parse(code).shape(1.0)
    }

    fn shown(code: &str, number: i64) -> String {
        let format = Format::parse(code);
        assert!(format.is_id, "{code}");
        format.show(number as f64, &number.to_string())
    }

    #[test]
    fn ids_are_shown_as_the_sheet_shows_them() {
        assert_eq!(shown("00000", 123), "00123");
        assert_eq!(shown("00000", 1_234_567), "1234567");
        assert_eq!(shown("000\\-0000", 5_551_234), "555-1234");
        assert_eq!(shown("000-00-0000", 12_345_678), "012-34-5678");
        assert_eq!(shown("+86 000 0000 0000", 13_800_138_000), "+86 138 0013 8000");
        assert_eq!(shown("[<=9999999]###-####;(###) ###-####", 5_551_234), "555-1234");
        assert_eq!(shown("[<=9999999]###-####;(###) ###-####", 2_125_551_234), "(212) 555-1234");
        assert_eq!(shown("\"KD-\"0", 42), "KD-42");
        assert_eq!(shown("\"KD-\"General", 0), "KD-0");
        assert_eq!(shown("[<=99999]00000;General", 1_234_567), "1234567");
        assert_eq!(shown("00000;-00000;\"-\"", 0), "-");
        assert_eq!(shown("00000;-00000;\"-\"", -7), "-00007");
        assert_eq!(shown("00000", -7), "-00007");
        assert_eq!(shown("0# ## ## ## ##", 123_456_789), "01 23 45 67 89");
        assert_eq!(shown("[$-407]00000", 1067), "01067");
        assert_eq!(shown("00\".\"000", 1234), "01.234");
    }

    #[test]
    fn money_and_other_quantities_stay_numbers() {
        for code in [
            "General",
            "0",
            "#",
            "#,##0.00 [$€-407]",
            "_-* #,##0.00\\ \"kr\"_-",
            "0.00%",
            "0.00E+00",
            "# ?/?",
            "#\\ ##0",
            "\"EUR \"0",
            "0\" kg\"",
            "$#,##0_);[Red]($#,##0)",
            "+0;-0",
            "000.000",
            "\"$\"0",
        ] {
            assert!(Format::parse(code).is_plain(), "{code}: {:?}", shape(code));
        }
        assert_eq!(shape("@"), Shape::Text);
        assert_eq!(shape("\"Yes\";\"Yes\";\"No\""), Shape::Words);
    }

    #[test]
    fn dates_times_and_durations_are_told_apart() {
        let moment = |date, time| Shape::Moment { date, time };
        assert_eq!(shape("yyyy\\-mm\\-dd;@"), moment(true, false));
        assert_eq!(shape("[$-804]yyyy\"年\"m\"月\"d\"日\";@"), moment(true, false));
        assert_eq!(shape("dd.mm.yyyy hh:mm"), moment(true, true));
        assert_eq!(shape("h:mm AM/PM"), moment(false, true));
        assert_eq!(shape("mm:ss.0"), moment(false, true));
        assert_eq!(shape("mmm-yy"), moment(true, false));
        assert_eq!(shape("[h]:mm"), Shape::Duration);
        assert_eq!(shape("[Red][s]"), Shape::Duration);
    }

    #[test]
    fn whatever_a_format_says_nothing_panics() {
        for code in
            ["", ";", ";;;;;;", "[", "\"", "\\", "_", "*", "[<=]0", "[<5]0", "[<5]0;[>9]0", "€", "E+", "年0"]
        {
            let format = Format::parse(code);
            for number in [-1.0, 0.0, 1.0] {
                let _ = (format.shape(number), format.show(number, "7"));
            }
        }
    }

    /// A table of SheetJS' SSF, if the shared data is there; a word is printed if not.
    fn ssf(name: &str) -> Option<String> {
        let path = format!("../shared/data/excel/ssf_number_formats/{name}");
        let found = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path));
        found.inspect_err(|_| println!("skipped: {path} is not here")).ok()
    }

    #[test]
    fn dates_are_known_as_ssf_knows_them() {
        let Some(table) = ssf("is_date.json") else { return };
        let table: Vec<(String, bool)> = serde_json::from_str(&table).unwrap();
        let is_date = |code: &str| {
            let of_date = |s: &Section| matches!(s.shape, Shape::Moment { .. } | Shape::Duration);
            Format::parse(code).sections.iter().any(of_date)
        };
        let wrong: Vec<_> = table.iter().filter(|(code, date)| is_date(code) != *date).collect();
        assert!(wrong.is_empty(), "{wrong:?} of {}", table.len());
    }

    #[test]
    fn ids_are_shown_as_ssf_shows_them() {
        let Some(table) = ssf("oddities.json") else { return };
        let table: Vec<Vec<serde_json::Value>> = serde_json::from_str(&table).unwrap();
        let (mut compared, mut wrong) = (0, Vec::new());
        for line in &table {
            let Some(code) = line[0].as_str() else { continue };
            let format = Format::parse(code);
            for case in &line[1..] {
                let (number, shown) = (case[0].as_i64(), case.get(1).and_then(|shown| shown.as_str()));
                if let (true, Some(number), Some(shown)) = (format.is_id, number, shown) {
                    compared += 1;
                    let ours = format.show(number as f64, &number.to_string());
                    if ours != shown {
                        wrong.push((code, number, shown, ours));
                    }
                }
            }
        }
        assert!(wrong.is_empty() && compared >= 10, "{wrong:?} of {compared}");
    }
}
