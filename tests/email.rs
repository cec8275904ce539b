//! E-mail addresses against the cases that other validators are tested with.

use std::fmt;

use handover::Normalizer;
use handover::normalize::Email;

use crate::common::shared;

/// Cases of isemail, email-validator, Django, EmailValidation and
/// validator.js, which contradict each other here and there.
#[test]
fn agrees_with_the_cases_of_other_validators() {
    let Some(path) = shared("email/email_cases_dev.csv") else { return };
    let email = Email::new().unicode_domain();
    let (mut all, mut bare) = (Tally::default(), Tally::default());
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (raw, valid, normalized) = (&row[0], &row[1], &row[2]);
        if valid == "policy" {
            continue;
        }
        let found = email.normalize(raw);
        let agreed = found.is_ok() == (valid == "true")
            && (normalized.is_empty() || found.as_ref().is_ok_and(|found| found == normalized));
        if !agreed {
            println!("{raw:?} is {valid} {normalized:?} ({}), found {found:?}", &row[3]);
        }
        all.count(agreed);
        // The others refuse an address with white space around it, such as the
        // line end of a cell; this rule means to cut that off and take it.
        if raw.trim() == raw {
            bare.count(agreed);
        }
    }
    println!("all: {all}\nwithout white space around: {bare}");
    assert!(all.asked > 450 && all.share() >= 95.0);
    assert!(bare.share() >= 97.0);
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
        write!(f, "{} of {} agreed, {:.1} %", self.agreed, self.asked, self.share())
    }
}
