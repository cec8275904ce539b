//! Provinces and cities in Latin letters: `Shenzhen, Guangdong`.

use super::table::{Division, TABLE};
use crate::error::Fault;

/// The divisions that all parts of a text lead to, in whichever order they
/// stand: those that lie in all of them, and of these the largest.
pub(super) fn read(text: &str) -> Result<Vec<Division>, Fault> {
    let mut parts: Vec<&[Division]> = Vec::new();
    for part in text.split([',', '/', '|', '>', '-', ';', '(', ')']) {
        let part = part.trim();
        if !part.is_empty() && !matches!(&*key(part), "china" | "prchina" | "cn" | "chn" | "prc") {
            take(part, &mut parts)?;
        }
    }
    let fits = |division: &Division| {
        let mut above = division.ancestors();
        let chain: Vec<_> = above.by_ref().collect();
        parts.iter().all(|part| part.iter().any(|named| chain.contains(named)))
    };
    let mut found: Vec<_> = parts.iter().flat_map(|part| part.iter().copied()).filter(fits).collect();
    found.sort_by_key(|division| (division.level(), division.code()));
    found.dedup();
    match found.first() {
        None => Err(Fault::new(match parts.len() {
            0 => "no province, city or district",
            _ => "these are not within each other",
        })),
        Some(first) => {
            let largest = found.iter().take_while(|division| division.level() == first.level());
            Ok(largest.copied().collect())
        }
    }
}

/// Finds what a part is called, or the words of it.
fn take(part: &str, parts: &mut Vec<&[Division]>) -> Result<(), Fault> {
    let named = TABLE.latin(&key(part));
    if !named.is_empty() {
        parts.push(named);
        return Ok(());
    }
    let words: Vec<_> = part.split_whitespace().filter(|word| !key(word).is_empty()).collect();
    for word in &words {
        match TABLE.latin(&key(word)) {
            [] => return Err(Fault::new("in Latin letters only provinces and cities are known")),
            named => parts.push(named),
        }
    }
    Ok(())
}

/// The letters of a name in lower case, without what says that it is a city or province.
fn key(name: &str) -> String {
    const KINDS: [&str; 12] = [
        "autonomousregion",
        "specialadministrativeregion",
        "municipality",
        "prefecture",
        "province",
        "sheng",
        "city",
        "shi",
        "sar",
        "zhuang",
        "uygur",
        "hui",
    ];
    let mut key: String =
        name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    for kind in KINDS {
        if let Some(bare) = key.strip_suffix(kind).map(str::len).filter(|_| TABLE.latin(&key).is_empty()) {
            key.truncate(bare);
        }
    }
    key
}
