//! What names are compared by.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::PersonName;
use super::words::{PARTICLE, flags_of};
use crate::normalize::letters::ascii;

/// The words of a name folded and in alphabetical order.
pub(super) fn key(name: &PersonName) -> String {
    let mut words: Vec<String> = Vec::with_capacity(4);
    push_family(&mut words, &name.family);
    let family = words.len();
    for part in [&name.given, &name.middle] {
        words.extend(part.split(' ').map(|word| folded(word, false)).filter(|word| !word.is_empty()));
    }
    let (family, given) = words.split_at(family);
    if let [surname] = family
        && let [first, second] = given
        && [surname, first, second].into_iter().all(|word| is_syllable(word))
    {
        let joined = format!("{first}{second}");
        words.truncate(1);
        words.push(joined);
    }
    words.sort_unstable();
    words.join(" ")
}

/// Particles go with the word behind them: `van der Berg`, `Vanderberg`.
fn push_family(words: &mut Vec<String>, family: &str) {
    let mut joined = String::new();
    let mut rest = family.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = rest.next() {
        joined.push_str(&folded(word, true));
        let particle = rest.peek().is_some() && flags_of(&word.to_lowercase()) & PARTICLE != 0;
        if !particle && !joined.is_empty() {
            words.push(std::mem::take(&mut joined));
        }
    }
}

/// Letters and digits only, without case and accents; Chinese characters as pinyin.
fn folded(word: &str, family: bool) -> String {
    let mut out = String::with_capacity(word.len());
    if word.is_ascii() {
        out.extend(
            word.bytes().filter(u8::is_ascii_alphanumeric).map(|b| char::from(b.to_ascii_lowercase())),
        );
    } else if !push_pinyin(&mut out, word, family) {
        let letters = word.nfkd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c));
        letters.flat_map(char::to_lowercase).for_each(|c| match ascii(c) {
            Some(spelt) => out.push_str(spelt),
            None => out.push(c),
        });
        out = out.nfc().collect();
    }
    match out.as_str() {
        "lv" | "lyu" => "lu".to_owned(),
        "nv" | "nyu" => "nu".to_owned(),
        _ => out,
    }
}

#[cfg(not(feature = "chinese"))]
fn push_pinyin(_: &mut String, _: &str, _: bool) -> bool {
    false
}

/// Writes a word of Chinese characters as pinyin, by the crate's first reading
/// or that of a family name.
#[cfg(feature = "chinese")]
fn push_pinyin(out: &mut String, word: &str, family: bool) -> bool {
    use pinyin::ToPinyin;

    use crate::normalize::chinese::simplified;

    if !word.chars().all(|c| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3134F}')) {
        return false;
    }
    let simple = simplified(word);
    if family && let Some(reading) = compound_reading(&simple) {
        out.push_str(reading);
        return true;
    }
    for c in simple.chars() {
        match c.to_pinyin() {
            Some(reading) => {
                let reading =
                    if family { surname_reading(c).unwrap_or(reading.plain()) } else { reading.plain() };
                reading.nfd().filter(char::is_ascii_alphabetic).for_each(|c| out.push(c));
            }
            None => out.push(c),
        }
    }
    true
}

/// Compound family names of which a character is read in its own way.
#[cfg(feature = "chinese")]
fn compound_reading(family: &str) -> Option<&'static str> {
    Some(match family {
        "万俟" => "moqi",
        "尉迟" => "yuchi",
        "单于" => "chanyu",
        "长孙" => "zhangsun",
        "澹台" => "tantai",
        "令狐" => "linghu",
        "乐正" => "yuezheng",
        "子车" => "ziju",
        "亓官" => "qiguan",
        "宰父" => "zaifu",
        "夹谷" => "jiagu",
        "鲜于" => "xianyu",
        "呼延" => "huyan",
        "皇甫" => "huangfu",
        "独孤" => "dugu",
        "拓跋" => "tuoba",
        "叶赫" => "yehe",
        "那拉" => "nala",
        _ => return None,
    })
}

