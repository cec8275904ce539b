//! Names of companies: by their key, word by word, and short against full.

use std::collections::HashMap;

use super::bag::choices;
use super::{Bag, Compared, Key, Level, NONE, Rows, Seen, shared_bits};
use crate::dedupe::matching::fold::{cut, is_han};
use crate::dedupe::matching::words::{Numbers, Waiting, Words, hash, mix};
use crate::normalize::company::Company as Name;

/// A company's name: its key without legal form and region, and all its words.
#[derive(Default)]
pub(crate) struct Company {
    /// Each distinct name as it was written, and what became of it.
    written: Numbers,
    names: Vec<[u32; WIDTH]>,
    keys: Words,
    /// Places of Chinese names: sister companies share the rest.
    regions: Words,
    bag: Bag,
    /// Which of the bag's texts are Chinese.
    chinese: Chinese,
    records: usize,
    waiting: Waiting,
}

/// The cells of a name: its key, its initials, its words and its place.
const WIDTH: usize = 4;
const KEY: usize = 0;
const INITIALS: usize = 1;
const WORDS: usize = 2;
const REGION: usize = 3;

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.05, chance: 1.0 },
    Level { name: "little in common", same: 0.05, chance: 0.1 },
    Level { name: "a third in common", same: 0.08, chance: 0.01 },
    Level { name: "half in common", same: 0.10, chance: 0.001 },
    Level { name: "most in common", same: 0.12, chance: 0.0001 },
    Level { name: "nearly the same words", same: 0.15, chance: 0.00001 },
    Level { name: "same name but for legal form and place", same: 0.45, chance: 0.00001 },
];

/// The part of a place that is always there: `广东` of `广东省`, `深圳` of `广东省深圳市`.
fn stem(region: &str) -> &str {
    let region = region.trim_end_matches(['市', '省', '区', '县']);
    region.rsplit(['省', '区']).next().unwrap_or(region)
}

/// What tells the initials of a name, `ibm`, from the name that they are of,
/// `international business machines`: the last bit. The others are the same.
fn initials(key: &str) -> u32 {
    let words = || key.split(' ').filter(|word| !matches!(*word, "and" | "of" | "the" | "for"));
    let of = |letters: &str| hash(letters) as u32 & !1;
    match words().count() {
        1 if (3..=8).contains(&key.len()) => of(key),
        3..=8 if key.is_ascii() => of(&words().filter_map(|word| word.get(..1)).collect::<String>()) | 1,
        _ => NONE,
    }
}

/// How surprising it is that an initial is the right one, in bits: words begin with some letters more often.
const LETTER: f32 = 3.5;

/// How much of a name is read, in bytes.
const LONGEST: usize = 200;

impl Company {
    pub fn new() -> Self {
        Company { bag: Bag::of_characters(), ..Company::default() }
    }

    /// The cells of a name that was not there before.
    fn name(&mut self, text: &str) -> [u32; WIDTH] {
        let (key, is_chinese) = (Name::key(text), text.contains(is_han));
        let region = if is_chinese { Name::parse(text).ok().and_then(|name| name.region) } else { None };
        let words = self.bag.text(text);
        self.chinese.add(words, is_chinese, &self.bag);
        [
            if key.is_empty() { NONE } else { self.keys.intern(&key) },
            initials(&key),
            words,
            region.map_or(NONE, |region| self.regions.intern(stem(&region))),
        ]
    }

    /// The cells of a name, which is counted.
    fn counted(&mut self, text: &str, hash: u64) -> [u32; WIDTH] {
        let id = self.written.number(hash) as usize;
        if id == self.names.len() {
            let name = self.name(text);
            self.names.push(name);
        } else if self.names[id][WORDS] != NONE {
            self.bag.again(self.names[id][WORDS]);
        }
        let name = self.names[id];
        if name[KEY] != NONE {
            self.keys.tally(name[KEY]);
        }
        name
    }

