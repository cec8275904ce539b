//! Companies on what others have labelled.

use std::collections::{HashMap, HashSet};

use handover::normalize::company::Company;
use handover::normalize::{Normalizer, named};
use proptest::prelude::*;

use super::laws::messy_text;
use crate::common::{cases, shared};

fn rows(path: &str) -> Option<Vec<csv::StringRecord>> {
    let path = shared(path)?;
    Some(csv::Reader::from_path(path).unwrap().into_records().map(Result::unwrap).collect())
}

/// Right and asked for each kind of question, and what went wrong.
#[derive(Default)]
struct Score {
    kinds: Vec<(&'static str, usize, usize)>,
    misses: Vec<String>,
}

impl Score {
    fn count(&mut self, kind: &'static str, right: bool, miss: impl FnOnce() -> String) {
        let place = self.kinds.iter().position(|(known, ..)| *known == kind).unwrap_or_else(|| {
            self.kinds.push((kind, 0, 0));
            self.kinds.len() - 1
        });
        self.kinds[place].2 += 1;
        match right {
            true => self.kinds[place].1 += 1,
            false => self.misses.push(format!("{kind}: {}", miss())),
        }
    }

    /// Prints the table, and holds the least share of each kind.
    fn hold(&self, floor: f64) {
        println!("{:<52}{:>7}{:>7}{:>9}", "", "right", "asked", "share");
        for (kind, right, asked) in &self.kinds {
            println!("{kind:<52}{right:>7}{asked:>7}{:>8.2}%", 100.0 * *right as f64 / *asked as f64);
        }
        for miss in self.misses.iter().take(400) {
            println!("  {miss}");
        }
        for (kind, right, asked) in &self.kinds {
            assert!(*right as f64 >= floor * *asked as f64, "{kind}: {right} of {asked}");
        }
    }
}

/// The base name that others give compares equal to the name, and the legal
/// form that they extract is found.
#[test]
fn names_with_and_without_legal_form_have_one_key() {
    let Some(rows) = rows("names/company_suffix_cases_dev.csv") else { return };
    let mut score = Score::default();
    for row in rows {
        let (raw, expected, options) = (&row[0], &row[1], &row[2]);
        match options.contains("extract_org_types") {
            false => score.count(
                "base name or other form, as keys",
                Company::key(raw) == Company::key(expected),
                || {
                    format!(
                        "{raw:?} is {:?}, {expected:?} is {:?}",
                        Company::key(raw),
                        Company::key(expected)
                    )
                },
            ),
            true => {
                let expected: Vec<[String; 2]> = serde_json::from_str(expected).unwrap();
                let expected = expected.first().map(|[form, _]| letters(form));
                let found = Company::parse(raw).unwrap().legal_form.map(|form| letters(&form));
                score.count("legal form alone", found == expected, || {
                    format!("{raw:?} has {found:?}, not {expected:?}")
                });
            }
        }
    }
    score.hold(0.97);
}

fn letters(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Tokens labelled as legal type are set aside by the key, and a legal form is
/// found where there is such a token and not elsewhere. What is labelled as
/// part of an organisation's name (`company`, `corp`, `group`) may be found or not.
#[test]
fn labelled_legal_types_are_the_legal_form() {
    let Some(rows) = rows("names/probablepeople_company_labeled.csv") else { return };
    let mut score = Score::default();
    for row in rows {
        let raw = &row[0];
        let tokens: Vec<_> = raw.split_whitespace().zip(row[1].split_whitespace()).collect();
        let legal = |label: &str| label == "CorporationLegalType";
        let without: Vec<_> =
            tokens.iter().filter(|(_, label)| !legal(label)).map(|(token, _)| *token).collect();
        let (key, bare) = (Company::key(raw), Company::key(&without.join(" ")));
        score.count("the key sets aside what is labelled legal", key == bare, || {
            format!("{raw:?} is {key:?}, not {bare:?}")
        });

        let form = Company::parse(raw).unwrap().legal_form.unwrap_or_default();
        let found: Vec<_> = form.split_whitespace().map(letters).collect();
        let told: HashMap<String, &str> =
            tokens.iter().map(|(token, label)| (letters(token), *label)).collect();
        let found = found.iter().filter(|word| match told.get(*word) {
            Some(label) => !matches!(*label, "CorporationNameOrganization" | "CorporationNameAndCompany"),
            None => !word.is_empty(),
        });
        let (found, labelled) = (found.count() > 0, without.len() < tokens.len());
        let kind = if labelled {
            "a legal form where one is labelled"
        } else {
            "no legal form where none is labelled"
        };
        score.count(kind, found == labelled, || format!("{raw:?} has {form:?}"));
    }
    score.hold(0.97);
}

/// Registered names: the legal form is found, and different companies keep
/// different keys, however the name is written.
#[test]
fn registered_chinese_names_stay_apart() {
    let Some(rows) = rows("dedupe/zh_listed_short_full/right.csv") else { return };
    let names: HashSet<_> = rows.iter().map(|row| row[1].to_owned()).collect();
    let traditional = named("traditional").unwrap();
    let mut score = Score::default();
    let mut keys: HashMap<String, Vec<&str>> = HashMap::new();
    for name in &names {
        let company = Company::parse(name).unwrap();
        if name.ends_with("公司") {
            let form = company.legal_form.unwrap_or_default();
            score.count(
                "the legal form is set aside",
                form.contains("公司") && !company.name.ends_with("公司"),
                || name.clone(),
            );
        }
        let key = Company::key(name);
        let wide = name.replace('(', "（").replace(')', "）");
        score.count("full-width brackets change nothing", Company::key(&wide) == key, || name.clone());
        let written = traditional.normalize(name).unwrap();
        score.count("traditional characters change nothing", Company::key(&written) == key, || {
            format!("{name} is {key}, {written} is {}", Company::key(&written))
        });
        keys.entry(key).or_default().push(name);
    }
    for same in keys.values() {
        for name in same {
            score.count("a key of its own", same.len() == 1, || same.join(", "));
            let _ = name;
        }
    }
    score.hold(0.97);
}

/// What names are made of, in any order.
fn name_like() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "Acme",
        "Blue",
        "S",
        "p",
        "A",
        "B",
        ".",
        ".",
        "-",
        "/",
        "&",
        "and",
        "The",
        "Co",
        "Co.",
        "Ltd.",
        "Inc",
        "GmbH",
        "KG",
        "Spa",
        "SpA",
        "Group",
        "dba",
        "t/a",
        "(",
        ")",
        "（",
        "）",
        ",",
        "ООО",
        "Ромашка",
        "К.Д.",
        "PT",
        "Oy",
        "Ab",
        "星河",
        "北京",
        "北京市",
        "上海",
        "银行",
        "科技",
        "集团",
        "有限公司",
        "股份",
        "公司",
        "分公司",
        "厂",
        "中国",
        "株式会社",
        "㈱",
        "주식회사",
        "별빛",
        "臺灣",
        "China",
        "é",
        "ß",
        "12",
    ];
    let piece = (prop::sample::select(PIECES), prop::bool::weighted(0.6));
    prop::collection::vec(piece, 0..9).prop_map(|pieces| {
        pieces.iter().map(|(piece, space)| format!("{piece}{}", if *space { " " } else { "" })).collect()
    })
}

proptest! {
    #![proptest_config(cases(3000))]

    /// Keys are of letters, digits and single spaces, none of them upper case or full-width.
    #[test]
    fn keys_are_in_their_alphabet(text in prop_oneof![3 => name_like(), 1 => messy_text()]) {
        let key = Company::key(&text);
        prop_assert!(!key.starts_with(' ') && !key.ends_with(' ') && !key.contains("  "), "{key:?}");
        let good = |c: char| c == ' ' || c.is_alphanumeric() && !c.is_ascii_uppercase() && !('Ａ'..='ｚ').contains(&c);
        prop_assert!(key.chars().all(good), "{key:?}");
        prop_assert_eq!(&Company::key(&key), &key, "{:?}", text);
    }

    /// The parts of a name have no more parts of their own kind.
    #[test]
    fn parts_are_whole(text in name_like()) {
        for asked in ["company", "company:standard_form", "company:name", "company:form", "company:region"] {
            let rule = named(asked).unwrap();
            let Ok(once) = rule.normalize(&text) else { continue };
            if !once.is_empty() {
                let twice = rule.normalize(&once);
                prop_assert_eq!(twice.as_deref(), Ok(&*once), "{} of {:?}", asked, text);
            }
        }
    }
}
