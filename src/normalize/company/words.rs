//! The words of a company's name, as they are compared: without case, accents,
//! width and punctuation, in simplified characters.

use unicode_normalization::char::{decompose_canonical, decompose_compatible};

use super::super::chinese::simplified_char;

/// What a word of a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Name,
    /// `and`, `&`, `the`: not compared, where there is anything else.
    Filler,
    Open,
    Close,
    Form,
    Region,
    /// The place of a branch: `上海` of `上海分公司`.
    Branch,
}

/// A word, where it stands in what is compared, and in the text itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub start: usize,
    pub end: usize,
    pub from: usize,
    pub to: usize,
    pub role: Role,
    /// Whether nothing but punctuation parts it from the word before: `S.A.`
    pub glued: bool,
}

/// A text as words. Their letters follow one another without anything between
/// them, so that `S. p. A.` and `SpA` are the same stretch.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub letters: String,
    pub list: Vec<Word>,
    /// Where the word begins that is being read, here and in the text.
    open: Option<(usize, usize)>,
    glued: bool,
}

impl Words {
    pub fn of(text: &str) -> Self {
        let mut words = Words {
            letters: String::with_capacity(text.len()),
            list: Vec::with_capacity(8),
            open: None,
            glued: false,
        };
        for (at, c) in text.char_indices() {
            match c {
                'a'..='z' | '0'..='9' => words.letter(at, c),
                'A'..='Z' => words.letter(at, c.to_ascii_lowercase()),
                '\u{3400}'..='\u{9FFF}' => words.letter(at, simplified_char(c)),
                _ => words.other(at, c),
            }
        }
        words.close(text.len());
        words
    }

    fn other(&mut self, at: usize, c: char) {
        match c {
            '\'' | '’' | '‘' | '`' | '´' | '"' | '“' | '”' | '״' | '®' | '™' | '©' => {}
            '(' | '（' | '[' | '［' | '【' | '〔' | '「' | '『' | '《' => self.sign(at, c, Role::Open),
            ')' | '）' | ']' | '］' | '】' | '〕' | '」' | '』' | '》' => {
                self.sign(at, c, Role::Close)
            }
            '&' | '＆' | '+' | '＋' => self.sign(at, c, Role::Filler),
            '\u{3200}'..='\u{33FF}' => self.sign_of_words(at, c),
            _ if c.is_alphanumeric() => self.fold(at, c),
            '\u{300}'..='\u{36F}' => {}
            _ => {
                self.close(at);
                self.glued &= !c.is_whitespace();
            }
        }
    }

    /// `㈱` is `(株)`, `㍿` is `株式会社`.
    fn sign_of_words(&mut self, at: usize, c: char) {
        self.close(at);
        decompose_compatible(c, |part| match part {
            '(' => self.sign(at, c, Role::Open),
            ')' => self.sign(at, c, Role::Close),
            part => self.letter(at, simplified_char(part)),
        });
        self.close(at + c.len_utf8());
    }

    fn sign(&mut self, at: usize, c: char, role: Role) {
        self.close(at);
        let here = self.letters.len();
        let to = at + c.len_utf8();
        self.list.push(Word { start: here, end: here, from: at, to, role, glued: false });
        self.glued = false;
    }

