//! Names of persons, whichever of their names stands where.

use super::{Compared, Key, Level, NONE, Rows, Seen, bits};
use crate::dedupe::matching::distance::damerau_within;
use crate::dedupe::matching::fold::{fold, is_han};
use crate::dedupe::matching::shape::Shape;
use crate::dedupe::matching::units::with_units;
use crate::dedupe::matching::words::{Words, hash, mix};
use crate::dedupe::matching::{nicknames, phonetic};

/// A person's names, up to four of them, in the order of their numbers.
#[derive(Default)]
pub(crate) struct Person {
    names: Words,
    known: Vec<Known>,
    /// How names sound: Chinese characters as pinyin, other names as they are.
    sounds: Words,
    /// How names are heard, for blocking only.
    heard: Vec<u64>,
    records: usize,
    folded: String,
}

/// What is known of a name.
#[derive(Clone, Copy)]
struct Known {
    sound: u32,
    shape: Shape,
    /// The familiar forms that it is of.
    familiar: &'static [u16],
}

/// So many names of a person are compared.
const NAMES: usize = 4;

const LEVELS: &[Level] = &[
    Level { name: "different", same: 0.02, chance: 1.0 },
    Level { name: "one name the same, others not", same: 0.06, chance: 0.01 },
    Level { name: "only one name known, the same", same: 0.04, chance: 0.005 },
    Level { name: "all nearly the same", same: 0.03, chance: 0.00005 },
    Level { name: "initials agree", same: 0.06, chance: 0.0005 },
    Level { name: "nearly the same", same: 0.22, chance: 0.00005 },
    Level { name: "same but for one name more", same: 0.07, chance: 0.00002 },
    Level { name: "same", same: 0.50, chance: 0.00001 },
];

/// Words around a name that are no names.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sir", "jr", "sr", "ii", "iii", "iv", "mme",
    "mlle", "sra", "dipl", "ing", "phd", "md",
];
/// The same behind Chinese names; longer ones first.
const CHINESE_TITLES: &[&str] = &[
    "董事长",
    "总经理",
    "先生",
    "女士",
    "小姐",
    "太太",
    "经理",
    "主任",
    "老师",
    "同志",
    "总监",
    "医生",
    "教授",
    "总",
    "工",
];

impl Person {
    fn name(&mut self, text: &str, names: &mut [u32; NAMES], count: &mut usize) {
        if *count == NAMES {
            return;
        }
        let id = self.names.intern(text);
        if id as usize == self.known.len() {
            let sound = sound(text);
            let heard = match &sound {
                Some(sound) => phonetic::pinyin(sound),
                None => u64::from(phonetic::latin(text)),
            };
            self.heard.push(if heard == 0 { hash(text) } else { mix(heard) });
            let sound = self.sounds.intern(sound.as_deref().unwrap_or(text));
            self.known.push(Known { sound, shape: Shape::of(text), familiar: nicknames::groups(text) });
        }
        if !names[..*count].contains(&id) {
            names[*count] = id;
            *count += 1;
        }
    }

    /// Two names: the same way to write it is 3, nearly 2, an initial 1, else 0.
    fn likeness(&self, a: u32, b: u32) -> u8 {
        if a == b {
            return 3;
        }
        let (x, y) = (&self.known[a as usize], &self.known[b as usize]);
        if x.sound == y.sound || nicknames::share(x.familiar, y.familiar) {
            return 2;
        }
        if x.shape.initial || y.shape.initial {
            return u8::from(x.shape.begins_like(y.shape));
        }
        if !x.shape.is_near(y.shape, 2) {
            return 0;
        }
        let (a, b) = (self.names.text(a), self.names.text(b));
        let near = with_units(
            a,
            b,
            |a, b| match a.len().min(b.len()) {
                ..=3 => false,
                4..=6 => damerau_within(a, b, 1).is_some(),
                _ => damerau_within(a, b, 2).is_some(),
            },
            |a, b| a.len().min(b.len()) >= 2 && damerau_within(a, b, 1).is_some(),
        );
        2 * u8::from(near)
    }

    /// How surprising it is that a stranger has this name, or one nearly like it.
    fn surprise(&self, likeness: u8, a: u32, b: u32) -> f32 {
        match likeness {
            3 => bits(self.names.frequency(a), self.records),
            2 if self.known[a as usize].sound == self.known[b as usize].sound => {
                bits(self.sounds.frequency(self.known[a as usize].sound), self.records)
            }
            2 => {
                let rare = bits(self.names.frequency(a).max(self.names.frequency(b)), self.records);
                (rare - 3.0).max(1.0)
            }
            _ => 3.0,
        }
    }
}

/// How a Chinese name sounds.
#[cfg(feature = "chinese")]
fn sound(text: &str) -> Option<String> {
    use pinyin::ToPinyin;
    let mut sound = String::new();
    for c in text.chars() {
        let reading = is_han(c).then(|| c.to_pinyin()).flatten()?;
        sound.extend(reading.plain().chars().map(|c| if c == 'ü' { 'v' } else { c }));
    }
    Some(sound)
}

