//! Which fields the name of a column may mean.

use std::sync::Arc;

use super::header::{Reading, key, readings, words};
use super::meaning::Meaning;
use super::object::{Object, fitness, is_out_of_place, names_another};
use super::target::{Target, Tier};

/// A field that a column may become.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub field: usize,
    pub score: f64,
    pub reason: String,
}

/// From this on, a name is known that may mean several fields.
const KNOWN: f64 = 0.62;

/// Below this, the names that are alike are looked for too.
const SURE: f64 = 0.8;

/// What is longer, in bytes, is no name: a row of text where names should be, or a quote that nobody closed.
const LONGEST_NAME: usize = 1000;

/// Ends of names that say nothing by themselves.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "name", "type", "status", "id", "number", "date", "time", "code", "value", "count", "total", "no", "title", "level", "state", "area", "last",
    "first", "group", "size", "body", "content", "comments", "parent", "rating", "category", "note", "position", "function", "active", "text", "service", "result", "stage", "amount", "label",
    "source", "owner", "account", "contact", "phase", "step", "score", "region", "start", "end", "post", "role", "team", "closed", "done", "length",
    "名称", "编号", "类型", "状态", "时间", "日期", "编码", "数量", "分类", "情况", "结果", "原因", "类别", "内容", "等级", "级别", "来源", "金额", "人数",
    "其他", "区域", "规模", "说明", "信息", "角色", "关系", "产品", "项目", "地区", "阶段", "描述", "标题", "主题", "详情", "名字", "记录", "性质",
];

/// What may stand for a number that may be a mobile one.
#[rustfmt::skip]
const ANY_PHONE: &[&str] = &["电话", "联系电话", "电话号码", "联系方式", "phone", "phonenumber", "tel", "telephone", "contactnumber", "联络电话", "number", "dh", "lxdh"];

/// The fields that a name may mean, the best first, each once.
pub(super) fn candidates(
    name: &str,
    target: &Target,
    object: Option<Object>,
    is_pinyin: bool,
) -> Vec<Candidate> {
    if name.len() > LONGEST_NAME {
        return Vec::new();
    }
    let readings = readings(name);
    let mut found = Vec::new();
    for reading in &readings {
        exact(reading, target, object, is_pinyin, &mut found);
    }
    if found.iter().all(|candidate| candidate.score < SURE) {
        ending(name, target, object, &mut found);
        similar(&readings, target, object, &mut found);
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.field.cmp(&b.field)));
    found
}

/// The field of the canonical customer model that a name means, whatever the file is about, and what it holds.
pub(crate) fn customer_field(name: &str) -> Option<(Arc<str>, Meaning)> {
    let target = Target::customer();
    let best = candidates(name, &target, None, false).into_iter().next()?;
    let field = &target.fields[best.field];
    (best.score >= KNOWN).then_some((field.name.clone(), field.meaning?))
}

/// Whether a name leaves open what kind of number it is.
pub(super) fn is_any_phone(name: &str) -> bool {
    readings(name).iter().any(|reading| reading.share > 0.9 && ANY_PHONE.contains(&reading.key.as_str()))
}

/// Whether a name says nothing by itself: `Name`, `Date`.
pub(super) fn is_generic(name: &str) -> bool {
    GENERIC.contains(&key(name).as_str())
}

/// Whether a column holds a part of a date that others hold the rest of: `Birth Day` beside `Birth Year`.
pub(super) fn is_part<'n>(name: &str, mut names: impl Iterator<Item = &'n str>) -> bool {
    const PARTS: [[&str; 3]; 2] = [["year", "month", "day"], ["年", "月", "日"]];
    let own = key(name);
    let stem = |key: &str, parts: &[&str; 3]| {
        parts.iter().find_map(|part| key.strip_suffix(part).map(str::to_owned))
    };
    PARTS.iter().any(|parts| {
        stem(&own, parts).is_some_and(|own_stem| {
            names.any(|other| {
                let other = key(other);
                other != own && stem(&other, parts).as_ref() == Some(&own_stem)
            })
        })
    })
}

/// Whether names of columns are written in pinyin and initials: then short ones are to be trusted.
pub(super) fn is_pinyin<'n>(names: impl Iterator<Item = &'n str>, target: &Target) -> bool {
    let (mut short, mut other) = (0, 0);
    for name in names {
        match target.names.get(&*key(name)) {
            Some(namings) if namings.iter().all(|naming| naming.tier == Tier::Short) => short += 1,
            Some(_) => other += 1,
            None => {}
        }
    }
    short >= 3 && short > other
}

