//! Writing a name.

use std::fmt;

use super::east_asian::{is_east_asian, parse};
use super::key::is_pinyin_name;
use super::read::push_word;
use super::{Order, Part, PersonName};

/// The name in its usual order: `Dr. John "Jack" V. Smith, Jr. (née Jones)`;
/// family name first and without a space where it is East Asian and read as
/// the same so: `王小明先生`, `山田 エミ`; with a dot where it is transcribed.
impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self, Order::ByScript))
    }
}

/// The whole name, so that it is read as the same in this order: where the
/// family name stands first, Western names are written with a comma behind it.
pub(super) fn written(name: &PersonName, order: Order) -> String {
    let words = || [&name.given, &name.middle, &name.family].into_iter().flat_map(|part| part.split(' '));
    let mut written = match words().filter(|word| !word.is_empty()).all(is_east_asian) {
        true => east_asian(name),
        false => western(name, order),
    };
    if !name.maiden.is_empty() {
        let marker = if is_east_asian(&name.maiden) { "旧姓 " } else { "née " };
        written.push_str(" (");
        written.push_str(marker);
        written.push_str(&name.maiden);
        written.push(')');
    }
    written
}

fn western(name: &PersonName, order: Order) -> String {
    let mut out = String::with_capacity(64);
    let comma = order == Order::FamilyFirst;
    let first = (comma
        || order == Order::Pinyin && is_pinyin_name([&name.family, &name.given, &name.middle]))
        && !name.family.is_empty()
        && !name.given.is_empty();
    if first {
        out.push_str(&name.family);
        out.push_str(if comma { "," } else { "" });
    }
    push_word(&mut out, &name.title, " ");
    push_word(&mut out, &name.given, " ");
    if !name.nickname.is_empty() {
        let mark = if name.nickname.contains('"') { ["(", ")"] } else { ["\"", "\""] };
        push_word(&mut out, mark[0], " ");
        out.push_str(&name.nickname);
        out.push_str(mark[1]);
    }
    push_word(&mut out, &name.middle, " ");
    if !first {
        push_word(&mut out, &name.family, " ");
    }
    push_word(&mut out, &name.suffix, if starts_east_asian(&name.suffix) { " " } else { ", " });
    out
}

fn starts_east_asian(suffix: &str) -> bool {
    suffix.split([' ', ',']).next().is_some_and(is_east_asian)
}

fn east_asian(name: &PersonName) -> String {
    let mut out = String::with_capacity(48);
    if name.transcribed {
        let han = name.given.chars().next().is_some_and(|c| !matches!(c, '\u{3040}'..='\u{30FF}'));
        let dot = if han { "·" } else { "・" };
        for part in [&name.given, &name.middle, &name.family] {
            push_word(&mut out, &part.replace(' ', dot), dot);
        }
    } else {
        out.push_str(&name.family);
        out.push_str(&name.given);
        let again = parse(&[&out], None, Order::ByScript);
        if again.family != name.family || again.given != name.given {
            out.truncate(name.family.len());
            push_word(&mut out, &name.given, " ");
        }
        push_word(&mut out, &name.middle, " ");
    }
    if !name.suffix.is_empty() {
        let address = starts_east_asian(&name.suffix);
        let glued = address && !name.suffix.contains([' ', ',']) && read_glued(name, &out);
        push_word(
            &mut out,
            &name.suffix,
            if glued {
                ""
            } else if address {
                " "
            } else {
                ", "
            },
        );
    }
    if !name.title.is_empty() {
        let apart = if is_east_asian(&name.title) { "" } else { " " };
        out = format!("{}{apart}{out}", name.title);
    }
    if !name.nickname.is_empty() {
        out = format!("{out} ({})", name.nickname);
    }
    out
}

/// Whether the form of address is found again where no space stands before it.
fn read_glued(name: &PersonName, written: &str) -> bool {
    let glued = format!("{written}{}", name.suffix);
    let again = parse(&[&glued], None, Order::ByScript);
    again.suffix == name.suffix && again.family == name.family && again.given == name.given
}

/// The parts that are there as a JSON object: `{"given":"John","family":"Smith"}`.
pub(super) fn json(name: &PersonName) -> String {
    let mut out = String::from("{");
    for part in Part::ALL.into_iter().filter(|part| !name.part(*part).is_empty()) {
        if out.len() > 1 {
            out.push(',');
        }
        out.push('"');
        out.push_str(part.name());
        out.push_str("\":\"");
        for c in name.part(part).chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c => out.push(c),
            }
        }
        out.push('"');
    }
    out.push('}');
    out
}
