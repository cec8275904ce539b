//! Finds the division that a text begins with, from large to small.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::super::text::{behind_label, trimmed};
use super::super::unicode::width_folded;
use super::latin;
use super::table::{Division, Level, Name, TABLE};
use crate::error::Fault;

/// What was read: the divisions that it may be, never none, and what follows.
pub(super) struct Reading {
    pub divisions: Vec<Division>,
    /// What is left of the text, of ordinary width.
    pub rest: String,
}

impl Reading {
    /// The one division, or why it is not clear which.
    pub fn one(&self) -> Result<Division, Fault> {
        match self.divisions[..] {
            [one] => Ok(one),
            _ if self.divisions.iter().all(|division| division.level() == Level::City) => {
                Err(Fault::new("several cities are called so"))
            }
            _ => Err(Fault::new("several districts are called so")),
        }
    }
}

pub(super) fn read(text: &str) -> Result<Reading, Fault> {
    let folded = width_folded(trimmed(text));
    if folded.is_ascii() {
        return in_ascii(&folded);
    }
    let simplified = simplified(&folded);
    let mut walk = Walk { among: Vec::new(), bare: false, old: false, rest: without_country(&simplified) };
    while walk.step() {}
    let left = walk.rest.chars().count();
    let at = folded.char_indices().nth_back(left.saturating_sub(1)).map_or(0, |(at, _)| at);
    let rest = if left == 0 { "" } else { folded.get(at..).unwrap_or_default() };
    let divisions = walk.settled();
    if divisions.is_empty() {
        return Err(Fault::new("no province, city or district"));
    }
    let reading = Reading { divisions, rest: rest.to_owned() };
    match reading.divisions[..] {
        [one] => unknown_within(one, walk.rest).map_or(Ok(reading), Err),
        _ => Ok(reading),
    }
}

fn in_ascii(text: &str) -> Result<Reading, Fault> {
    let divisions = match text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        true => vec![Division::of_code(text).ok_or_else(|| Fault::new("no such code"))?],
        false => latin::read(text)?,
    };
    Ok(Reading { divisions, rest: String::new() })
}

/// A walk down the divisions, along the text.
struct Walk<'t> {
    /// The divisions that what was read so far may mean; none at the start.
    among: Vec<Division>,
    /// Whether the last name lacked its suffix.
    bare: bool,
    /// Whether it is no longer used: old prefectures held more than the city
    /// that they became.
    old: bool,
    rest: &'t str,
}

impl Walk<'_> {
    /// Reads one name. Whether there was one.
    fn step(&mut self) -> bool {
        self.rest = skipped(self.rest, !self.among.is_empty());
        let longest = TABLE.longest(self.rest);
        let mut end = self.rest.char_indices().nth(longest).map_or(self.rest.len(), |(end, _)| end);
        while end > 0 {
            let (name, after) = self.rest.split_at(end);
            end = name.char_indices().next_back().map_or(0, |(last, _)| last);
            let named = TABLE.named(name);
            if named.is_empty() {
                continue;
            }
            let mut within: Vec<_> = named.iter().filter(|name| self.leads_to(name, after)).collect();
            if within.iter().any(|name| name.current) {
                within.retain(|name| name.current);
            }
            if !within.is_empty() {
                self.bare = within.iter().any(|name| name.bare);
                self.old = within.iter().all(|name| !name.current);
                self.among = within.iter().map(|name| name.of).collect();
            } else if named.iter().any(|name| self.repeats(name, after)) {
                self.narrow(named);
            } else {
                continue;
            }
            self.rest = after;
            return true;
        }
        false
    }

    /// Whether a name means one of what the divisions so far hold. Without its
    /// suffix it may be part of a street's name, and alone a district says too little.
    fn leads_to(&self, name: &Name, after: &str) -> bool {
        let Name { of, bare, .. } = *name;
        match self.among.is_empty() {
            false => self.among.iter().any(|above| self.holds(*above, of)) && !(bare && is_street(after)),
            true if !bare => true,
            true if of.level() == Level::District || is_abbreviation(of, self.rest, after) => ends(after),
            true => !is_street(after),
        }
    }

    fn holds(&self, above: Division, division: Division) -> bool {
        division.is_within(above)
            || self.old && above.level() == Level::City && division.is_within(above.province())
    }

    /// Whether a name is said a second time: 上海市上海市, 北京-北京.
    fn repeats(&self, name: &Name, after: &str) -> bool {
        let known = self.among.iter().any(|division| division.ancestors().any(|known| known == name.of));
        known && !(name.bare && is_street(after))
    }

    /// Leaves those that are within what was said last: 南山区 深圳市.
    fn narrow(&mut self, named: &[Name]) {
        let within = |division: &Division| named.iter().any(|name| division.is_within(name.of));
        if self.among.iter().any(within) {
            self.among.retain(within);
        }
    }

    /// What remains of the divisions that share the name: the largest, where
    /// the others are within it or the name lacks its suffix. A district of a
    /// municipality is as large as a city: 朝阳 may be that in Beijing.
    fn settled(&self) -> Vec<Division> {
        let Some(top) = self.among.iter().map(|division| division.level()).min() else { return Vec::new() };
        let mut largest = self.among.iter().copied().filter(|division| division.level() == top);
        match (largest.next(), largest.next()) {
            (Some(one), None) => {
                let smaller = |division: &Division| {
                    let municipal = division.parent().is_some_and(Division::is_municipality);
                    *division == one
                        || division.is_within(one)
                        || self.bare && (!municipal || top == Level::Province)
                };
                if self.among.iter().all(smaller) { vec![one] } else { self.among.clone() }
            }
            _ => self.among.clone(),
        }
    }
}

