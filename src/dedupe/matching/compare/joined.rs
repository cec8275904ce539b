//! Words that some write together and others apart, `DMR-EZ48VK` and
//! `DMREZ48VK`: all are taken for written as most write them.

use std::collections::BTreeMap;

use crate::dedupe::matching::fold::is_han;
use crate::dedupe::matching::units::LONGEST;
use crate::dedupe::matching::words::Words;

/// At most so many words are written together.
const PARTS: usize = 3;
/// Fewer characters, in bytes, are not written together.
const SHORTEST: usize = 3;
/// Digits that stand apart are numbers of their own, unless there are so many of them.
const DIGITS: usize = 7;

/// What is written together in some texts and apart in others.
#[derive(Default)]
pub(super) struct Joined {
    /// Parts that are taken for one word, by the first of them; longer ones first.
    together: BTreeMap<u32, Vec<(Vec<u32>, u32)>>,
    /// Words that are taken apart.
    apart: BTreeMap<u32, Vec<u32>>,
}

impl Joined {
    /// Looks for them in texts, which are the numbers of their words, each
    /// text with how many records have it.
    pub fn of<'t>(words: &Words, texts: impl Iterator<Item = (&'t [u32], u32)> + Clone) -> Self {
        let mut found: BTreeMap<u32, BTreeMap<&[u32], u32>> = BTreeMap::new();
        let mut joined = String::new();
        let begins = beginnings(words);
        for (text, records) in texts.clone() {
            let windows = (2..=PARTS).flat_map(|parts| text.windows(parts));
            for parts in windows.filter(|parts| begins[parts[0] as usize]) {
                if join(words, parts, &mut joined)
                    && let Some(word) = words.find(&joined)
                {
                    *found.entry(word).or_default().entry(parts).or_default() += records;
                }
            }
        }
        let mut whole: BTreeMap<u32, u32> = found.keys().map(|word| (*word, 0)).collect();
        if whole.is_empty() {
            return Joined::default();
        }
        for (text, records) in texts {
            for word in text {
                whole.entry(*word).and_modify(|count| *count += records);
            }
        }
        let mut made = Joined::default();
        for (word, ways) in found {
            let usual = ways.iter().max_by_key(|(parts, count)| (**count, words.text(parts[0]).len()));
            match usual {
                Some((parts, count)) if *count > whole[&word] => {
                    made.apart.insert(word, parts.to_vec());
                }
                _ => ways.into_keys().for_each(|parts| {
                    made.together.entry(parts[0]).or_default().push((parts.to_vec(), word));
                }),
            }
        }
        made.together
            .values_mut()
            .for_each(|ways| ways.sort_by_key(|(parts, _)| std::cmp::Reverse(parts.len())));
        made
    }

    /// Writes the words of a text as most do.
    pub fn rewrite(&self, text: &[u32], out: &mut Vec<u32>) {
        let mut rest = text;
        while let Some(first) = rest.first() {
            let ways = self.together.get(first).into_iter().flatten();
            if let Some((parts, word)) = ways.into_iter().find(|(parts, _)| rest.starts_with(parts)) {
                out.push(*word);
                rest = &rest[parts.len()..];
                continue;
            }
            match self.apart.get(first) {
                Some(parts) => out.extend(parts),
                None => out.push(*first),
            }
            rest = &rest[1..];
        }
    }
}

/// Which words others begin with that are made of words.
fn beginnings(words: &Words) -> Vec<bool> {
    let mut begins = vec![false; words.len()];
    let may_be_made = |word: &&str| (SHORTEST..=LONGEST).contains(&word.len()) && !word.starts_with(is_han);
    for word in words.texts().filter(may_be_made) {
        for (at, _) in word.char_indices().skip(1) {
            if let Some(first) = words.find(&word[..at])
                && !begins[first as usize]
                && is_made_of(words, &word[at..], PARTS - 1)
            {
                begins[first as usize] = true;
            }
        }
    }
    begins
}

/// Whether a text is made of so many words, or fewer.
fn is_made_of(words: &Words, text: &str, parts: usize) -> bool {
    let splits = || {
        text.char_indices()
            .skip(1)
            .any(|(at, _)| words.find(&text[..at]).is_some() && is_made_of(words, &text[at..], parts - 1))
    };
    words.find(text).is_some() || parts > 1 && splits()
}

/// Writes words together, if they may be.
fn join(words: &Words, parts: &[u32], joined: &mut String) -> bool {
    joined.clear();
    for part in parts {
        let part = words.text(*part);
        if part.starts_with(is_han) {
            return false;
        }
        joined.push_str(part);
    }
    let digits = joined.bytes().all(|byte| byte.is_ascii_digit());
    joined.len() >= if digits { DIGITS } else { SHORTEST }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of words, each as it is rewritten.
    fn rewritten(texts: &[&str]) -> Vec<String> {
        let mut words = Words::default();
        let texts: Vec<Vec<u32>> =
            texts.iter().map(|text| text.split(' ').map(|word| words.intern(word)).collect()).collect();
        let joined = Joined::of(&words, texts.iter().map(|text| (text.as_slice(), 1)));
        let rewrite = |text: &Vec<u32>| {
            let mut out = Vec::new();
            joined.rewrite(text, &mut out);
            out.into_iter().map(|word| words.text(word)).collect::<Vec<_>>().join(" ")
        };
        texts.iter().map(rewrite).collect()
    }

    #[test]
    fn words_are_written_as_most_write_them() {
        assert_eq!(
            rewritten(&["home theater", "new home theater", "hometheater"]),
            ["home theater", "new home theater", "home theater"],
        );
        assert_eq!(
            rewritten(&["schwartz", "sch wartz ltd", "schwartz"]),
            ["schwartz", "schwartz ltd", "schwartz"]
        );
    }

    #[test]
    fn the_longest_parts_come_first() {
        assert_eq!(rewritten(&["a bc d", "abcd", "abc"]), ["abcd", "abcd", "abc"]);
    }

    #[test]
    fn numbers_stay_apart_unless_they_are_long() {
        assert_eq!(rewritten(&["12 3", "123"]), ["12 3", "123"]);
        assert_eq!(rewritten(&["010 10723 03", "0101072303"]), ["0101072303", "0101072303"]);
    }

    #[test]
    fn chinese_words_have_no_spaces_to_forget() {
        assert_eq!(rewritten(&["北京 abc", "北京abc"]), ["北京 abc", "北京abc"]);
    }
}