    /// How much of the shorter name stands in the longer one in the same
    /// order, character by character: `中石油` in `中国石油天然气`.
    fn in_order(&self, a: u32, b: u32) -> Seen {
        let by_length = |text: u32| (self.chinese.of(text).len(), text);
        let (short, long) = if by_length(a) <= by_length(b) { (a, b) } else { (b, a) };
        let (short, long) = (self.chinese.of(short), self.chinese.of(long));
        // The best sum up to each place of the longer name, and how many characters it is made of.
        let mut best = [(0.0_f32, 0_u32); MOST + 1];
        let stands = |x: u32| long.iter().any(|(y, _)| *y == x);
        for (x, x_bits) in short.iter().filter(|(x, _)| stands(*x)) {
            let mut before = best[0];
            for (place, (y, y_bits)) in long.iter().enumerate() {
                let here = best[place + 1];
                let taken = (before.0 + x_bits.min(*y_bits), before.1 + 1);
                let reached = if here.0 >= best[place].0 { here } else { best[place] };
                best[place + 1] = if x == y && taken.0 > reached.0 { taken } else { reached };
                before = here;
            }
        }
        let (bits, count) = best[long.len()];
        let share =
            |name: &[(u32, f32)]| (bits / name.iter().map(|(_, bits)| bits).sum::<f32>().max(1.0)).min(1.0);
        let likeness = 0.7 * share(short) + 0.3 * share(long);
        let level = match likeness {
            x if x >= 0.80 => 5,
            x if x >= 0.65 => 4,
            x if x >= 0.50 => 3,
            x if x >= 0.35 => 2,
            x if x >= 0.15 => 1,
            _ => return Seen::level(0),
        };
        Seen { level, bits: (bits - choices(short.len(), count as usize)).max(0.0) }
    }
}

/// Chinese names, character by character.
#[derive(Default)]
struct Chinese {
    /// The characters of each name in their order, and how surprising each is
    /// behind the one before, in bits.
    members: Vec<(u32, f32)>,
    ends: Vec<usize>,
}

/// Of a Chinese name, at most so many characters are compared.
const MOST: usize = 40;

impl Chinese {
    /// Adds a text, if it is new: the words of a Chinese name in their order; of another, none.
    fn add(&mut self, text: u32, is_chinese: bool, bag: &Bag) {
        if text as usize != self.ends.len() {
            return;
        }
        if is_chinese {
            self.members.extend(bag.words(text).iter().take(MOST).map(|word| (*word, 0.0)));
        }
        self.ends.push(self.members.len());
    }

    fn of(&self, text: u32) -> &[(u32, f32)] {
        let start = (text as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start..self.ends[text as usize]]
    }

    /// Looks at names, so that they are near when they are compared.
    fn look_at(&self, texts: impl Iterator<Item = u32> + Clone) {
        let ends = texts.clone().fold(0, |all, text| all ^ self.ends[text as usize]);
        let words = texts.filter_map(|text| self.of(text).first()).fold(0, |all, (word, _)| all ^ word);
        std::hint::black_box((ends, words));
    }

    /// Weighs the characters, which are spellings of the bag's words. Those that mostly follow one another, 房地产开发,
    /// are hardly more surprising together than the first of them.
    fn weigh(&mut self, bag: &Bag, words: &[u32]) {
        /// How many names what characters usually are counts for, beside those that were seen.
        const PRIOR: f32 = 4.0;
        self.members.iter_mut().for_each(|member| member.0 = words[member.0 as usize]);
        let both = |pair: &[(u32, f32)]| (pair[0].0, pair[1].0);
        let mut following: HashMap<(u32, u32), u32> = HashMap::new();
        for text in 0..bag.len() {
            for pair in self.of(text).windows(2) {
                *following.entry(both(pair)).or_default() += bag.frequency(text);
            }
        }
        let mut start = 0;
        for end in &self.ends {
            let name = &mut self.members[start..*end];
            for place in 0..name.len() {
                let alone = bag.weight_of(name[place].0);
                name[place].1 = alone;
                if place > 0 {
                    let pair = both(&name[place - 1..=place]);
                    // Without the two names that are compared.
                    let others = |count: u32| count.saturating_sub(2) as f32;
                    let seen = others(following.get(&pair).copied().unwrap_or(0));
                    let before = others(bag.frequency_of(pair.0)).max(seen);
                    let chance = (seen + PRIOR * (-alone).exp2()) / (before + PRIOR);
                    name[place].1 = alone.min(-chance.min(1.0).log2());
                }
            }
            start = *end;
        }
    }
}

impl Compared for Company {
    fn width(&self) -> usize {
        WIDTH
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        self.waiting.push(cut(values.first().copied().unwrap_or("").trim(), LONGEST));
        if self.waiting.is_full() {
            self.flush(cells);
        }
    }

