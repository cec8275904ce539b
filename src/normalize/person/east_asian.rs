//! Names in Chinese characters, kana and Hangul: `欧阳娜娜女士`, `山田 エミ`, `김민준 씨`.
//!
//! The family name stands first, except in transcriptions (`威廉·莎士比亚`,
//! katakana only). Without a space it is told by tables and by length.

use std::sync::LazyLock;

use super::piece::Piece;
use super::read::push_word;
use super::surnames::{is_chinese, is_compound, is_japanese, is_korean, is_surely_japanese};
use super::words::{MAYBE, TITLE, Words};
use super::{Order, PersonName};
use crate::normalize::chinese::simplified_char;

/// What one is addressed by, behind the name: titles, offices, kinship; the longest first.
const ADDRESSES: &str = "\
副总经理 副總經理 醫學博士 医学博士 设计總監 国会議員 國會議員 변호사님 总经理 總經理 董事长 董事長 \
副教授 护士长 工程师 工程師 会计师 會計師 设计师 老板娘 检察官 ちゃん 副社長 取締役 弁護士 박사님 \
교수님 선생님 사장님 부장님 과장님 대리님 차장님 팀장님 대표님 이사님 회장님 실장님 원장님 변호사 \
기자님 여사님 先生 女士 小姐 太太 夫人 老师 老師 总监 總監 副总 副總 董事 总裁 總裁 总工 经理 經理 \
主任 主管 主席 书记 書記 教授 博士 硕士 医生 醫生 醫師 医师 大夫 护士 律师 律師 局长 局長 处长 處長 \
科长 科長 院长 院長 校长 校長 所长 所長 站长 部长 部長 店长 店長 厂长 廠長 行长 行長 队长 隊長 班长 \
组长 組長 村长 镇长 县长 区长 市长 市長 省长 省長 老板 老闆 师傅 師傅 阿姨 叔叔 伯伯 大姐 大哥 爷爷 \
奶奶 同学 同學 同志 秘书 秘書 会计 會計 采购 採購 助理 客服 顾问 顧問 专员 导演 女史 议员 議員 法官 \
警官 将军 將軍 大使 さん さま くん 社長 課長 係長 次長 専務 常務 会長 代表 医師 監督 박사 교수 선생 \
사장 부장 과장 대리 차장 팀장 대표 이사 회장 실장 원장 기자 여사 总 總 工 姐 哥 嫂 叔 姨 导 董 様 君 \
氏 殿 씨 님 군 양";

/// The family names that people are called by with `小` or `老`.
const FAMILIAR: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛余潘杜戴钟汪任姜范姚谭廖邹陆郝孔崔邱秦史顾侯邵孟钱尹";

/// In characters.
const LONGEST_ADDRESS: usize = 4;

/// Addresses that only stand behind a family name alone: elsewhere they are part of a given name.
const SHORT_ADDRESSES: &[&str] =
    &["总", "總", "工", "哥", "姐", "嫂", "叔", "姨", "导", "董", "氏", "씨", "이사", "대리", "군", "양"];

static KNOWN: LazyLock<Words<&'static str>> = LazyLock::new(|| ADDRESSES.split(' ').collect());

/// A script in which names are written without case or spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Han,
    Hiragana,
    Katakana,
    Hangul,
}

fn script(c: char) -> Option<Script> {
    match c {
        '\u{4E00}'..='\u{9FFF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{20000}'..='\u{3134F}'
        | '\u{F900}'..='\u{FAFF}'
        | '々'
        | '〆'
        | '〇'
        | 'ヶ' => Some(Script::Han),
        '\u{3041}'..='\u{309F}' => Some(Script::Hiragana),
        '\u{30A0}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{FF66}'..='\u{FF9F}' => Some(Script::Katakana),
        '\u{AC00}'..='\u{D7A3}' | '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' => Some(Script::Hangul),
        _ => None,
    }
}

/// The scripts of a word: none where it has other characters.
fn scripts(word: &str) -> Option<(Script, Script)> {
    let mut of = word
        .chars()
        .filter(|c| !matches!(c, '.' | '。' | '\u{3099}' | '\u{309A}' | '\u{309B}' | '\u{309C}'))
        .map(script);
    let first = of.next()??;
    let mut last = first;
    for next in of {
        let next = next?;
        if next != first {
            last = next;
        }
    }
    Some((first, last))
}

/// Whether a word is one of these scripts, so that it may be a name or part of one.
pub(super) fn is_east_asian(word: &str) -> bool {
    !word.is_empty() && word.split(is_dot).all(|part| scripts(part).is_some())
}

