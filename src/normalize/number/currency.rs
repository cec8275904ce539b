//! What currencies are called.

/// The codes of ISO 4217, without funds, metals and test codes; what went out
/// of use in the last years (ANG, BGN) still stands in records.
#[rustfmt::skip]
const CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC",
    "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD",
    "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL",
    "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD",
    "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD",
    "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
    "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// The currencies that a sign or code can stand for.
pub type Codes = &'static [&'static str];

/// Currencies of which a comma in an amount always separates thousands.
#[rustfmt::skip]
const POINT: &[&str] = &[
    "AED", "AUD", "BDT", "CAD", "CHF", "CNY", "EGP", "GBP", "GHS", "HKD", "ILS", "INR", "JPY", "KES", "KRW", "LKR",
    "MOP", "MXN", "MYR", "NGN", "NPR", "NZD", "PHP", "PKR", "SAR", "SGD", "THB", "TWD", "USD",
];

/// Signs and names, and what they stand for: several codes where it cannot be
/// told, the likeliest not first. A longer one goes before what it begins or
/// ends with; Latin letters count in any case.
#[rustfmt::skip]
const SIGNS: &[(&str, &[&str])] = &[
    ("人民币", &["CNY"]), ("人民幣", &["CNY"]), ("rmb", &["CNY"]), ("cnh", &["CNY"]), ("cn¥", &["CNY"]),
    ("新加坡元", &["SGD"]), ("澳大利亚元", &["AUD"]), ("加拿大元", &["CAD"]), ("新西兰元", &["NZD"]),
    ("澳门元", &["MOP"]), ("澳門元", &["MOP"]), ("新台币", &["TWD"]), ("新台幣", &["TWD"]), ("台币", &["TWD"]),
    ("台幣", &["TWD"]), ("港币", &["HKD"]), ("港幣", &["HKD"]), ("港元", &["HKD"]), ("港纸", &["HKD"]),
    ("美元", &["USD"]), ("美金", &["USD"]), ("日元", &["JPY"]), ("日圆", &["JPY"]), ("日圓", &["JPY"]),
    ("欧元", &["EUR"]), ("歐元", &["EUR"]), ("英镑", &["GBP"]), ("英鎊", &["GBP"]), ("澳元", &["AUD"]),
    ("澳币", &["AUD"]), ("加元", &["CAD"]), ("加币", &["CAD"]), ("新币", &["SGD"]), ("韩元", &["KRW"]),
    ("韩币", &["KRW"]), ("瑞士法郎", &["CHF"]), ("卢布", &["RUB"]), ("泰铢", &["THB"]), ("越南盾", &["VND"]),
    ("印尼盾", &["IDR"]), ("印度卢比", &["INR"]), ("林吉特", &["MYR"]), ("马币", &["MYR"]), ("令吉", &["MYR"]),
    ("元", &["CNY"]), ("圆", &["CNY"]), ("圓", &["TWD", "JPY", "CNY"]), ("块钱", &["CNY"]), ("块", &["CNY"]),
    ("円", &["JPY"]), ("원", &["KRW"]), ("đồng", &["VND"]), ("руб.", &["RUB"]), ("руб", &["RUB"]), ("грн", &["UAH"]),
    ("us dollars", &["USD"]), ("us dollar", &["USD"]), ("dollars", DOLLARS), ("dollar", DOLLARS),
    ("euros", &["EUR"]), ("euro", &["EUR"]), ("pounds", &["GBP"]), ("yuan", &["CNY"]), ("yen", &["JPY"]),
    ("us$", &["USD"]), ("u.s.$", &["USD"]), ("hk$", &["HKD"]), ("nt$", &["TWD"]), ("au$", &["AUD"]), ("a$", &["AUD"]),
    ("ca$", &["CAD"]), ("cad$", &["CAD"]), ("c$", &["CAD"]), ("nz$", &["NZD"]), ("sg$", &["SGD"]), ("s$", &["SGD"]), ("mx$", &["MXN"]),
    ("mop$", &["MOP"]), ("r$", &["BRL"]), ("$", DOLLARS), ("€", &["EUR"]), ("£", &["GBP"]), ("￡", &["GBP"]),
    ("￥", &["CNY"]), ("¥", &["CNY", "JPY"]), ("₩", &["KRW"]), ("￦", &["KRW"]), ("₹", &["INR"]), ("₽", &["RUB"]),
    ("₫", &["VND"]), ("฿", &["THB"]), ("₺", &["TRY"]), ("₴", &["UAH"]), ("₦", &["NGN"]), ("₱", &["PHP"]),
    ("₪", &["ILS"]), ("₸", &["KZT"]), ("zł", &["PLN"]), ("kč", &["CZK"]), ("fr.", &["CHF"]), ("sfr", &["CHF"]),
    ("kr.", &["DKK", "NOK", "SEK", "ISK"]), ("kr", &["DKK", "NOK", "SEK", "ISK"]),
    ("rs.", &["INR", "PKR", "LKR", "NPR"]), ("rs", &["INR", "PKR", "LKR", "NPR"]), ("rp", &["IDR"]), ("rm", &["MYR"]),
];