    fn flush(&mut self, cells: &mut Vec<u32>) {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.written.look_at(waiting.hashes());
        for (text, hash) in waiting.iter() {
            cells.extend(if text.is_empty() { [NONE; WIDTH] } else { self.counted(text, hash) });
        }
        waiting.clear();
        self.waiting = waiting;
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        let words = self.bag.settle(records);
        self.chinese.weigh(&self.bag, &words);
        (self.written, self.names) = (Numbers::default(), Vec::new());
        self.keys.close();
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        let (x, y) = (a[WORDS], b[WORDS]);
        if x == NONE || y == NONE {
            return Seen::MISSING;
        }
        let elsewhere = a[REGION] != b[REGION] && a[REGION] != NONE && b[REGION] != NONE;
        if a[KEY] == b[KEY] && a[KEY] != NONE && !elsewhere {
            let alone = self.bag.total(x).min(self.bag.total(y)).min(2.0 * (self.records as f32).log2());
            return Seen { level: 6, bits: shared_bits(alone, self.keys.frequency(a[KEY]), self.records) };
        }
        if a[INITIALS] ^ b[INITIALS] == 1 && a[INITIALS] != NONE && b[INITIALS] != NONE {
            let letters = self.keys.text(a[KEY]).len().min(self.keys.text(b[KEY]).len());
            return Seen { level: 3, bits: LETTER * letters as f32 };
        }
        if x == y || self.chinese.of(x).is_empty() || self.chinese.of(y).is_empty() {
            return self.bag.agreement(x, y);
        }
        self.in_order(x, y)
    }

    fn fetch(&self, rows: Rows<'_>, pairs: &[(u32, u32)]) {
        self.bag.look_at(rows.different(pairs, WORDS));
        self.chinese.look_at(rows.different(pairs, WORDS));
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        match key {
            Key::Whole if cells[KEY] != NONE => keys.push(mix(u64::from(cells[KEY]) + 1)),
            Key::Whole => (),
            _ => self.bag.keys(key, &cells[WORDS..=WORDS], keys),
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.45), (Key::Rough, 0.60), (Key::Word, 0.90)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn company(names: &[&str]) -> (Company, Vec<u32>) {
        let mut company = Company::new();
        let mut cells = Vec::new();
        names.iter().for_each(|name| company.add(&[name], &mut cells));
        company.flush(&mut cells);
        for number in 0..300 {
            let filler = ["Acme {} Trading PLC", "北京{}科技有限公司", "上海{}房地产开发有限公司"];
            let letter = char::from_u32(0x5200 + number).unwrap_or('x').to_string();
            company.add(&[&filler[number as usize % 3].replace("{}", &letter)], &mut Vec::new());
        }
        company.flush(&mut Vec::new());
        company.finish(300 + names.len());
        (company, cells)
    }

    fn seen(a: &str, b: &str) -> Seen {
        let (company, cells) = company(&[a, b]);
        company.compare(&cells[..WIDTH], &cells[WIDTH..])
    }

    #[test]
    fn legal_form_and_spelling_say_nothing() {
        let pairs =
            [("Müller GmbH & Co. KG", "MULLER GMBH"), ("广东星河科技有限公司", "星河科技股份有限公司")];
        assert_eq!(pairs.map(|(a, b)| seen(a, b).level), [6, 6]);
    }

    #[test]
    fn sisters_in_other_cities_are_others() {
        assert!(seen("杭州市康晟润医药有限公司", "福州市康晟润医药有限公司").level < 6);
        assert_eq!(seen("福州康晟润医药有限公司", "福州市康晟润医药有限公司").level, 6);
    }

    #[test]
    fn slips_cost_less_than_another_name() {
        let pairs = [
            ("Bahringer-Gorczany", "Ba|ringer-Gorczqny"),
            ("Mayer PLC", "Mayyr PLC"),
            ("Mayer PLC", "Runte PLC"),
        ];
        let levels = pairs.map(|(a, b)| seen(a, b).level);
        assert!(levels[0] >= 3 && levels[1] >= 4 && levels[2] <= 1, "{levels:?}");
    }

    #[test]
    fn short_names_stand_in_full_ones() {
        assert!(seen("中石油", "中国石油天然气股份有限公司").level >= 4);
        assert_eq!(seen("IBM Corp.", "International Business Machines").level, 3);
        assert_eq!(seen("IBM Corp.", "International Machines Business").level, 0);
    }

    #[test]
    fn characters_that_always_stand_together_count_once() {
        let trade = seen("上海卓瀚房地产开发有限公司", "上海隆合房地产开发有限公司");
        let name = seen("上海卓瀚房地产开发有限公司", "卓瀚建设");
        assert!(name.bits > trade.bits, "{name:?} {trade:?}");
    }

    proptest! {
        #[test]
        fn names_are_compared_alike_both_ways(names in prop::collection::vec("[ab北京市有限公司 .]{0,9}|\\PC{0,9}", 2..5)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let (company, cells) = company(&names);
            for a in cells.chunks(WIDTH) {
                for b in cells.chunks(WIDTH) {
                    let (seen, back) = (company.compare(a, b), company.compare(b, a));
                    prop_assert_eq!(seen.level, back.level);
                    prop_assert!((seen.bits - back.bits).abs() < 0.01 || seen.bits.is_nan() && back.bits.is_nan());
                    prop_assert!(seen.bits.is_nan() || seen.bits >= 0.0);
                }
            }
        }
    }
}