/// Whether all words are East Asian, but for titles and suffixes.
pub(super) fn applies(segments: &[&str]) -> bool {
    if segments.iter().all(|segment| segment.is_ascii()) {
        return false;
    }
    let mut found = false;
    let words =
        segments.iter().enumerate().flat_map(|(at, segment)| segment.split(' ').map(move |word| (at, word)));
    for (at, word) in words.filter(|(_, word)| !word.is_empty()) {
        match is_east_asian(word) {
            true => found = true,
            false => {
                let piece = Piece::of(word, 0);
                let known = match found {
                    false => piece.is(TITLE),
                    true => {
                        piece.is_suffix() || piece.is_numeral() && word.len() > 1 || at > 0 || piece.is(MAYBE)
                    }
                };
                if !known {
                    return false;
                }
            }
        }
    }
    found
}

/// The dots between the parts of a transcribed name.
fn is_dot(c: char) -> bool {
    matches!(c, '·' | '・' | '･' | '•' | '‧' | '∙')
}

/// Reads a name of which all words are East Asian.
pub(super) fn parse(words: &[&str], comma: Option<usize>, order: Order) -> PersonName {
    let mut name = PersonName::default();
    let mut words = words.to_vec();
    let comma = comma.filter(|&at| at > 0 && at < words.len());
    while words.last().is_some_and(|word| is_address(word) && (words.len() > 1 || !is_family(bare(word)))) {
        if let Some(word) = words.pop() {
            name.suffix.insert_str(0, if name.suffix.is_empty() { "" } else { " " });
            name.suffix.insert_str(0, word);
        }
    }
    if let [first, _, ..] = words.as_slice()
        && is_address(first)
        && !is_family(first)
    {
        name.title.push_str(words.remove(0));
    }
    let several = words.len() > 1;
    if let Some(last) = words.last_mut()
        && let Some((rest, address)) = addressed(last, several)
    {
        *last = rest;
        name.suffix.insert_str(0, if name.suffix.is_empty() { "" } else { " " });
        name.suffix.insert_str(0, address);
    }
    if let Some(last) = comma.and_then(|comma| words.get_mut(comma - 1))
        && let Some((rest, address)) = addressed(last, false)
    {
        *last = rest;
        push_word(&mut name.suffix, address, " ");
    }
    match words.as_slice() {
        [] => {}
        [only] => one_word(&mut name, only),
        words => several_words(&mut name, words, comma, order),
    }
    name
}

fn bare(word: &str) -> &str {
    word.trim_end_matches(['.', '。'])
}

/// Whether a word is nothing but a form of address.
pub(super) fn is_address(word: &str) -> bool {
    KNOWN.contains(bare(word))
}

/// A name and the form of address that is written together with it.
fn addressed(word: &str, several: bool) -> Option<(&str, &str)> {
    let plain = bare(word);
    let longest = plain.char_indices().rev().take(LONGEST_ADDRESS).map(|(at, _)| at).filter(|at| *at > 0);
    let mut starts = [0; LONGEST_ADDRESS];
    let found = longest.zip(&mut starts).map(|(at, start)| *start = at).count();
    starts.iter().take(found).rev().find_map(|&at| {
        let (rest, address) = plain.split_at_checked(at).filter(|(_, address)| KNOWN.contains(address))?;
        let (_, behind) = word.split_at_checked(at)?;
        let family = is_family(rest);
        let length = rest.chars().count();
        let hangul = rest.chars().all(|c| script(c) == Some(Script::Hangul));
        let likely = match address {
            "씨" | "님" | "さん" | "様" => family || several || length > 2,
            "殿" | "君" => family && length > 1 || length > 2,
            short if SHORT_ADDRESSES.contains(&short) => family,
            _ if hangul => family || length > 2,
            _ => family || length > 1,
        };
        likely.then_some((rest, behind))
    })
}

/// How many bytes of a name in Chinese characters are the family name, given name behind it.
pub(crate) fn chinese_family(name: &str) -> Option<usize> {
    let mut ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
    let (one, two) = (ends.next()?, ends.next());
    if let Some(two) = two.filter(|two| *two < name.len() && is_compound(&name[..*two])) {
        return Some(two);
    }
    name.chars().next().is_some_and(is_chinese).then_some(one)
}

/// Whether a text is a Chinese family name and nothing else.
pub(super) fn is_chinese_family(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_chinese) && chars.next().is_none() || is_compound(text)
}

/// Whether a text is a family name and nothing else.
fn is_family(text: &str) -> bool {
    is_chinese_family(text) || is_japanese(text) || is_korean(text)
}

/// A name without spaces.
fn one_word(name: &mut PersonName, word: &str) {
    if let Some((given, family)) = word.split_once(is_dot) {
        return transcribed(name, word, given, family);
    }
    let Some((first, last)) = scripts(word) else {
        name.given.push_str(word);
        return;
    };
    let at = match (first, last) {
        _ if is_family(bare(word)) => word.len(),
        (Script::Hangul, Script::Hangul) => hangul_family(word),
        (Script::Han, Script::Han) => han_family(word),
        (Script::Han, _) => kana_family(word),
        (Script::Katakana, _) => 0,
        _ => word.len(),
    };
    let (family, given) = word.split_at_checked(at).unwrap_or((word, ""));
    match familiar(given).filter(|_| family.is_empty()) {
        Some((title, family)) => {
            name.title.push_str(title);
            name.family.push_str(family);
        }
        None => {
            name.family.push_str(family);
            name.given.push_str(given);
        }
    }
}

