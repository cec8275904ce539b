//! E-mail addresses against the cases that other validators are tested with.

use std::fmt;

use handover::Normalizer;
use handover::normalize::{Email, email_key};
use proptest::prelude::*;

use crate::common::shared;

/// Cases of isemail, email-validator, Django, EmailValidation and
/// validator.js, which contradict each other here and there.
#[test]
fn agrees_with_the_cases_of_other_validators() {
    let Some(path) = shared("email/email_cases_dev.csv") else { return };
    let email = Email::new().unicode_domain();
    let (mut all, mut bare, mut strict) = (Tally::default(), Tally::default(), Tally::default());
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (raw, valid, normalized) = (&row[0], &row[1], &row[2]);
        if valid == "policy" {
            continue;
        }
        let agrees = |email: Email| {
            let found = email.normalize(raw);
            let agreed = found.is_ok() == (valid == "true")
                && (normalized.is_empty() || found.as_ref().is_ok_and(|found| found == normalized));
            (agreed, format!("{raw:?} is {valid} {normalized:?} ({}), found {found:?}", &row[3]))
        };
        let (agreed, found) = agrees(email);
        all.count(agreed);
        // The others refuse an address with white space around it, such as the line end of a cell, or
        // with characters of full width; this rule means to repair both, as cells of customers need it.
        let repaired = raw.trim() != raw || raw.chars().any(|c| matches!(c, '！'..='～'));
        if !repaired {
            bare.count(agreed);
        }
        if !agreed {
            println!("{}{found}", if repaired { "repaired: " } else { "" });
        }
        let (agreed, found) = agrees(email.strict());
        strict.count(agreed);
        if !agreed {
            println!("strict: {found}");
        }
    }
    println!("all {all}\nwhere nothing is to be repaired {bare}\nstrict {strict}");
    assert!(all.asked > 450 && all.share() >= 97.0);
    assert!(bare.share() >= 99.0);
    assert!(strict.share() >= 99.0);
}

/// Valid under an option only: how many pass as they are, and how many with every option.
#[test]
fn options_widen_what_is_taken() {
    let Some(path) = shared("email/email_cases_dev.csv") else { return };
    let wide = Email::new().comments().address_literals().dotless();
    let (mut by_default, mut with_options) = (Tally::default(), Tally::default());
    for row in csv::Reader::from_path(path).unwrap().records().map(Result::unwrap) {
        if &row[1] == "policy" && &row[4] != "invalid" {
            by_default.count(Email::new().normalize(&row[0]).is_ok());
            let taken = wide.normalize(&row[0]).is_ok();
            with_options.count(taken);
            if !taken {
                println!(
                    "{:?} {} {}: {:?}",
                    &row[0],
                    &row[3],
                    &row[4],
                    wide.normalize(&row[0]).unwrap_err().to_string()
                );
            }
        }
    }
    println!("policy: by default {by_default}\nwith all options {with_options}");
    assert!(with_options.share() >= 80.0);
}

/// Keys against validator.js, where its options are those that it has by default.
#[test]
fn keys_are_those_of_validator_js() {
    let Some(path) = shared("email/validatorjs_normalize_email.csv") else { return };
    let mut keys = Tally::default();
    for row in csv::Reader::from_path(path).unwrap().records().map(Result::unwrap) {
        if &row[3] != "{}" {
            continue;
        }
        let key = email_key().normalize(&row[0]).map(|key| key.into_owned());
        let expected = Email::new().normalize(&row[1]).map(|key| key.into_owned());
        let agreed = key.as_deref().ok() == expected.as_deref().ok();
        keys.count(agreed);
        if !agreed {
            println!("{:?}: {key:?}, theirs {:?}", &row[0], &row[1]);
        }
    }
    println!("keys {keys}");
    assert!(keys.share() >= 90.0);
}

proptest! {
    /// What is written is printable, has an @ between parts that are not
    /// empty, and ends in a domain of lower-case ASCII.
    #[test]
    fn addresses_are_written_in_their_alphabet(text in "[a-zA-Z.\" <>;,、（）＠＠@@äß张。\\\\]{0,24}@[a-zÄ张.。]{1,8}\\.[a-z]{2}") {
        for rule in [handover::normalize::email(), email_key()] {
            let Ok(written) = rule.normalize(&text) else { continue };
            for address in written.split("; ").filter(|_| !written.contains('"')) {
                let (local, domain) = address.rsplit_once('@').unwrap();
                prop_assert!(!local.is_empty() && !local.chars().any(|c| c.is_whitespace() || c.is_control()));
                prop_assert!(domain.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.')));
            }
            let twice = rule.normalize(&written);
            prop_assert_eq!(twice.as_deref(), Ok(&*written));
        }
    }
}

#[derive(Default)]
struct Tally {
    asked: usize,
    agreed: usize,
}

impl Tally {
    fn count(&mut self, agreed: bool) {
        self.asked += 1;
        self.agreed += usize::from(agreed);
    }

    /// In percent.
    fn share(&self) -> f64 {
        100.0 * self.agreed as f64 / self.asked as f64
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, {:.1} %", self.agreed, self.asked, self.share())
    }
}