/// A single character that stands for a province: 沪.
fn is_abbreviation(of: Division, name: &str, after: &str) -> bool {
    of.level() == Level::Province && name.len() - after.len() <= '沪'.len_utf8()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '/' | '\\' | '-' | '—' | '–' | '>' | '|' | ',' | '，' | '、' | '。' | ';' | '·' | '_' | '.' | ':'
        )
        || matches!(c, '(' | ')' | '[' | ']' | '【' | '】' | '→')
}

/// Whether a name ends here.
fn ends(after: &str) -> bool {
    after.chars().next().is_none_or(is_separator)
}

/// The text behind separators and what pickers put where a municipality has no city.
fn skipped(text: &str, within: bool) -> &str {
    const FILLERS: [&str; 6] =
        ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位", "省直辖"];
    let mut text = text.trim_start_matches(is_separator);
    if !within {
        return text;
    }
    loop {
        let filler = FILLERS.iter().find_map(|filler| text.strip_prefix(filler));
        let Some(after) = filler else { return text };
        text = after.trim_start_matches(is_separator);
    }
}

/// The text without a label (地址：) and without the country.
fn without_country(text: &str) -> &str {
    let label = text.split_once(':').map_or("", |(label, _)| label);
    let bare = if TABLE.named(label).is_empty() { behind_label(text) } else { text };
    let bare = bare.trim_start_matches(is_separator);
    let countries = ["中华人民共和国", "中国大陆", "中国"];
    let inner = countries.iter().find_map(|country| bare.strip_prefix(country)).unwrap_or(bare);
    if inner.is_empty() { bare } else { inner }
}

/// Whether a name without suffix goes on as the name of a street or place: 南京路, 北京西路, 深圳大道.
fn is_street(after: &str) -> bool {
    let after =
        after.strip_prefix(['东', '西', '南', '北', '中']).filter(|rest| !rest.is_empty()).unwrap_or(after);
    after
        .strip_prefix('大')
        .unwrap_or(after)
        .starts_with(['路', '街', '道', '巷', '弄', '桥', '站', '公', '村', '镇', '乡', '里'])
}

/// What is wrong where a division is named next that is not in the one
/// before: 杭州市南山区, 北京、上海.
fn unknown_within(division: Division, rest: &str) -> Option<Fault> {
    let rest = rest.trim_start_matches(is_separator);
    let word = rest.get(..rest.find(is_separator).unwrap_or(rest.len()))?;
    let large = |name: &Name| !name.bare || name.of.level() < Level::District;
    if TABLE.named(word).iter().any(|name| name.of.level() <= division.level() && large(name)) {
        return Some(Fault::new("several divisions that are not within each other"));
    }
    if division.level() == Level::District || !is_foreign(word) {
        return None;
    }
    Some(Fault::new(match division.level() {
        Level::Province if !division.is_municipality() => "no such city or district in that province",
        _ => "no such district in that city",
    }))
}

/// Whether a word is, or begins with, the name of a division that is not
/// known where it stands. Development zones and quarters are no divisions.
fn is_foreign(word: &str) -> bool {
    const OTHERS: [&str; 17] = [
        "开发区",
        "经济特区",
        "高新区",
        "园区",
        "新区",
        "保税区",
        "示范区",
        "小区",
        "社区",
        "校区",
        "厂区",
        "景区",
        "工业区",
        "经开区",
        "管理区",
        "试验区",
        "城区",
    ];
    let name = word.find(['区', '县', '市', '旗']).and_then(|at| word.get(..at + '区'.len_utf8()));
    name.is_some_and(|name| {
        let alone = name == word && (2..=6).contains(&name.chars().count());
        let known = TABLE.named(name).iter().any(|name| !name.bare);
        (alone || known) && !OTHERS.iter().any(|other| name.ends_with(other))
    })
}

/// The traditional characters that stand in names of divisions, made simplified, and no
/// others: [`chinese::simplified`](crate::normalize::chinese::simplified) would make 干县 of 乾县.
fn simplified(text: &str) -> Cow<'_, str> {
    static PAIRS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
        let mut chars = include_str!("traditional.txt").trim_end().chars();
        std::iter::from_fn(|| Some((chars.next()?, chars.next()?))).collect()
    });
    let simple = |c: char| {
        let at = PAIRS.binary_search_by_key(&c, |(traditional, _)| *traditional).ok()?;
        PAIRS.get(at).map(|(_, simplified)| *simplified)
    };
    match text.chars().any(|c| simple(c).is_some()) {
        true => text.chars().map(|c| simple(c).unwrap_or(c)).collect(),
        false => Cow::Borrowed(text),
    }
}