/// `小王`, `老李`: a form of address and a family name, which is none of those
/// that are given names as often (`小明`).
fn familiar(word: &str) -> Option<(&str, &str)> {
    let (title, family) = word.split_at_checked(bytes(word, 1))?;
    let mut chars = family.chars();
    let known = chars.next().is_some_and(|c| FAMILIAR.contains(simplified_char(c))) && chars.next().is_none();
    (matches!(title, "小" | "老") && known).then_some((title, family))
}
/// `威廉·莎士比亚`, `マイケル・ジャクソン`: in the order of the language it comes from.
fn transcribed(name: &mut PersonName, word: &str, given: &str, family: &str) {
    let mut parts: Vec<&str> = word.split(is_dot).filter(|part| !part.is_empty()).collect();
    if parts.len() > 2 && parts.last().is_some_and(|last| matches!(*last, "ジュニア" | "シニア")) {
        name.suffix.push_str(parts.pop().unwrap_or_default());
    }
    let han = scripts(given).is_some_and(|(first, _)| first == Script::Han);
    match parts.as_slice() {
        [family, given] if han && word.contains(['・', '･']) => {
            name.family.push_str(family);
            name.given.push_str(given);
        }
        [given, middle @ .., family] => {
            name.transcribed = true;
            name.given.push_str(given);
            name.middle = middle.join(" ");
            name.family.push_str(family);
        }
        _ => {
            name.given.push_str(given);
            name.family.push_str(family);
        }
    }
}

/// How many bytes the characters in front are.
fn bytes(word: &str, chars: usize) -> usize {
    word.char_indices().nth(chars).map_or(word.len(), |(at, _)| at)
}

fn hangul_family(word: &str) -> usize {
    let two = bytes(word, 2);
    let length = bare(word).chars().count();
    match word.get(..two).is_some_and(is_korean) && length > 3
        || length == 3
            && word.get(..two).is_some_and(|family| {
                is_korean(family) && !family.starts_with(['선', '서', '강', '소', '장', '동'])
            }) {
        true => two,
        false if length > 1 && length < 5 && word.get(..bytes(word, 1)).is_some_and(is_korean) => {
            bytes(word, 1)
        }
        false => 0,
    }
}

fn han_family(word: &str) -> usize {
    let length = bare(word).chars().count();
    let upto = |chars: usize| word.get(..bytes(word, chars)).unwrap_or_default();
    let first_chinese = word.chars().next().is_some_and(is_chinese);
    for chars in [4, 3, 2] {
        if length > chars && is_compound(upto(chars)) {
            return bytes(word, chars);
        }
    }
    for chars in [4, 3, 2] {
        let surely = length > 3 || !first_chinese || is_surely_japanese(upto(chars));
        if length > chars && is_japanese(upto(chars)) && surely {
            return bytes(word, chars);
        }
    }
    let second_chinese = word.chars().nth(1).is_some_and(is_chinese);
    match length {
        4 if first_chinese && second_chinese => bytes(word, 2),
        2..=4 if first_chinese => bytes(word, 1),
        4 | 5 => bytes(word, 2),
        3 if is_japanese(upto(1)) => bytes(word, 1),
        1 if first_chinese || is_japanese(word) => word.len(),
        _ => 0,
    }
}

/// Chinese characters, then kana: the given name begins with the kana at the latest.
fn kana_family(word: &str) -> usize {
    let han = word.chars().take_while(|c| script(*c) == Some(Script::Han)).count();
    let known = (1..=han).rev().find(|&chars| word.get(..bytes(word, chars)).is_some_and(is_japanese));
    bytes(word, known.unwrap_or(han))
}

/// A name with spaces, or with a comma behind the family name.
fn several_words(name: &mut PersonName, words: &[&str], comma: Option<usize>, order: Order) {
    let (family, given) = match comma {
        Some(at) => words.split_at_checked(at).unwrap_or((words, &[])),
        None => words.split_at(1),
    };
    let katakana = |word: &&str| scripts(word) == Some((Script::Katakana, Script::Katakana));
    let mixed = words.iter().filter_map(|word| scripts(word)).any(|(first, _)| first == Script::Hangul)
        && words.iter().filter_map(|word| scripts(word)).any(|(first, _)| first == Script::Han);
    let transcribed = words.iter().all(katakana);
    if comma.is_none() && (mixed || transcribed || order == Order::GivenFirst) {
        name.transcribed = transcribed;
        if let [given, middle @ .., family] = words {
            name.given.push_str(given);
            name.middle = middle.join(" ");
            name.family.push_str(family);
        }
        return;
    }
    for word in family {
        push_word(&mut name.family, word, " ");
    }
    let single = given.iter().all(|word| word.chars().count() == 1);
    for word in given {
        push_word(&mut name.given, word, if single { "" } else { " " });
    }
}