fn exact(
    reading: &Reading,
    target: &Target,
    object: Option<Object>,
    is_pinyin: bool,
    found: &mut Vec<Candidate>,
) {
    let namings = target.names.get(reading.key.as_str()).map_or(&[][..], Vec::as_slice);
    for naming in namings {
        let (surety, known) = match naming.tier {
            Tier::Seen => (1.0, "a name that CRMs use"),
            Tier::Usual | Tier::Second => (0.97, "a usual name"),
            Tier::Short if is_pinyin => (0.9, "an abbreviation, as in the whole file"),
            Tier::Short if reading.key.len() > 4 => (0.78, "an abbreviation"),
            Tier::Short => (0.5, "an abbreviation"),
        };
        let Some(field) = numbered(target, naming.field, reading.ordinal) else { continue };
        let is_open = namings.len() > 1 || GENERIC.contains(&reading.key.as_str());
        let place = placed(target, field, object, is_open);
        let owner = match reading.object {
            Some(owner) if target.is_canonical && differs(target.fields[field].group(), owner) => 0.75,
            _ => 1.0,
        };
        let repeated = if reading.ordinal > 1 && field == naming.field && !joins(&target.fields[field].name) {
            0.6
        } else {
            1.0
        };
        let is_foreign = target.is_canonical
            && *target.fields[field].name == *"record_id"
            && object.is_some_and(|object| names_another(&reading.key, object));
        let foreign = if is_foreign { 0.93 } else { 1.0 };
        let score = surety * reading.share * place * owner * repeated * foreign;
        offer(found, field, score, || format!("`{}` is {known}", reading.key));
    }
}

fn differs(group: &str, owner: &str) -> bool {
    let same = matches!((group, owner), ("lead", "person") | ("person", "lead"));
    !matches!(group, "" | "address") && group != owner && !same
}

/// How well a field goes with the object of the file; less so where the name leaves open what it means.
fn placed(target: &Target, field: usize, object: Option<Object>, is_ambiguous: bool) -> f64 {
    let field = &target.fields[field];
    if !target.is_canonical || field.group().is_empty() && object.is_none() {
        return 1.0;
    }
    let Some(object) = object else {
        // A parent is of the same kind as the record, whatever that is.
        return if is_ambiguous || *field.name == *"account.parent" { 0.68 } else { 0.9 };
    };
    let fitness = fitness(object, field.group());
    match (is_ambiguous, is_out_of_place(object, &field.name)) {
        (true, true) => 0.6 * fitness,
        (true, false) => fitness,
        (false, _) => fitness.max(0.92),
    }
}

/// The field of the second phone, the second address: another one, where there is one.
fn numbered(target: &Target, field: usize, ordinal: u32) -> Option<usize> {
    let name = &*target.fields[field].name;
    let other = match name {
        _ if ordinal < 2 || !target.is_canonical => return Some(field),
        "person.phone" | "person.mobile" | "account.phone" => "person.other_phone",
        "person.email" | "account.email" => "person.email_secondary",
        _ => return Some(field),
    };
    target.fields.iter().position(|field| *field.name == *other)
}

/// Whether several columns go into the field, one after the other.
pub(super) fn joins(field: &str) -> bool {
    matches!(field, "address.street" | "address.shipping")
}

/// Names that end in a known one: `紧急联系手机`, `Preferred e-mail`.
fn ending(name: &str, target: &Target, object: Option<Object>, found: &mut Vec<Candidate>) {
    let words = words(name);
    let pieces: Vec<String> = match words.as_slice() {
        [one] if !one.is_ascii() => one.chars().map(String::from).collect(),
        _ => words,
    };
    for from in 1..pieces.len() {
        let end = pieces[from..].concat();
        if GENERIC.contains(&end.as_str())
            || end.chars().count() < 2
            || end.chars().all(|c| c.is_ascii_digit())
        {
            continue;
        }
        let Some(namings) = target.names.get(end.as_str()) else { continue };
        let known = (pieces.len() - from) as f64 / pieces.len() as f64;
        for naming in namings.iter().filter(|naming| matches!(naming.tier, Tier::Seen | Tier::Usual)) {
            let place = placed(target, naming.field, object, namings.len() > 1);
            offer(found, naming.field, (0.58 + 0.2 * known) * place, || format!("it ends in `{end}`"));
        }
        return;
    }
}

