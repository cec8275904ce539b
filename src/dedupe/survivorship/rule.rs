//! Rules: which value survives, and which record.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::dedupe::golden::{Candidate, Choose, Join, Judge};
use crate::normalize::Normalizer;
use crate::record::Value;

/// Which value of several survives in a column. Blank values never do, as long
/// as there is another; of values that are equally good that of the first
/// record wins.
///
/// Records are first and last by their [identity](crate::RecordId), which is
/// the order in which they were read. So what comes out does not depend on the
/// order in which they are held.
///
/// Rules form a chain: of the values that are best by one, the next decides.
///
/// ```
/// use handover::dedupe::Rule;
/// use handover::normalize::{email, lowercase, sequence};
///
/// let address = sequence("address", [email(), lowercase()]);
/// Rule::valid(email()).then(Rule::most_frequent()).then(Rule::most_recent("updated")).compared_by(address);
/// ```
#[derive(Clone)]
pub struct Rule {
    pub(super) steps: Vec<Step>,
    pub(super) compared: Option<Arc<dyn Normalizer>>,
}

/// A link of the chain, by names that are yet to be resolved.
#[derive(Clone)]
pub(super) enum Step {
    Fill,
    Of(Best),
    Longest,
    Filled,
    MostFrequent,
    Weight(Vec<(String, u32)>),
    Valid(Arc<dyn Normalizer>),
    Test(Cow<'static, str>, Judge),
    Own(Cow<'static, str>, Choose),
    Join(Join),
}

impl Rule {
    /// The survivor's own value; where it is blank, the first of the others.
    pub fn fill() -> Self {
        Rule::of(Step::Fill)
    }

    /// The value of the record that was read first.
    pub fn first() -> Self {
        Rule::of(Step::Of(Best::First))
    }

    /// The value of the record that was read last.
    pub fn last() -> Self {
        Rule::of(Step::Of(Best::Last))
    }

    /// The value of most characters.
    pub fn longest() -> Self {
        Rule::of(Step::Longest)
    }

    /// For columns that survive [together](super::Survivorship::together): the
    /// record in which most of them have a value.
    pub fn most_complete() -> Self {
        Rule::of(Step::Filled)
    }

    /// The value that most records have.
    pub fn most_frequent() -> Self {
        Rule::of(Step::MostFrequent)
    }

    /// The value for which most weight speaks: each record that has it counts
    /// as much as is said of its input, and once if nothing is.
    ///
    /// ```
    /// use handover::dedupe::Rule;
    ///
    /// Rule::most_trusted([("crm", 3), ("newsletter", 0)]);
    /// ```
    pub fn most_trusted<N: Into<String>>(weights: impl IntoIterator<Item = (N, u32)>) -> Self {
        Rule::of(Step::Weight(weights.into_iter().map(|(input, weight)| (input.into(), weight)).collect()))
    }

    /// The value of the record that has the latest date in this column: a date
    /// or time, or text that writes one as in ISO 8601. A time without an offset
    /// counts as UTC. What is missing or cannot be read is older than all.
    pub fn most_recent(by: impl Into<String>) -> Self {
        Rule::of(Step::Of(Best::MostRecent(by.into())))
    }

    /// The value of the record from the first-named of these inputs; those
    /// that are not named come last.
    pub fn from_source<N: Into<String>>(inputs: impl IntoIterator<Item = N>) -> Self {
        Rule::of(Step::Of(Best::of_sources(inputs)))
    }

    /// A value that this rule takes and makes something of, and no other as
    /// long as there is one. The value itself stays as it is. The rule sees
    /// the value alone: one that reads other columns goes by what it knows
    /// without them.
    pub fn valid(rule: impl Normalizer + 'static) -> Self {
        Rule::of(Step::Valid(Arc::new(rule)))
    }

    /// A value that passes a test, and no other as long as there is one.
    ///
    /// ```
    /// use handover::dedupe::Rule;
    ///
    /// let mobile = |value: handover::Value| value.as_text().is_some_and(|text| text.starts_with("13"));
    /// Rule::valid_if("a mobile", mobile).then(Rule::last());
    /// ```
    pub fn valid_if(
        name: impl Into<Cow<'static, str>>,
        test: impl Fn(Value<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        Rule::of(Step::Test(name.into(), Arc::new(test)))
    }

    /// A rule of one's own, under the name that counts show: which of the values
    /// that differ survives, by its position. `None`, and a position beyond
    /// the last, leave it to the next rule.
    ///
    /// ```
    /// use handover::dedupe::{Candidate, Rule};
    ///
    /// let of_a_company = |candidates: &[Candidate]| {
    ///     candidates.iter().position(|candidate| candidate.value().to_string().ends_with("公司"))
    /// };
    /// Rule::own("of a company", of_a_company).then(Rule::longest());
    /// ```
    pub fn own(
        name: impl Into<Cow<'static, str>>,
        choose: impl Fn(&[Candidate<'_>]) -> Option<usize> + Send + Sync + 'static,
    ) -> Self {
        Rule::of(Step::Own(name.into(), Arc::new(choose)))
    }

    /// All values that differ, in the order in which they were read, as one
    /// text. It ends a chain: values that are not as good as the best are dropped.
    pub fn join_distinct(separator: impl Into<String>) -> Self {
        Rule::of(Step::Join(Join { separator: separator.into(), pieces: false }))
    }

    /// Like [`join_distinct`](Self::join_distinct), for a column that holds
    /// such lists already: what stands between separators counts piece by
    /// piece, so that merging merged records adds nothing twice.
    pub fn list(separator: impl Into<String>) -> Self {
        Rule::of(Step::Join(Join { separator: separator.into(), pieces: true }))
    }

    /// Of the values that are best by this rule, those that are best by the next.
    #[must_use]
    pub fn then(mut self, next: Rule) -> Self {
        self.steps.extend(next.steps);
        self.compared = self.compared.or(next.compared);
        self
    }

    /// Values are equal that this rule writes alike: with a phone rule
    /// `+86 138 0013 8000` and `13800138000` are one value, of which the one that
    /// survives stays as it is, and the other is not lost.
    #[must_use]
    pub fn compared_by(mut self, rule: impl Normalizer + 'static) -> Self {
        self.compared = Some(Arc::new(rule));
        self
    }

    fn of(step: Step) -> Self {
        Rule { steps: vec![step], compared: None }
    }

    /// What counts and provenance call it: `valid phone, then most recent`.
    pub(super) fn name(&self) -> String {
        self.steps.iter().map(Step::name).collect::<Vec<_>>().join(", then ")
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compared = self.compared.as_ref().map(|rule| rule.name());
        f.debug_struct("Rule").field("name", &self.name()).field("compared_by", &compared).finish()
    }
}

impl Step {
    fn name(&self) -> Cow<'static, str> {
        let name = match self {
            Step::Fill => "fill",
            Step::Longest => "longest",
            Step::Filled => "most complete",
            Step::MostFrequent => "most frequent",
            Step::Weight(_) => "most trusted",
            Step::Valid(rule) => return Cow::Owned(format!("valid {}", rule.name())),
            Step::Test(name, _) | Step::Own(name, _) => return name.clone(),
            Step::Join(Join { pieces: false, .. }) => "join distinct",
            Step::Join(Join { pieces: true, .. }) => "list",
            Step::Of(Best::First) => "first",
            Step::Of(Best::Last) => "last",
            Step::Of(Best::MostRecent(_)) => "most recent",
            Step::Of(Best::Source(_)) => "from source",
            Step::Of(Best::Complete) => "of the most complete record",
        };
        Cow::Borrowed(name)
    }
}

/// Which record of several lives on. Of records that are equally good the
/// first does.
#[derive(Debug, Clone)]
pub struct Survivor(pub(super) Best);

impl Survivor {
    /// The record that was read first.
    pub fn first() -> Self {
        Survivor(Best::First)
    }

    /// The record that was read last.
    pub fn last() -> Self {
        Survivor(Best::Last)
    }

    /// The record with the most values that are not blank.
    pub fn most_complete() -> Self {
        Survivor(Best::Complete)
    }

    /// The record with the latest date in this column, read as by
    /// [`Rule::most_recent`].
    pub fn most_recent(by: impl Into<String>) -> Self {
        Survivor(Best::MostRecent(by.into()))
    }

    /// The record from the first-named of these inputs; those that are not
    /// named come last.
    pub fn from_source<N: Into<String>>(inputs: impl IntoIterator<Item = N>) -> Self {
        Survivor(Best::of_sources(inputs))
    }
}

impl Default for Survivor {
    fn default() -> Self {
        Survivor::first()
    }
}

/// How records are ranked, by names that are yet to be resolved.
#[derive(Debug, Clone)]
pub(super) enum Best {
    First,
    Last,
    Complete,
    MostRecent(String),
    Source(Vec<String>),
}

impl Best {
    fn of_sources<N: Into<String>>(inputs: impl IntoIterator<Item = N>) -> Self {
        Best::Source(inputs.into_iter().map(Into::into).collect())
    }
}
