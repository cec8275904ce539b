//! Reading a name: tidied, clauses taken out, parted at commas, and given to
//! the reader of its script.

use std::borrow::Cow;

use super::clauses::{self, Clauses};
use super::key::is_pinyin_name;
use super::piece::Piece;
use super::words::TITLE;
use super::{Order, PersonName, east_asian, western};
use crate::normalize::text;

/// Reads a name that is tidied.
pub(super) fn read(text: &str, order: Order) -> PersonName {
    let quoted = text.contains("''").then(|| text.replace("''", "\""));
    let Clauses { rest, nickname, maiden } = clauses::take(quoted.as_deref().unwrap_or(text));
    let mut segments: Vec<&str> = rest.split([',', '،']).map(str::trim).collect();
    let mut first = true;
    segments.retain(|segment| std::mem::take(&mut first) || !segment.is_empty());
    let mut name = match east_asian::applies(&segments) {
        true => read_east_asian(&segments, order),
        false => western::parse(&segments, is_family_first(&segments, order)),
    };
    let moves =
        !name.given.is_empty() && name.family.is_empty() && name.middle.is_empty() && name.title.is_empty();
    let moves = moves && (name.suffix.is_empty() || !maiden.is_empty());
    if moves && (!nickname.is_empty() || !maiden.is_empty()) {
        std::mem::swap(&mut name.family, &mut name.given);
    }
    name.nickname = nickname;
    push_word(&mut name.maiden, &maiden, " ");
    name
}

/// The text as one would write it: width, form, white space, and no pictures.
pub(super) fn tidied(text: &str) -> Cow<'_, str> {
    let picture = |c: char| matches!(c, '\u{2600}'..='\u{27BF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}');
    let tidy = text::tidied(text);
    match tidy.contains(picture) {
        false => tidy,
        true => Cow::Owned(tidied(&tidy.replace(picture, "")).into_owned()),
    }
}

fn is_family_first(segments: &[&str], order: Order) -> bool {
    if let [whole] = segments
        && let Some((first, rest)) = whole.split_once(' ')
        && rest.is_ascii()
        && order != Order::GivenFirst
        && east_asian::is_chinese_family(first)
    {
        // `张 David`: the family name in the one script, the given name in the other.
        return true;
    }
    match order {
        Order::FamilyFirst => true,
        Order::Pinyin => segments.iter().all(|segment| is_pinyin_name(segment.split(' '))),
        Order::ByScript | Order::GivenFirst => false,
    }
}

/// An East Asian name, with titles and suffixes that may be Western: `Dr 김민준씨, Jr.`.
fn read_east_asian(segments: &[&str], order: Order) -> PersonName {
    let (mut titles, mut suffixes, mut maiden) = (String::new(), String::new(), String::new());
    let mut words = Vec::new();
    let mut comma = None;
    for (at, segment) in segments.iter().enumerate() {
        if at == 1 {
            comma = Some(words.len());
        }
        let mut separator = if at == 0 { " " } else { ", " };
        let mut segment_words = segment.split(' ').filter(|word| !word.is_empty());
        while let Some(word) = segment_words.next() {
            match word {
                "旧姓" | "舊姓" => {
                    push_word(&mut maiden, segment_words.next().unwrap_or_default(), " ");
                }
                word if east_asian::is_address(word) && at > 0 => {
                    push_word(&mut suffixes, word, separator);
                    separator = " ";
                }
                word if east_asian::is_east_asian(word) => words.push(word),
                word if words.is_empty() || word.ends_with('.') && Piece::of(word, 0).is(TITLE) => {
                    push_word(&mut titles, word, " ");
                }
                word if at == 1 && Piece::of(word, 0).initials == 1 => words.push(word),
                word => {
                    push_word(&mut suffixes, word, separator);
                    separator = " ";
                }
            }
        }
    }
    let mut name = east_asian::parse(&words, comma, order);
    push_word(&mut titles, &name.title, " ");
    name.title = titles;
    let separator = if segments.len() > 1 { ", " } else { " " };
    push_word(&mut name.suffix, &suffixes, separator);
    name.maiden = maiden;
    name
}

/// Adds a word behind those that are there.
pub(super) fn push_word(words: &mut String, word: &str, separator: &str) {
    if !words.is_empty() && !word.is_empty() {
        words.push_str(separator);
    }
    words.push_str(word);
}

/// The order that the name of a column tells, if it tells one.
pub(super) fn order_of_column(name: &str) -> Order {
    let name = name.to_lowercase();
    let first = |words: &[&str]| words.iter().filter_map(|word| name.find(word)).min();
    let family =
        first(&["last", "family", "surname", "nachname", "apellido", "nom ", "cognome", "姓", "氏", "성"]);
    let given =
        first(&["first", "given", "forename", "vorname", "nombre", "prénom", "prenom", "nome", "名", "명"]);
    match (family, given) {
        _ if ["姓名", "氏名", "성명", "名前", "이름", "联系人", "聯絡人", "姓 名"]
            .iter()
            .any(|word| name.contains(word)) =>
        {
            Order::Pinyin
        }
        (Some(family), Some(given)) if family < given => Order::FamilyFirst,
        (Some(_), Some(_)) => Order::GivenFirst,
        _ => Order::ByScript,
    }
}
