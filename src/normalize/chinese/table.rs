//! OpenCC's tables, unpacked on first use.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The first and last character that the tables know.
const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

pub(super) static CHARACTERS: LazyLock<Tables> = LazyLock::new(|| Tables {
    both: Characters::read("both"),
    simplified: Characters::read("simplified"),
    traditional: Characters::read("traditional"),
    taiwan: Characters::read("taiwan"),
    hong_kong: Characters::read("hong_kong"),
});
pub(super) static TO_SIMPLIFIED: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("simplified.tsv")));
pub(super) static TO_TRADITIONAL: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("traditional.tsv")));

/// What each character becomes.
pub(super) struct Tables {
    /// Characters that both ways of writing have, and that have another meaning in each.
    pub both: Characters,
    pub simplified: Characters,
    pub traditional: Characters,
    pub taiwan: Characters,
    pub hong_kong: Characters,
}

/// What a character becomes: one lookup, 0 where it stays.
pub(super) struct Characters(Box<[u16]>);

impl Characters {
    fn read(name: &str) -> Self {
        let mut table = vec![0; (LAST - FIRST + 1) as usize];
        let lines = include_str!("characters.tsv").lines();
        let row = lines.filter_map(|line| line.split_once('\t')).find(|(row, _)| *row == name);
        let mut characters = row.map_or("", |(_, row)| row).chars().map(u32::from);
        while let (Some(old), Some(new)) = (characters.next(), characters.next()) {
            let place = old.checked_sub(FIRST).and_then(|place| table.get_mut(place as usize));
            if let (Some(place), Ok(new)) = (place, u16::try_from(new)) {
                *place = new;
            }
        }
        Characters(table.into_boxed_slice())
    }

    #[inline]
    pub fn get(&self, c: char) -> Option<char> {
        let place = u32::from(c).checked_sub(FIRST)?;
        match *self.0.get(place as usize)? {
            0 => None,
            new => char::from_u32(u32::from(new)),
        }
    }

    #[inline]
    pub fn of(&self, c: char) -> char {
        self.get(c).unwrap_or(c)
    }
}

/// Words that become something else than their characters, by their first
/// character, the longest first.
pub(super) struct Phrases(HashMap<char, Vec<(&'static str, &'static str)>>);

impl Phrases {
    fn read(table: &'static str) -> Self {
        let mut phrases: HashMap<char, Vec<_>> = HashMap::new();
        for (old, new) in table.lines().filter_map(|line| line.split_once('\t')) {
            if let Some(first) = old.chars().next() {
                phrases.entry(first).or_default().push((old, new));
            }
        }
        for words in phrases.values_mut() {
            words.sort_by_key(|(old, _): &(&str, &str)| std::cmp::Reverse(old.len()));
        }
        Phrases(phrases)
    }

    /// Writes a text by the longest words that the table has, and by characters between them.
    pub fn convert(&self, text: &str, characters: &Characters, out: &mut String) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let words = self.0.get(&first).map_or(&[][..], Vec::as_slice);
            match words.iter().find(|(old, _)| rest.starts_with(old)) {
                Some((old, new)) => {
                    out.push_str(new);
                    rest = &rest[old.len()..];
                }
                None => {
                    out.push(characters.of(first));
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
    }
}