/// What `$` may be; where nothing else is said, the first.
const DOLLARS: &[&str] = &["USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"];

/// The code as ISO 4217 has it, in any case.
pub fn code(text: &str) -> Option<&'static str> {
    coded(text)?.first().copied()
}

fn coded(text: &str) -> Option<Codes> {
    let wanted = text.bytes().map(|b| b.to_ascii_uppercase());
    let at = CODES.binary_search_by(|code| code.bytes().cmp(wanted.clone())).ok()?;
    CODES.get(at..=at)
}

/// Whether amounts in this currency are written with a decimal point.
pub fn has_decimal_point(code: &str) -> bool {
    POINT.binary_search(&code).is_ok()
}

/// The currency that a text begins with, and the rest.
pub fn at_start(text: &str) -> Option<(Codes, &str)> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let free = |rest: &str, sign: &str| !is_word(sign, true) || !rest.starts_with(char::is_alphabetic);
    if let Some((head, rest)) = text.split_at_checked(3)
        && let Some(codes) = coded(head)
        && free(rest, head)
    {
        return Some((codes, rest));
    }
    let first = text.chars().next()?.to_lowercase().next();
    let possible = |sign: &str| sign.chars().next() == first;
    SIGNS.iter().filter(|(sign, _)| possible(sign)).find_map(|(sign, codes)| {
        let (head, rest) = text.split_at_checked(sign.len())?;
        (matches(head, sign) && free(rest, sign)).then_some((*codes, rest))
    })
}

/// The currency that a text ends with, and what is before.
pub fn at_end(text: &str) -> Option<(Codes, &str)> {
    if text.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let split = |length: usize| text.len().checked_sub(length).and_then(|at| text.split_at_checked(at));
    // Of letters before a code, only those that multiply: `5kUSD`.
    let multiplied = |rest: &str| {
        let number = rest.trim_end_matches(['k', 'K', 'm', 'M']);
        rest.len() - number.len() == 1 && number.ends_with(|c: char| c.is_ascii_digit())
    };
    let free = |rest: &str, sign: &str| {
        let within = is_word(sign, false) && rest.ends_with(|c: char| c.is_alphabetic() && c < '\u{2E80}');
        !within || multiplied(rest)
    };
    if let Some((rest, tail)) = split(3)
        && let Some(codes) = coded(tail)
        && free(rest, tail)
    {
        return Some((codes, rest));
    }
    let last = text.chars().next_back()?.to_lowercase().last();
    let possible = |sign: &str| sign.chars().next_back() == last;
    SIGNS.iter().filter(|(sign, _)| possible(sign)).find_map(|(sign, codes)| {
        let (rest, tail) = split(sign.len())?;
        (matches(tail, sign) && free(rest, sign)).then_some((*codes, rest))
    })
}

/// The one that is meant of several: the default, or the dollar of the United States.
pub fn meant(codes: &[&'static str], default: Option<&'static str>) -> Option<&'static str> {
    match codes {
        [only] => Some(only),
        codes => default
            .filter(|default| codes.contains(default))
            .or(codes.first().copied().filter(|c| *c == "USD")),
    }
}

fn matches(found: &str, sign: &str) -> bool {
    let in_lower_case = || found.chars().flat_map(char::to_lowercase).eq(sign.chars());
    found.eq_ignore_ascii_case(sign) || (!sign.is_ascii() && in_lower_case())
}

/// Whether a sign is letters on the side where others would make it a longer word.
fn is_word(sign: &str, at_end: bool) -> bool {
    let edge = if at_end { sign.chars().next_back() } else { sign.chars().next() };
    edge.is_some_and(|c| c.is_alphabetic() && c < '\u{2E80}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order_and_name_codes_only() {
        assert!(CODES.is_sorted() && POINT.is_sorted());
        let named = SIGNS.iter().flat_map(|(_, codes)| codes.iter()).chain(POINT);
        named.for_each(|code| assert!(CODES.contains(code), "{code}"));
        for (at, (sign, _)) in SIGNS.iter().enumerate() {
            let hidden = SIGNS[..at].iter().any(|(earlier, _)| sign.starts_with(earlier));
            assert!(!hidden, "{sign}");
        }
    }
}