#[cfg(not(feature = "chinese"))]
fn sound(_: &str) -> Option<String> {
    None
}

impl Compared for Person {
    fn width(&self) -> usize {
        NAMES
    }

    fn add(&mut self, values: &[&str], cells: &mut Vec<u32>) {
        let (mut names, mut count) = ([NONE; NAMES], 0);
        let mut folded = std::mem::take(&mut self.folded);
        for value in values {
            fold(value, &mut folded);
            if folded.contains(is_han) {
                let together: String = folded.chars().filter(|c| *c != ' ').collect();
                let title = CHINESE_TITLES.iter().find_map(|title| together.strip_suffix(title));
                let name = title.filter(|name| !name.is_empty()).unwrap_or(&together);
                let family = crate::normalize::person::chinese_family(name).unwrap_or(0);
                let (family, given) = name.split_at(family);
                [family, given].into_iter().filter(|part| !part.is_empty()).for_each(|part| {
                    self.name(part, &mut names, &mut count);
                });
            } else {
                for word in folded.split(' ').filter(|word| !word.is_empty() && !TITLES.contains(word)) {
                    self.name(word, &mut names, &mut count);
                }
            }
        }
        self.folded = folded;
        for name in &names[..count] {
            self.names.tally(*name);
            self.sounds.tally(self.known[*name as usize].sound);
        }
        names.sort_unstable();
        cells.extend(names);
    }

    fn finish(&mut self, records: usize) {
        self.records = records;
        self.names.close();
        self.sounds.close();
    }

    fn levels(&self) -> &'static [Level] {
        LEVELS
    }

    fn compare(&self, a: &[u32], b: &[u32]) -> Seen {
        if a[0] == NONE || b[0] == NONE {
            return Seen::MISSING;
        }
        let length = |names: &[u32]| names.iter().take_while(|name| **name != NONE).count();
        let (a, b) = (&a[..length(a)], &b[..length(b)]);
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let (mut of_short, mut of_long) = ([false; NAMES], [false; NAMES]);
        // How many names agree exactly, nearly, and by their initial.
        let (mut exact, mut near, mut initial, mut surprise) = (0, 0, 0, 0.0);
        let mut likeness = [[0; NAMES]; NAMES];
        for (x, row) in short.iter().zip(&mut likeness) {
            long.iter().zip(row).for_each(|(y, likeness)| *likeness = self.likeness(*x, *y));
        }
        for wanted in [3, 2, 1] {
            for (i, x) in short.iter().enumerate() {
                if of_short[i] {
                    continue;
                }
                let mut found = (0..long.len()).filter(|j| !of_long[*j] && likeness[i][*j] == wanted);
                let Some(j) = found.next() else { continue };
                (of_short[i], of_long[j]) = (true, true);
                surprise += self.surprise(wanted, *x, long[j]);
                match wanted {
                    3 => exact += 1,
                    2 => near += 1,
                    _ => initial += 1,
                }
            }
        }
        let all = exact + near + initial == short.len();
        let level = match (exact, near, initial) {
            (0, 0, 0) => return Seen::level(0),
            _ if !all && exact + near > 0 => 1,
            _ if !all => 0,
            (1, 0, 0) if long.len() > 1 => 2,
            (e, 0, 0) if e == long.len() => 7,
            (_, 0, 0) => 6,
            (0, _, _) => 3,
            (_, _, 0) => 5,
            _ => 4,
        };
        if level == 0 { Seen::level(0) } else { Seen { level, bits: surprise } }
    }

    fn fetch(&self, rows: Rows<'_>, pairs: &[(u32, u32)]) {
        let names = (0..2).flat_map(|cell| rows.different(pairs, cell));
        std::hint::black_box(names.fold(0, |all, name| all ^ self.known[name as usize].sound));
    }

    fn keys(&self, key: Key, cells: &[u32], keys: &mut Vec<u64>) {
        if cells[0] == NONE {
            return;
        }
        let names = cells.iter().take_while(|name| **name != NONE);
        match key {
            Key::Whole => {
                let several = cells.get(1).is_some_and(|name| *name != NONE);
                if several {
                    keys.push(names.fold(1, |key, name| mix(key ^ (u64::from(*name) + 1))));
                }
            }
            Key::Rough => {
                // The sounds, in an order of their own: their sum.
                let heard = names.map(|name| self.heard[*name as usize]);
                keys.push(heard.fold(0, u64::wrapping_add));
            }
            Key::Word => keys.extend(
                names
                    .filter(|name| !self.known[**name as usize].shape.initial)
                    .map(|name| self.heard[*name as usize]),
            ),
        }
    }

    fn kinds(&self) -> &'static [(Key, f64)] {
        &[(Key::Whole, 0.50), (Key::Rough, 0.60), (Key::Word, 0.95)]
    }
}
