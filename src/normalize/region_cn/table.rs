//! The table of divisions, and what a division is.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How high a division stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A province, an autonomous region, a municipality such as 上海市, or Hong Kong and Macao.
    Province,
    /// A city, prefecture or league; also a county that stands directly under
    /// its province, such as 济源市.
    City,
    /// A district, county, banner or city within a city.
    District,
}

/// A division of China, of those that there were at the end of 2025: codes and
/// names of GB/T 2260. Old names and codes lead to what their land is in now.
///
/// ```
/// use handover::normalize::region_cn::Division;
///
/// let nanshan = Division::of_code("440305").unwrap();
/// assert_eq!((nanshan.name(), nanshan.short()), ("南山区", "南山"));
/// assert_eq!(nanshan.city().map(|city| city.name()), Some("深圳市"));
/// assert_eq!(Division::find("上海浦东")?.code(), "310115");
/// assert_eq!(Division::find("襄樊市")?.name(), "襄阳市");
/// # Ok::<(), handover::Fault>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Division(u16);

impl Division {
    /// The division of a code of six digits, or of one that it had before; of
    /// the longer and shorter codes of the statistics office (`44`, `4403`,
    /// `440305007`, `440305007000`) the district, city or province that they begin with.
    pub fn of_code(code: &str) -> Option<Division> {
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let six = match code.len() {
            2 => format!("{code}0000"),
            4 => format!("{code}00"),
            6 | 9 | 12 => code.get(..6)?.to_owned(),
            _ => return None,
        };
        TABLE.by_code.get(&*six).copied()
    }

    /// All of them, by their codes.
    pub(in super::super) fn all() -> impl Iterator<Item = Division> {
        (0..).map(Division).take(TABLE.rows.len())
    }

    /// The full name: `南山区`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The name without its suffix: `南山`. The full name, where that would
    /// say too little: `城区`, `岚县`.
    pub fn short(self) -> &'static str {
        match self.row() {
            Row { name, short: "", .. } => name,
            Row { short, .. } => short,
        }
    }

    /// The code of GB/T 2260: `440305`. Within Hong Kong, Macao and Taiwan
    /// there are none, and it is that of the whole.
    pub fn code(self) -> &'static str {
        match self.is_uncoded() {
            true => self.province().row().code,
            false => self.row().code,
        }
    }

    /// How high it stands.
    pub fn level(self) -> Level {
        self.row().level
    }

    /// What it is directly in; nothing for a province.
    pub fn parent(self) -> Option<Division> {
        self.row().parent
    }

    /// The province that it is or is in.
    pub fn province(self) -> Division {
        self.ancestors().last().unwrap_or(self)
    }

    /// The city that it is or is in. A municipality such as 上海市 is a city too.
    pub fn city(self) -> Option<Division> {
        let municipality = Some(self.province()).filter(|province| province.is_municipality());
        self.ancestors().find(|above| above.level() == Level::City).or(municipality)
    }

    /// The district, where it is one.
    pub fn district(self) -> Option<Division> {
        Some(self).filter(|division| division.level() == Level::District)
    }

    /// It and what it is in, from small to large.
    pub(super) fn ancestors(self) -> impl Iterator<Item = Division> {
        std::iter::successors(Some(self), |division| division.parent())
    }

    pub(super) fn is_within(self, other: Division) -> bool {
        self.ancestors().skip(1).any(|above| above == other)
    }

    pub(super) fn is_municipality(self) -> bool {
        matches!(self.row().code, "110000" | "120000" | "310000" | "500000")
    }

    fn is_uncoded(self) -> bool {
        let code = self.row().code;
        matches!(code.get(..2), Some("71" | "81" | "82")) && !code.ends_with("0000")
    }

    fn row(self) -> &'static Row {
        &TABLE.rows[usize::from(self.0)]
    }
}

impl std::fmt::Debug for Division {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.row().code, self.name())
    }
}

struct Row {
    code: &'static str,
    name: &'static str,
    /// Empty where it would say too little.
    short: &'static str,
    level: Level,
    parent: Option<Division>,
}

/// Something that a division is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub of: Division,
    /// Without the suffix that says what it is: 南山, 沪.
    pub bare: bool,
    /// What it is called now, and not only was.
    pub current: bool,
}