/// Characters that are read otherwise as a family name.
#[cfg(feature = "chinese")]
fn surname_reading(c: char) -> Option<&'static str> {
    Some(match c {
        '单' => "shan",
        '仇' => "qiu",
        '曾' => "zeng",
        '解' => "xie",
        '查' => "zha",
        '盖' => "ge",
        '朴' => "piao",
        '区' => "ou",
        '任' => "ren",
        '华' => "hua",
        '乐' => "yue",
        '覃' => "qin",
        '缪' => "miao",
        '翟' => "zhai",
        '尉' => "wei",
        '车' => "che",
        '石' => "shi",
        '宁' => "ning",
        '员' => "yun",
        '洗' | '冼' => "xian",
        '祭' => "zhai",
        '种' => "chong",
        '秘' => "bi",
        '逄' => "pang",
        '召' => "shao",
        '折' => "she",
        '繁' => "po",
        '黑' => "he",
        '幺' => "yao",
        '佴' => "nai",
        '纪' => "ji",
        '应' => "ying",
        '郇' => "xun",
        '郗' => "xi",
        '晁' => "chao",
        '卜' => "bu",
        '那' => "na",
        '哈' => "ha",
        '燕' => "yan",
        '谌' => "chen",
        '葛' => "ge",
        '隗' => "wei",
        '教' => "jiao",
        '宓' => "mi",
        '俞' => "yu",
        '於' => "yu",
        '沈' => "shen",
        '柏' => "bai",
        '贾' => "jia",
        '干' => "gan",
        '句' => "gou",
        '牟' => "mu",
        '丁' => "ding",
        '万' => "wan",
        '哀' => "ai",
        '殷' => "yin",
        '訾' => "zi",
        '过' => "guo",
        '曲' => "qu",
        '么' => "yao",
        '都' => "du",
        '能' => "nai",
        '阚' => "kan",
        '长' => "zhang",
        '重' => "chong",
        '叶' => "ye",
        '卢' => "lu",
        '鲍' => "bao",
        '臧' => "zang",
        '令' => "ling",
        '苌' => "chang",
        '粘' => "nian",
        '撒' => "sa",
        '仉' => "zhang",
        '不' => "fou",
        '呙' => "guo",
        '恽' => "yun",
        '褚' => "chu",
        '相' => "xiang",
        '行' => "xing",
        '降' => "jiang",
        '藏' => "zang",
        '朝' => "chao",
        '盛' => "sheng",
        '冯' => "feng",
        '观' => "guan",
        '角' => "jue",
        '尹' => "yin",
        _ => return None,
    })
}

/// Whether all words are pinyin, of three syllables at most.
pub(super) fn is_pinyin_name<'a>(words: impl IntoIterator<Item = impl AsRef<str> + 'a>) -> bool {
    words.into_iter().all(|word| {
        let word = word.as_ref().to_lowercase().replace(['\'', '-', 'ü'], "");
        word.is_ascii() && (word.is_empty() || is_pinyin(&word, 3))
    })
}

fn is_pinyin(word: &str, syllables: usize) -> bool {
    syllables > 0
        && (is_syllable(word)
            || (1..word.len().min(7)).any(|at| {
                let parts = word.split_at_checked(at);
                parts.is_some_and(|(first, rest)| is_syllable(first) && is_pinyin(rest, syllables - 1))
            }))
}

/// Whether a word is a syllable of pinyin, by its beginning and end.
fn is_syllable(word: &str) -> bool {
    const INITIALS: &[&str] = &[
        "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z",
        "c", "s", "y", "w", "",
    ];
    const FINALS: &[&str] = &[
        "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "i", "ia", "ie", "iao", "iu",
        "ian", "in", "iang", "ing", "iong", "u", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "er",
    ];
    let Some(initial) = INITIALS.iter().find(|initial| word.starts_with(**initial)) else { return false };
    word.strip_prefix(initial).is_some_and(|rest| FINALS.contains(&rest))
}
