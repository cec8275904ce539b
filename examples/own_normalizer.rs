//! A normalizer of one's own: the number by which China registers a company
//! (unified social credit code, GB 32100-2015), written one way, its last character checked.

use std::borrow::Cow;

use handover::normalize::{Normalizer, fold_width};
use handover::{CsvSink, CsvSource, Fault, Pipeline, Rejects, RunError};

const COMPANIES: &str = "\
company,code
云海科技,91350100m000100y43
恒瑞贸易,９１３５０１００ M000100Y43
博远物流,91350100M000100Y34
";

struct CreditCode;

impl CreditCode {
    /// The digits of a number to the base of 31: no I, O, S, V or Z.
    const DIGITS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// What the last digit must be: all digits, weighted by powers of 3, sum up to a multiple of 31.
    fn is_right(code: &str) -> Option<bool> {
        let mut weight = 1;
        let mut sum = 0;
        for digit in code[..17].chars() {
            sum += weight * Self::DIGITS.find(digit)?;
            weight = weight * 3 % 31;
        }
        Some((sum + Self::DIGITS.find(&code[17..])?) % 31 == 0)
    }
}

impl Normalizer for CreditCode {
    fn normalize<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Fault> {
        let code: String = text.split_whitespace().collect::<String>().to_ascii_uppercase();
        if code.len() != 18 || !code.is_ascii() {
            return Err(Fault::new("not 18 letters and digits"));
        }
        match CreditCode::is_right(&code) {
            None => Err(Fault::new("a character that no code has")),
            Some(false) => Err(Fault::new("the check character does not match")),
            Some(true) => Ok(code.into()),
        }
    }
}

fn main() -> Result<(), RunError> {
    let report = Pipeline::from(CsvSource::reader("companies.csv", COMPANIES.as_bytes()))
        .normalize("code", [fold_width(), Box::new(CreditCode)])
        .rejects(Rejects::csv(std::env::temp_dir().join("own_normalizer.rejects.csv")))
        .to(CsvSink::stdout())
        .run()?;
    eprintln!("\n{report}");
    Ok(())
}