pub(super) struct Table {
    rows: Vec<Row>,
    by_code: HashMap<&'static str, Division>,
    names: HashMap<&'static str, Vec<Name>>,
    latin: HashMap<&'static str, Vec<Division>>,
    /// The most characters that a name has, by its first.
    longest: HashMap<char, usize>,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("divisions.tsv")));

impl Table {
    fn read(text: &'static str) -> Self {
        let mut table = Table {
            rows: Vec::new(),
            by_code: HashMap::new(),
            names: HashMap::new(),
            latin: HashMap::new(),
            longest: HashMap::new(),
        };
        for (line, at) in text.lines().zip(0..) {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            table.add(Division(at), [next(), next(), next(), next()]);
        }
        table
    }

    fn add(&mut self, division: Division, [code, name, short, others]: [&'static str; 4]) {
        let parent = [(4, "00"), (2, "0000")].into_iter().find_map(|(digits, zeros)| {
            let above = format!("{}{zeros}", code.get(..digits)?);
            self.by_code.get(&*above).copied().filter(|_| above != code)
        });
        let level = match (code.get(2..4), code.get(4..)) {
            (Some("00"), _) => Level::Province,
            (Some("90"), _) | (_, Some("00")) => Level::City,
            _ => Level::District,
        };
        self.rows.push(Row { code, name, short, level, parent });
        self.by_code.insert(code, division);
        self.call(name, Name { of: division, bare: false, current: true });
        self.call(short, Name { of: division, bare: true, current: true });
        for other in others.split('|') {
            match other.split_at_checked(1) {
                Some(("=", old)) => drop(self.by_code.entry(old).or_insert(division)),
                Some(("+", latin)) => self.latin.entry(latin).or_default().push(division),
                Some(("~", bare)) => self.call(bare, Name { of: division, bare: true, current: false }),
                _ => self.call(other, Name { of: division, bare: false, current: false }),
            }
        }
    }

    fn call(&mut self, called: &'static str, name: Name) {
        if let Some(first) = called.chars().next() {
            let longest = self.longest.entry(first).or_default();
            *longest = called.chars().count().max(*longest);
            let names = self.names.entry(called).or_default();
            if !names.iter().any(|known| known.of == name.of) {
                names.push(name);
            }
        }
    }

    /// The most characters that a name has which a text begins with; none, where there is no such name.
    pub fn longest(&self, text: &str) -> usize {
        text.chars().next().and_then(|first| self.longest.get(&first)).copied().unwrap_or_default()
    }

    /// All that are called so.
    pub fn named(&self, name: &str) -> &[Name] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    /// All that are called so in Latin letters, lower case and nothing else.
    pub fn latin(&self, name: &str) -> &[Division] {
        self.latin.get(name).map_or(&[], Vec::as_slice)
    }

    #[cfg(test)]
    pub fn all(&self) -> impl Iterator<Item = Division> {
        (0..self.rows.len()).filter_map(|at| u16::try_from(at).ok()).map(Division)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_division_but_a_province_is_in_one() {
        for division in TABLE.all() {
            let parent = division.parent();
            assert_eq!(parent.is_none(), division.level() == Level::Province, "{division:?}");
            assert!(parent.is_none_or(|parent| parent.level() < division.level()), "{division:?}");
        }
        assert_eq!(TABLE.all().filter(|division| division.level() == Level::Province).count(), 34);
        assert!(TABLE.all().count() > 3300);
    }

    #[test]
    fn codes_are_those_of_now_and_of_before() {
        let named = |code: &str| Division::of_code(code).map(Division::name);
        assert_eq!(named("110105"), Some("朝阳区"));
        assert_eq!(named("371200"), Some("莱芜区"));
        assert_eq!(named("110100"), Some("北京市"));
        assert_eq!(
            (named("44"), named("4403"), named("440305007000")),
            (Some("广东省"), Some("深圳市"), Some("南山区"))
        );
        assert_eq!((named("990000"), named("4"), named("44030x")), (None, None, None));
        assert_eq!(Division::of_code("810000").map(Division::code), Some("810000"));
    }

    #[test]
    fn a_municipality_is_its_own_city() {
        let pudong = Division::of_code("310115").unwrap();
        assert_eq!(pudong.city().map(Division::name), Some("上海市"));
        let jiyuan = Division::of_code("419001").unwrap();
        assert_eq!((jiyuan.city(), jiyuan.district()), (Some(jiyuan), None));
        assert_eq!(Division::of_code("440000").and_then(Division::city), None);
    }
}