    fn fold(&mut self, at: usize, c: char) {
        match c {
            'ß' | 'ẞ' => self.letters_of(at, "ss"),
            'æ' | 'Æ' => self.letters_of(at, "ae"),
            'œ' | 'Œ' => self.letters_of(at, "oe"),
            'ø' | 'Ø' => self.letter(at, 'o'),
            'ł' | 'Ł' => self.letter(at, 'l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => self.letter(at, 'd'),
            'ı' | 'İ' => self.letter(at, 'i'),
            '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{4FF}' | '\u{1E00}'..='\u{1FFF}' => {
                decompose_canonical(c, |part| {
                    if !matches!(part, '\u{300}'..='\u{36F}') {
                        part.to_lowercase().for_each(|lower| self.letter(at, lower));
                    }
                });
            }
            '\u{3041}'..='\u{30FF}' | '\u{AC00}'..='\u{D7A3}' => self.letter(at, c),
            '\u{F900}'..='\u{FAFF}' | '\u{FB00}'..='\u{FB06}' | '\u{FF10}'..='\u{FF5A}' => {
                decompose_compatible(c, |part| {
                    part.to_lowercase().for_each(|lower| self.letter(at, simplified_char(lower)));
                });
            }
            _ => c.to_lowercase().for_each(|lower| self.letter(at, lower)),
        }
    }

    fn letters_of(&mut self, at: usize, letters: &str) {
        letters.chars().for_each(|letter| self.letter(at, letter));
    }

    #[inline]
    fn letter(&mut self, at: usize, letter: char) {
        if self.open.is_none() {
            self.open = Some((self.letters.len(), at));
        }
        self.letters.push(letter);
    }

    fn close(&mut self, at: usize) {
        let Some((start, from)) = self.open.take() else { return };
        let end = self.letters.len();
        let role = role_of(self.letters.get(start..end).unwrap_or_default());
        self.list.push(Word { start, end, from, to: at, role, glued: self.glued });
        self.glued = true;
    }

    /// The letters of the words from one to another, that one included.
    pub fn joined(&self, first: usize, last: usize) -> &str {
        match (self.list.get(first), self.list.get(last)) {
            (Some(first), Some(last)) => self.letters.get(first.start..last.end).unwrap_or_default(),
            _ => "",
        }
    }

    pub fn word(&self, place: usize) -> &str {
        self.joined(place, place)
    }

    /// Whether a word stands there, and nothing that was set aside.
    pub fn is_name(&self, place: usize) -> bool {
        self.list.get(place).is_some_and(|word| word.role == Role::Name)
    }

    /// Makes two words of one: behind its first `letters` bytes of what is compared.
    pub fn split(&mut self, place: usize, letters: usize, text: &str) {
        let Some(&word) = self.list.get(place) else { return };
        let (head, tail) = self.word(place).split_at_checked(letters).unwrap_or_default();
        // East Asian characters are compared one for one, quotation marks among them not at all.
        let source = text.get(word.from..word.to).unwrap_or_default();
        let mut read = source.char_indices().filter(|(_, c)| c.is_alphanumeric());
        let cut = match tail.chars().all(is_east_asian) {
            true => read.rev().nth(tail.chars().count().saturating_sub(1)),
            false => read.nth(head.chars().count()),
        };
        let cut = cut.map_or(0, |(cut, _)| cut);
        let (head, tail) = (role_of(head), role_of(tail));
        let middle = word.start + letters;
        let behind = Word { start: middle, from: word.from + cut, role: tail, glued: true, ..word };
        self.list[place] = Word { end: middle, to: word.from + cut, role: head, ..word };
        self.list.insert(place + 1, behind);
    }

    pub fn mark(&mut self, first: usize, last: usize, role: Role) {
        for word in self.list.iter_mut().take(last + 1).skip(first) {
            word.role = role;
        }
    }
}

fn role_of(letters: &str) -> Role {
    match letters {
        "and" | "the" | "und" | "et" | "och" => Role::Filler,
        _ => Role::Name,
    }
}

/// Chinese characters, kana and Hangul, which are written without spaces.
pub(super) fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<String> {
        let words = Words::of(text);
        (0..words.list.len()).map(|place| words.word(place).to_owned()).collect()
    }

    #[test]
    fn words_are_without_case_accents_and_width() {
        assert_eq!(
            letters("Müller's Straße-Œuvre Łódź Øre"),
            ["mullers", "strasse", "oeuvre", "lodz", "ore"]
        );
        assert_eq!(letters("ＡＢＣ臺灣"), ["abc台湾"]);
        assert_eq!(letters("A/S"), ["a", "s"]);
        assert_eq!(letters("㈱日立"), ["", "株", "", "日立"]);
        assert_eq!(letters("Новороссийский Ёлка"), ["новороссиискии", "елка"]);
        assert_eq!(letters("İstanbul ΑΒΓ"), ["istanbul", "αβγ"]);
    }

    #[test]
    fn a_split_falls_at_the_same_place_in_the_text() {
        let text = "x 臺灣有限公司";
        let mut words = Words::of(text);
        words.split(1, "台湾".len(), text);
        let Word { from, to, .. } = words.list[2];
        assert_eq!((words.word(1), words.word(2), &text[from..to]), ("台湾", "有限公司", "有限公司"));
    }
}
