//! Names of companies: by their key, word by word, and short against full.

use std::collections::HashMap;

use super::bag::choices;
use super::{Bag, Compared, Key, Level, NONE, Seen, shared_bits};
use crate::dedupe::matching::fold::{cut, is_han};
use crate::dedupe::matching::words::{Words, mix};
use crate::normalize::company::Company as Name;

/// A company's name: its key without legal form and region, and all its words.
pub(crate) struct Company {
    /// Each distinct name as it was written, and the key of each.
    written: Words,
    key_of: Vec<u32>,
    bag_of: Vec<u32>,
    keys: Words,
    /// The place of each name, where it is Chinese: sister companies share the rest.
    region_of: Vec<u32>,
    regions: Words,
    bag: Bag,
    chinese: Chinese,
    records: usize,
}

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

/// Whether one name is made of the first letters of the other: `ibm` of
/// `international business machines`.
fn is_initials(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if !(3..=8).contains(&short.len()) || short.as_bytes()[0] != long.as_bytes()[0] || !long.is_ascii() {
        return false;
    }
    let words = || long.split(' ').filter(|word| !matches!(*word, "and" | "of" | "the" | "for"));
    words().filter_map(|word| word.bytes().next()).eq(short.bytes())
}

/// How surprising it is that an initial is the right one, in bits: words begin with some letters more often.
const LETTER: f32 = 3.5;

/// How much of a name is read, in bytes.
const LONGEST: usize = 200;

impl Company {
    pub fn new() -> Self {
        Company {
            written: Words::default(),
            key_of: Vec::new(),
            bag_of: Vec::new(),
            keys: Words::default(),
            region_of: Vec::new(),
            regions: Words::default(),
            bag: Bag::of_characters(),
            chinese: Chinese::default(),
            records: 0,
        }
    }

    /// How much of the shorter name stands in the longer one in the same
    /// order, character by character: `中石油` in `中国石油天然气`.
    fn in_order(&self, a: u32, b: u32) -> Seen {
        let by_length = |text: u32| (self.chinese.of(text).len(), text);
        let (short, long) = if by_length(a) <= by_length(b) { (a, b) } else { (b, a) };
        let (short, long) = (self.chinese.of(short), self.chinese.of(long));
        // The best sum up to each place of the longer name, and how many characters it is made of.
        let mut best = [(0.0_f32, 0_usize); MOST + 1];
        for (x, x_bits) in short {
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
        Seen { level, bits: (bits - choices(short.len(), count)).max(0.0) }
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
    /// The names among texts whose words are still in order; of others, nothing.
    fn of_names(bag: &Bag) -> Self {
        let mut names = Chinese::default();
        for text in 0..bag.len() {
            if bag.folded(text).contains(is_han) {
                names.members.extend(bag.words(text).iter().take(MOST).map(|word| (*word, 0.0)));
            }
            names.ends.push(names.members.len());
        }
        names
    }

    fn of(&self, text: u32) -> &[(u32, f32)] {
        let start = (text as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start..self.ends[text as usize]]
    }

    /// Weighs the characters. Those that mostly follow one another, 房地产开发,
    /// are hardly more surprising together than the first of them.
    fn weigh(&mut self, bag: &Bag) {
        /// How many names what characters usually are counts for, beside those that were seen.
        const PRIOR: f32 = 4.0;
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
        3
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let text = cut(values.first().copied().unwrap_or("").trim(), LONGEST);
        if text.is_empty() {
            cells.extend([NONE; 3]);
            return;
        }
        let id = self.written.intern(text) as usize;
        if id == self.key_of.len() {
            let key = Name::key(text);
            self.key_of.push(if key.is_empty() { NONE } else { self.keys.intern(&key) });
            self.bag_of.push(NONE);
            let region = if text.contains(is_han) {
                Name::parse(text).ok().and_then(|name| name.region)
            } else {
                None
            };
            self.region_of.push(region.map_or(NONE, |region| self.regions.intern(stem(&region))));
        }
        // The keys and words are counted for every record, also where the name was seen before.
        let key = self.key_of[id];
        if key != NONE {
            self.keys.tally(key);
        }
        self.bag_of[id] = self.bag.text(text);
        cells.extend([key, self.bag_of[id], self.region_of[id]]);
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        self.chinese = Chinese::of_names(&self.bag);
        self.bag.finish(records);
        self.chinese.weigh(&self.bag);
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[1] == NONE || b[1] == NONE {
            return Seen::MISSING;
        }
        let elsewhere = a[2] != b[2] && a[2] != NONE && b[2] != NONE;
        if a[0] == b[0] && a[0] != NONE && !elsewhere {
            let alone =
                self.bag.total(a[1]).min(self.bag.total(b[1])).min(2.0 * (self.records as f32).log2());
            return Seen { level: 6, bits: shared_bits(alone, self.keys.frequency(a[0]), self.records) };
        }
        if a[0] != NONE && b[0] != NONE && is_initials(self.keys.text(a[0]), self.keys.text(b[0])) {
            return Seen {
                level: 3,
                bits: LETTER * self.keys.text(a[0]).len().min(self.keys.text(b[0]).len()) as f32,
            };
        }
        let by_words = self.bag.agreement(a[1], b[1]);
        let (x, y) = (self.bag.folded(a[1]), self.bag.folded(b[1]));
        if !x.contains(is_han) || !y.contains(is_han) {
            return by_words;
        }
        self.in_order(a[1], b[1])
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        match key {
            Key::Whole if cells[0] != NONE => keys.push(mix(u64::from(cells[0]) + 1)),
            Key::Whole => (),
            _ => self.bag.keys(key, &cells[1..2], keys),
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
        for number in 0..300 {
            let filler = ["Acme {} Trading PLC", "北京{}科技有限公司", "上海{}房地产开发有限公司"];
            let letter = char::from_u32(0x5200 + number).unwrap_or('x').to_string();
            company.add(&[&filler[number as usize % 3].replace("{}", &letter)], &mut Vec::new());
        }
        company.finish(300 + names.len());
        (company, cells)
    }

    fn seen(a: &str, b: &str) -> Seen {
        let (company, cells) = company(&[a, b]);
        company.compare(&cells[..3], &cells[3..])
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
            for a in cells.chunks(3) {
                for b in cells.chunks(3) {
                    let (seen, back) = (company.compare(a, b), company.compare(b, a));
                    prop_assert_eq!(seen.level, back.level);
                    prop_assert!((seen.bits - back.bits).abs() < 0.01 || seen.bits.is_nan() && back.bits.is_nan());
                    prop_assert!(seen.bits.is_nan() || seen.bits >= 0.0);
                }
            }
        }
    }
}
