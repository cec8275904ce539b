//! Rules that normalize, judge and protect, as a file has them.

use std::ops::Bound;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::names::Names;
use crate::normalize::placeholder::Subject;
use crate::normalize::{Chain, Normalizer, OnFault, named_in};
use crate::pipeline::{Columns, Pipeline};
use crate::protect::{Key, encrypt, mask, pseudonym};
use crate::schema::{Kind, no_such};
use crate::validate::{self, Judge, Rule, Validator};

/// `{ columns = ["phone"], rules = ["trim", "phone:CN"], on_fault = "keep" }`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Normalize {
    pub columns: Names,
    pub rules: Names,
    /// The column with the country, for rules that look at it.
    region: Option<String>,
    #[serde(default)]
    on_fault: Fate,
    keep_original: Option<String>,
}

/// What becomes of a value that a rule finds fault with.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fate {
    #[default]
    Reject,
    Keep,
    Clear,
}

impl Normalize {
    /// Fails where a rule is not known.
    pub fn check(&self) -> Result<()> {
        self.chain().map(drop)
    }

    pub fn apply<'p>(&self, pipeline: Pipeline<'p>) -> Result<Pipeline<'p>> {
        let columns = match self.columns.as_slice() {
            [all] if **all == *"*" => Columns::All,
            _ => self.columns.clone().into(),
        };
        Ok(pipeline.normalize(columns, self.chain()?))
    }

    fn chain(&self) -> Result<Chain> {
        let rules = self.rules.iter().map(|rule| rule_of(rule, self.region.as_deref()));
        let chain = Chain::from(rules.collect::<Result<Vec<_>>>()?);
        let chain = chain.on_fault(match self.on_fault {
            Fate::Reject => OnFault::Reject,
            Fate::Keep => OnFault::Keep,
            Fate::Clear => OnFault::Clear,
        });
        Ok(match &self.keep_original {
            Some(column) => chain.keep_original(column),
            None => chain,
        })
    }
}

/// A rule of the catalogue, or one of the small ones that it leaves to programs.
pub(super) fn rule_of(asked: &str, region: Option<&str>) -> Result<Box<dyn Normalizer>> {
    use crate::normalize as stock;
    let small = match asked {
        "trim" => stock::trim(),
        "lowercase" => stock::lowercase(),
        "uppercase" => stock::uppercase(),
        "collapse_space" => stock::collapse_space(),
        "strip_control" => stock::strip_control(),
        "fold_width" => stock::fold_width(),
        "empty_to_null" => stock::empty_to_null(),
        _ => return named_in(asked, region),
    };
    Ok(small)
}

/// `{ columns = ["title"], most = 80 }`: each key but the first and the last is a rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Validate {
    pub columns: Names,
    pub required: bool,
    least: Option<usize>,
    pub most: Option<usize>,
    one_of: Option<Vec<String>>,
    pattern: Option<String>,
    from: Option<String>,
    to: Option<String>,
    kind: Option<Kind>,
    placeholder: Option<Subject>,
    email_typo: bool,
    credit_code: bool,
    resident_id: bool,
    mojibake: bool,
    warning: bool,
}

impl Validate {
    /// Fails where it asks for nothing.
    pub fn check(&self) -> Result<()> {
        if self.columns.is_empty() {
            return Err(Error::bind("name the columns that are judged"));
        }
        match self.rules().is_empty() {
            false => Ok(()),
            true => Err(Error::bind("a rule is needed, such as required = true or most = 80")),
        }
    }

    pub fn apply<'p>(&self, pipeline: Pipeline<'p>) -> Pipeline<'p> {
        self.rules().into_iter().fold(pipeline, Pipeline::validate)
    }

    fn rules(&self) -> Vec<Box<dyn Validator>> {
        let columns = || self.columns.clone();
        let mut rules = Vec::new();
        if self.required {
            rules.push(self.rule(validate::required(columns())));
        }
        if self.least.is_some() || self.most.is_some() {
            let allowed = self.least.unwrap_or(0)..=self.most.unwrap_or(usize::MAX);
            rules.push(self.rule(validate::length(columns()).chars(allowed)));
        }
        if let Some(values) = &self.one_of {
            rules.push(self.rule(validate::one_of(columns(), values)));
        }
        if let Some(pattern) = &self.pattern {
            rules.push(self.rule(validate::pattern(columns(), pattern)));
        }
        if self.from.is_some() || self.to.is_some() {
            let limit = |text: &Option<String>| text.clone().map_or(Bound::Unbounded, Bound::Included);
            let limits = (limit(&self.from), limit(&self.to));
            rules.push(self.rule(validate::range::<String>(columns(), limits)));
        }
        if let Some(kind) = self.kind {
            rules.push(self.rule(validate::kind(columns(), kind)));
        }
        if let Some(subject) = self.placeholder {
            rules.push(self.rule(validate::placeholder(columns(), subject)));
        }
        if self.email_typo {
            rules.push(self.rule(validate::email_typo(columns())));
        }
        if self.credit_code {
            rules.push(self.rule(validate::credit_code(columns())));
        }
        if self.resident_id {
            rules.push(self.rule(validate::resident_id(columns())));
        }
        if self.mojibake {
            rules.push(self.rule(validate::mojibake(columns())));
        }
        rules
    }

    fn rule<J: Judge + 'static>(&self, rule: Rule<J>) -> Box<dyn Validator> {
        Box::new(if self.warning { rule.warning() } else { rule })
    }
}

/// How a column is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protect {
    Mask,
    Pseudonym,
    Encrypt,
}

impl Protect {
    pub fn named(word: &str) -> Result<Self> {
        match word {
            "mask" => Ok(Protect::Mask),
            "pseudonym" => Ok(Protect::Pseudonym),
            "encrypt" => Ok(Protect::Encrypt),
            _ => {
                let words = ["mask", "pseudonym", "encrypt"];
                Err(Error::bind(no_such("protection", word, words.into_iter())))
            }
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Protect::Mask => "mask",
            Protect::Pseudonym => "pseudonym",
            Protect::Encrypt => "encrypt",
        }
    }

    /// The rule; values of one column are of one domain.
    pub fn rule(self, column: &str, key: Option<&Key>) -> Result<Box<dyn Normalizer>> {
        let key = || key.ok_or_else(|| Error::bind(format!("`{}` needs a key", self.name())));
        Ok(match self {
            Protect::Mask => mask(),
            Protect::Pseudonym => Box::new(pseudonym(key()?).domain(column)),
            Protect::Encrypt => Box::new(encrypt(key()?).domain(column)),
        })
    }
}
