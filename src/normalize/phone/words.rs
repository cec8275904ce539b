//! The words that stand around a number and mean something for it.

/// What stands between a number and its extension, in lower case, without
/// spaces and points. Sorted.
const EXTENSION: &[&str] = &[
    "alanumero",
    "anexo",
    "ankn",
    "anknytning",
    "anschluss",
    "app",
    "apparat",
    "bijtoestel",
    "dah",
    "dahili",
    "dsw",
    "durchwahl",
    "dw",
    "ext",
    "extension",
    "extensión",
    "extensões",
    "extensão",
    "extn",
    "extno",
    "inext",
    "innenstelle",
    "int",
    "interior",
    "intern",
    "interna",
    "interno",
    "klapka",
    "kućni",
    "linka",
    "lok",
    "lokal",
    "lokalnummer",
    "mellék",
    "máylẻ",
    "nebenstelle",
    "nst",
    "nộibộ",
    "pesawat",
    "poste",
    "psw",
    "ram",
    "ramal",
    "sốlẻ",
    "toestel",
    "tst",
    "vnitřní",
    "wew",
    "wewn",
    "wewnętrzny",
    "x",
    "xt",
    "xtension",
    "xtensión",
    "xtn",
    "εσωτ",
    "εσωτερικό",
    "вн",
    "внутр",
    "внутренний",
    "вътр",
    "вътрешен",
    "дод",
    "додатковий",
    "доб",
    "добавочный",
    "доп",
    "дополнительный",
    "שלוחה",
    "تحويلة",
    "داخلی",
    "ต่อ",
    "内线",
    "内線",
    "内線番号",
    "內線",
    "分机",
    "分机号",
    "分机号码",
    "分機",
    "分機號",
    "分機號碼",
    "轉",
    "轉分機",
    "轉接",
    "转",
    "转分机",
    "转分机号",
    "转接",
    "교환",
    "구내",
    "내선",
    "내선번호",
];

/// Whether the words between two numbers say that the second is an extension of the first.
pub(super) fn mean_extension(words: &str) -> bool {
    let word: String = words.chars().filter(|c| is_letter(*c)).flat_map(char::to_lowercase).collect();
    !word.is_empty() && EXTENSION.contains(&&*word)
}

/// Letters and the signs that belong to them in scripts that write vowels as such.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36F}' | '\u{E00}'..='\u{E7F}')
}

/// What says that the number behind it is none of a phone.
const OTHER_NUMBERS: &[&str] =
    &["QQ", "qq", "邮编", "郵編", "邮政编码", "身份证", "身份證", "银行卡", "卡号", "税号"];

/// Whether a text could hold one of those words; most hold not one of their letters.
pub(super) fn may_mean_another_number(text: &str) -> bool {
    text.contains(['Q', 'q', '邮', '郵', '证', '證', '卡', '税'])
}

/// Whether the words before a number say that it is of another kind.
pub(super) fn mean_another_number(words: &str) -> bool {
    let word = words.trim_matches(|c: char| !c.is_alphabetic());
    let bare = word.trim_end_matches(['号', '號', '码', '碼']);
    OTHER_NUMBERS.contains(&word) || OTHER_NUMBERS.contains(&bare)
}
