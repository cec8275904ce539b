//! From the parts of a text to a day and a time.

use super::calendar::Day;
use super::fault::{LUNAR, NO_OFFSET, NOT_A_DATE, ONLY_TIME, Why};
use super::resolve::{Draft, Meaning, Part, Rules};
use super::time::{Time, apply_clock};
use super::token::{Clock, Era, Number, Spaced, Token, Tokens, Unit};

/// A day, perhaps with a time, perhaps with an offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub day: Day,
    pub time: Option<Time>,
    pub offset: Option<Offset>,
}

/// Where the clock stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offset {
    /// Minutes east of UTC.
    East(i16),
    /// An abbreviation with several meanings.
    Unclear,
}

/// Reads a text that is a date and nothing else.
pub(super) fn parse(text: &str, rules: &Rules) -> Why<Reading> {
    let mut tokens = Tokens::new();
    let tokens = tokens.read(text).ok_or(NOT_A_DATE)?;
    let mut parser = Parser { tokens, ..Parser::default() };
    parser.draft.thai =
        !text.is_ascii() && text.contains(|letter: char| matches!(letter, '\u{E00}'..='\u{E7F}'));
    while let Some(next) = parser.peek(0) {
        parser.step(next)?;
    }
    parser.finish(rules)
}

#[derive(Default)]
struct Parser<'t> {
    tokens: &'t [Spaced],
    at: usize,
    draft: Draft,
    clock: Option<Clock>,
    time: Option<Time>,
    offset: Option<Offset>,
    /// Separators since the last part.
    separators: usize,
    /// The token before belongs to the time of day or to its zone.
    after_time: bool,
    /// The time follows a T or has seconds: what follows may be an offset.
    full_time: bool,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<Spaced> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn token(&self, ahead: usize) -> Option<Token> {
        self.peek(ahead).map(|next| next.token)
    }

    fn number(&self, ahead: usize) -> Option<Number> {
        match self.token(ahead) {
            Some(Token::Number(number)) => Some(number),
            _ => None,
        }
    }

    fn eat(&mut self, token: Token) -> bool {
        let found = self.token(0) == Some(token);
        self.at += usize::from(found);
        found
    }

    /// The dot of an abbreviation, and the comma behind it.
    fn eat_dot(&mut self) {
        if self.peek(0).is_some_and(|next| next.token == Token::Sign(b'.') && !next.spaced) {
            self.at += 1;
        }
        self.eat(Token::Sign(b','));
    }

    fn step(&mut self, next: Spaced) -> Why<()> {
        let after_time = std::mem::take(&mut self.after_time);
        match next.token {
            Token::Number(number) if self.is_glued(number) => {
                self.add(Number { value: number.value / 100, digits: 2 }, Meaning::Plain)?;
                self.read_time(Number { value: number.value % 100, digits: 2 })
            }
            Token::Number(number) if self.starts_time(number, next.spaced) => self.read_time(number),
            Token::Number(number) => self.read_part(number),
            Token::Month { month, weekday } => self.read_month(month, weekday),
            Token::Sign(sign) => self.read_sign(sign, after_time),
            Token::T => self.read_t(),
            Token::W => self.read_week(),
            Token::Ahead(unit) => {
                self.at += 1;
                let number = self.number(0).ok_or(NOT_A_DATE)?;
                self.at += 1;
                self.add(number, if unit == Unit::Year { Meaning::Year } else { Meaning::Month })
            }
            Token::DayWord(day) => {
                self.at += 1;
                self.add(Number { value: u32::from(day), digits: 2 }, Meaning::Day)
            }
            word => self.read_word(word),
        }
    }

    fn read_word(&mut self, word: Token) -> Why<()> {
        self.at += 1;
        if !matches!(word, Token::Zone(_)) {
            self.eat_dot();
        }
        match word {
            Token::Zone(minutes) => {
                self.after_time = true;
                self.offset.get_or_insert(minutes.map_or(Offset::Unclear, Offset::East));
                Ok(())
            }
            Token::Weekday(day) => once(&mut self.draft.weekday, day),
            Token::Am if self.draft.count > 0 || self.time.is_some() || self.is_before_time() => {
                once(&mut self.clock, Clock::Morning)
            }
            Token::Clock(clock) => once(&mut self.clock, clock),
            Token::Era(Era::Lunar) => Err(LUNAR),
            Token::Era(era) => once(&mut self.draft.era, era),
            Token::Filler => Ok(()),
            Token::Local | Token::Am => {
                self.draft.day_first = true;
                Ok(())
            }
            _ => Err(NOT_A_DATE),
        }
    }

    fn is_before_time(&self) -> bool {
        self.number(0).is_some() && matches!(self.token(1), Some(Token::Sign(b':') | Token::Unit(Unit::Hour)))
    }

    fn read_part(&mut self, number: Number) -> Why<()> {
        self.at += 1;
        let meaning = match (self.token(0), self.token(1)) {
            (Some(Token::Unit(Unit::Year)), _) => Meaning::Year,
            (Some(Token::Unit(Unit::Month)), _) => Meaning::Month,
            (Some(Token::Unit(Unit::Day) | Token::Ordinal), _) => Meaning::Day,
            // `1.º`
            (Some(Token::Sign(b'.')), Some(Token::Ordinal)) => {
                self.at += 1;
                Meaning::Day
            }
            _ => Meaning::Plain,
        };
        self.at += usize::from(meaning != Meaning::Plain);
        self.add(number, meaning)
    }

    fn add(&mut self, number: Number, meaning: Meaning) -> Why<()> {
        self.separators = 0;
        self.draft.add(Part { number, meaning, dashed: self.is_dashed() })
    }

    /// Whether the part just read has a dash before or behind it.
    fn is_dashed(&self) -> bool {
        let dash = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at))
                .is_some_and(|found| found.token == Token::Sign(b'-') && !found.spaced)
        };
        dash(Some(self.at)) || dash(self.at.checked_sub(2))
    }

    fn read_month(&mut self, month: u8, weekday: Option<u8>) -> Why<()> {
        self.at += 1;
        let dashed = self.is_dashed();
        self.eat_dot();
        self.separators = 0;
        self.draft.add_month(month, weekday, dashed)
    }

    fn read_sign(&mut self, sign: u8, after_time: bool) -> Why<()> {
        let begun = self.draft.count > 0 || self.time.is_some() || self.draft.weekday.is_some();
        match sign {
            b'+' => return self.read_offset(1),
            b'-' if after_time && self.is_offset() => return self.read_offset(-1),
            b'\'' if self.number(1).is_some_and(|number| number.digits == 2) => {
                self.at += 2;
                let number = self.tokens.get(self.at - 1).map(|found| found.token);
                let Some(Token::Number(number)) = number else { return Err(NOT_A_DATE) };
                return self.add(number, Meaning::Year);
            }
            b'(' if matches!(self.token(1), Some(Token::Zone(_) | Token::Weekday(_))) => {}
            b')' if after_time || self.draft.weekday.is_some() => {}
            // `--03-04`, as a day without a year is written.
            b'-' if !begun && self.draft.dashes < 2 => {
                self.draft.dashes += 1;
            }
            b'@' | b'|' if begun => {}
            b':' if self.is_colon_date() || (self.draft.count == 3 && self.number(1).is_some()) => {
                self.separators += 1;
            }
            b'-' | b'/' | b'.' if begun => self.separators += 1,
            b',' if begun => {}
            _ => return Err(NOT_A_DATE),
        }
        self.at += 1;
        self.after_time = after_time;
        if self.separators > 1 { Err(NOT_A_DATE) } else { Ok(()) }
    }

    /// `2012:08:03`, as cameras write.
    fn is_colon_date(&self) -> bool {
        let digits = |part: Option<&Part>| part.is_some_and(|part| part.number.digits == 4);
        let year_ahead =
            [1, 3].iter().any(|ahead| self.number(*ahead).is_some_and(|number| number.digits == 4));
        self.time.is_none() && self.draft.count < 3 && (digits(self.draft.first()) || year_ahead)
    }

    fn starts_time(&self, number: Number, spaced: bool) -> bool {
        if self.time.is_some() || (number.digits > 2 && !self.is_compact_time(number, spaced)) {
            return false;
        }
        let year_at = |ahead| self.number(ahead).is_some_and(|number| number.digits == 4);
        match self.token(1) {
            _ if number.digits > 2 => true,
            Some(Token::Sign(b':')) => {
                let date =
                    (self.token(3) == Some(Token::Sign(b':')) && year_at(4)) || self.is_colon_date_going_on();
                self.number(2).is_some() && !date
            }
            Some(Token::Unit(Unit::Hour)) => true,
            Some(Token::Clock(_) | Token::Am) => {
                let later = self.number(2).is_some()
                    && matches!(self.token(3), Some(Token::Sign(b':') | Token::Unit(Unit::Hour)));
                // `2024-03-04 noon`
                let of_date = !spaced && self.draft.count > 0 && self.separators > 0;
                number.value <= 12 && !later && !of_date
            }
            Some(Token::Sign(b'.')) => {
                let minutes = self.number(2).is_some_and(|minutes| minutes.digits == 2);
                let date = self.token(3) == Some(Token::Sign(b'.'));
                self.draft.count == 3 && spaced && minutes && !date
            }
            _ => self.clock.is_some() && self.draft.count == 3,
        }
    }

    fn is_colon_date_going_on(&self) -> bool {
        let colon = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        colon.is_some_and(|found| found.token == Token::Sign(b':')) && self.draft.count < 3
    }

    /// The `123000` of `20240304 123000`.
    fn is_compact_time(&self, number: Number, spaced: bool) -> bool {
        let date = self.draft.count == 1 && self.draft.first().is_some_and(|part| part.number.digits == 8);
        date && spaced && matches!(number.digits, 4 | 6)
    }

    fn read_t(&mut self) -> Why<()> {
        self.at += 1;
        let number =
            self.number(0).filter(|_| self.draft.count > 0 && self.time.is_none()).ok_or(NOT_A_DATE)?;
        self.full_time = true;
        self.read_time(number)
    }

    /// Splits the `1209:03` of `2018-12-1209:03`, whose space is lost.
    fn is_glued(&self, number: Number) -> bool {
        let after_month =
            self.draft.count == 2 && self.draft.first().is_some_and(|part| part.number.digits == 4);
        after_month
            && number.digits == 4
            && self.token(1) == Some(Token::Sign(b':'))
            && self.number(2).is_some()
    }

    fn read_time(&mut self, hour: Number) -> Why<()> {
        self.at += 1;
        self.separators = 0;
        self.after_time = true;
        let mut time = Time::default();
        if hour.digits > 2 {
            time = Time::compact(hour).ok_or(NOT_A_DATE)?;
            self.full_time = true;
            time.nanos = self.fraction(false);
        } else {
            time.hour = hour.value as u8;
            match self.token(0) {
                Some(Token::Sign(sign @ (b':' | b'.'))) if self.number(1).is_some() => {
                    self.minutes(sign, &mut time)?
                }
                Some(Token::Unit(Unit::Hour)) => self.units(&mut time)?,
                _ => {}
            }
        }
        self.time = Some(time);
        Ok(())
    }

    /// `:30`, `:30:15`, `:30:15.123`, and `Uhr` behind it.
    fn minutes(&mut self, sign: u8, time: &mut Time) -> Why<()> {
        self.at += 1;
        // Nobody who writes `5.45` writes the month first.
        self.draft.day_first |= sign == b'.';
        time.minute = self.two_digits()?;
        if self.token(0) == Some(Token::Sign(sign)) && self.number(1).is_some() {
            self.at += 1;
            time.second = self.two_digits()?;
            time.nanos = self.fraction(true);
            self.full_time = true;
        }
        self.eat(Token::Unit(Unit::Hour));
        Ok(())
    }

    fn two_digits(&mut self) -> Why<u8> {
        let number = self.number(0).filter(|number| number.digits <= 2).ok_or(NOT_A_DATE)?;
        self.at += 1;
        Ok(number.value as u8)
    }

    /// Nanoseconds, where decimals follow.
    fn fraction(&mut self, colon: bool) -> u32 {
        let Some(decimals) = self.number(1).filter(|_| self.peek(1).is_some_and(|next| !next.spaced)) else {
            return 0;
        };
        let follows = match self.token(0) {
            Some(Token::Sign(b'.')) => true,
            // Not the year of `10:00:00,2021`.
            Some(Token::Sign(b',')) => self.draft.count != 2,
            Some(Token::Sign(b':')) => colon && decimals.digits == 3,
            _ => false,
        };
        if !follows {
            return 0;
        }
        self.at += 2;
        Time::nanos_of(decimals)
    }

    /// `点`, `点半`, `h30`, `时30分15秒`, `点3刻`.
    fn units(&mut self, time: &mut Time) -> Why<()> {
        self.at += 1;
        if self.eat(Token::Half) {
            time.minute = 30;
        } else if let (Some(number), Some(Token::Quarter)) = (self.number(0), self.token(1)) {
            time.minute = u8::try_from(number.value * 15).unwrap_or(u8::MAX);
            self.at += 2;
        } else if let Some(number) = self.number(0).filter(|number| number.digits <= 2) {
            let minute = self.token(1) == Some(Token::Unit(Unit::Minute));
            if minute || !self.peek(0).is_some_and(|next| next.spaced) {
                time.minute = number.value as u8;
                self.at += 1 + usize::from(minute);
            }
        }
        if let (Some(number), Some(Token::Unit(Unit::Second))) = (self.number(0), self.token(1)) {
            time.second = u8::try_from(number.value).unwrap_or(u8::MAX);
            self.at += 2;
        }
        Ok(())
    }

    /// Whether a dash behind a time begins an offset, and not a range.
    fn is_offset(&self) -> bool {
        let (Some(number), Some(next)) = (self.number(1), self.peek(1)) else { return false };
        let named = matches!(self.at.checked_sub(1).and_then(|at| self.tokens.get(at)), Some(found) if matches!(found.token, Token::Zone(_)));
        let whole = self.draft.count == 3 && (self.full_time || named);
        !next.spaced
            && match number.digits {
                4 => number.value <= 1400 && number.value % 100 < 60,
                1 | 2 => whole,
                _ => whole,
            }
    }

    fn read_offset(&mut self, sign: i16) -> Why<()> {
        self.at += 1;
        let hours = self.number(0).filter(|_| self.draft.count > 0).ok_or(NOT_A_DATE)?;
        self.at += 1;
        let (hours, minutes) = match (hours.digits, self.token(0), self.number(1)) {
            (4, _, _) => (hours.value / 100, hours.value % 100),
            (1 | 2, Some(Token::Sign(b':')), Some(minutes)) if minutes.digits == 2 => {
                self.at += 2;
                (hours.value, minutes.value)
            }
            (1 | 2, _, _) => (hours.value, 0),
            _ => return Err(NOT_A_DATE),
        };
        if hours > 14 || minutes > 59 {
            return Err(NO_OFFSET);
        }
        self.after_time = true;
        let minutes = sign * (hours * 60 + minutes) as i16;
        match self.offset {
            // An offset explains the abbreviation before it, and may be there twice: `+0300 +03`.
            Some(Offset::East(before)) if before != minutes && !self.is_named() => Err(NOT_A_DATE),
            _ => {
                self.offset = Some(Offset::East(minutes));
                Ok(())
            }
        }
    }

    fn is_named(&self) -> bool {
        self.tokens.iter().any(|found| matches!(found.token, Token::Zone(_)))
    }

    /// `2024-W10-1`, `2024W101`.
    fn read_week(&mut self) -> Why<()> {
        self.at += 1;
        let number = self.number(0).ok_or(NOT_A_DATE)?;
        self.at += 1;
        let (week, day) = match (number.digits, self.token(0), self.number(1)) {
            (3, _, _) => (number.value / 10, number.value % 10),
            (2, Some(Token::Sign(b'-')), Some(day)) if day.digits == 1 => {
                self.at += 2;
                (number.value, day.value)
            }
            _ => return Err(NOT_A_DATE),
        };
        self.separators = 0;
        once(&mut self.draft.week, (week as u8, day as u8))
    }

    fn finish(mut self, rules: &Rules) -> Why<Reading> {
        let last = self.tokens.last().map(|last| last.token);
        let open = matches!(last, Some(Token::Sign(b'-' | b'/' | b':' | b'(' | b'+' | b'\'')));
        if open || (self.draft.count == 0 && self.time.is_none()) {
            return Err(NOT_A_DATE);
        }
        if self.draft.count == 0 {
            return Err(ONLY_TIME);
        }
        let time = match (self.time.take(), self.clock) {
            (None, Some(Clock::Noon)) => Some(Time { hour: 12, ..Time::default() }),
            (None, Some(_)) => return Err(NOT_A_DATE),
            (time, None) => time,
            (Some(time), Some(clock)) => Some(apply_clock(time, clock)?),
        };
        let day = self.draft.resolve(rules)?;
        if let Some(time) = time {
            time.checked()?;
        }
        Ok(Reading { day, time, offset: self.offset })
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Why<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(NOT_A_DATE),
    }
}