/// Names that differ by a slip.
fn similar(readings: &[Reading], target: &Target, object: Option<Object>, found: &mut Vec<Candidate>) {
    for reading in readings.iter().filter(|reading| reading.share > 0.9) {
        let length = reading.key.chars().count();
        let is_ascii = reading.key.is_ascii();
        let (shortest, slips) = if is_ascii { (5, 1 + usize::from(length > 9)) } else { (4, 1) };
        if length < shortest {
            continue;
        }
        let signs = signs(&reading.key);
        for (known, namings) in target.names.iter() {
            let is_near = known.len().abs_diff(reading.key.len()) <= if is_ascii { slips } else { 3 }
                && differing(signs, self::signs(known)) <= 2 * slips
                && known.is_ascii() == is_ascii
                && known.chars().count() >= shortest
                && strsim::jaro_winkler(known, &reading.key) >= 0.9
                && strsim::osa_distance(known, &reading.key) <= slips;
            if !is_near {
                continue;
            }
            let likeness = strsim::jaro_winkler(known, &reading.key);
            for naming in namings.iter().filter(|naming| naming.tier != Tier::Short) {
                let place = placed(target, naming.field, object, namings.len() > 1);
                let score = (0.8 * likeness) * reading.share * place;
                offer(found, naming.field, score, || format!("`{}` is like `{known}`", reading.key));
            }
        }
    }
}

/// Which characters a text has, many to a bit: a slip changes two bits at most.
fn signs(text: &str) -> u64 {
    text.chars().fold(0, |signs, c| signs | 1 << (u32::from(c) % 64))
}

fn differing(signs: u64, others: u64) -> usize {
    (signs ^ others).count_ones() as usize
}

/// Keeps the best score of a field; of equal ones the reason that comes first in the alphabet.
pub(super) fn offer(found: &mut Vec<Candidate>, field: usize, score: f64, reason: impl FnOnce() -> String) {
    match found.iter_mut().find(|known| known.field == field) {
        Some(known) if known.score > score => {}
        Some(known) => {
            let reason = reason();
            if score > known.score || reason < known.reason {
                *known = Candidate { field, score, reason };
            }
        }
        None => found.push(Candidate { field, score, reason: reason() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(name: &str, object: Object) -> String {
        let target = Target::customer();
        let found = candidates(name, &target, Some(object), false);
        found
            .first()
            .map_or(String::new(), |best| format!("{} {:.2}", target.fields[best.field].name, best.score))
    }

    #[test]
    fn the_object_decides_what_a_name_means() {
        let field = |name, object| best(name, object).split(' ').next().unwrap_or_default().to_owned();
        assert_eq!(field("Name", Object::Account), "account.name");
        assert_eq!(field("Name", Object::Contact), "person.full_name");
        assert_eq!(field("名称", Object::Deal), "deal.name");
        assert_eq!(field("客户名称", Object::Account), "account.name");
        assert_eq!(field("客户名称", Object::Contact), "person.account");
        assert_eq!(field("客户名称", Object::Lead), "lead.company");
        assert_eq!(field("客户名称", Object::Deal), "deal.account");
        assert_eq!(field("客户名称", Object::Activity), "activity.related_to");
        assert_eq!(field("状态", Object::Lead), "lead.status");
        assert_eq!(field("Type", Object::Deal), "deal.type");
        assert_eq!(field("备注", Object::Account), "description");
    }

    #[test]
    fn second_ones_have_fields_of_their_own() {
        assert!(best("Phone 2", Object::Contact).starts_with("person.other_phone"));
        assert!(best("邮箱2", Object::Contact).starts_with("person.email_secondary"));
        assert!(best("Street2", Object::Account).starts_with("address.street"));
    }

    #[test]
    fn slips_and_unknown_beginnings_are_less_sure() {
        assert_eq!(best("Emial Adress", Object::Contact).split(' ').next(), Some("person.email"));
        assert!(best("紧急联络手机号", Object::Contact).starts_with("person.mobile"));
        assert_eq!(best("Fiscal Year", Object::Deal), "");
        assert_eq!(best("Custom 1", Object::Contact), "");
    }

    #[test]
    fn a_text_in_place_of_a_name_is_not_looked_into() {
        let target = Target::customer();
        assert!(candidates(&"phone ".repeat(100_000), &target, None, false).is_empty());
        let long = format!("手机 ({})", "no spaces and no dashes, please; ".repeat(20));
        assert_eq!(
            candidates(&long, &target, None, false).first().map(|best| &*target.fields[best.field].name),
            Some("person.mobile")
        );
    }
}
