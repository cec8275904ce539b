//! The matcher: what is asked of it.

use std::sync::Arc;

use super::block::{ALL_PAIRS, Blocking};
use super::field::{Field, Table};
use super::model::Model;
use super::own::{Comparator, OwnField, OwnRule, positions};
use super::pairs;
use super::role::{ONE_VALUE, Role, Roles};
use super::sample::Keys;
use super::universe::Universe;
use super::{Matching, rivals};
use crate::dedupe::{Clustering, DuplicateDetector, Links, Records};
use crate::error::{Error, Result};
use crate::schema::Schema;

/// Finds the same customer behind different spellings.
///
/// Without any option it guesses what the columns hold, learns from the records
/// how much each agreement is worth, chooses which pairs to compare, and
/// reports them with the probability that they are one customer. How that works
/// is told in `docs/matching.md`.
///
/// ```
/// use handover::dedupe::matching::{Matcher, Role};
///
/// let matcher = Matcher::new().role("kundennr", Role::Ignore).role("firma", Role::Company);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    roles: Vec<(String, Role)>,
    across: bool,
    known: Option<u32>,
    model: Option<Model>,
    budget: Option<u64>,
    threads: Option<usize>,
    own: Vec<OwnField>,
    rules: Vec<OwnRule>,
}

/// The budget for each record, where that is more than [`ALL_PAIRS`].
const PAIRS_PER_RECORD: f64 = 8.0;

impl Matcher {
    /// From which probability on two records are taken for one customer, unless
    /// said otherwise. Pairs below it are worth a question.
    pub const THRESHOLD: f64 = 0.5;

    /// How the pairs that a matcher finds become clusters: from the
    /// [`THRESHOLD`](Self::THRESHOLD) on, where a pair that hardly agrees speaks
    /// against a cluster no more than one that was never compared.
    pub fn clustering() -> Clustering {
        Clustering::new(Self::THRESHOLD).most_against(0.5)
    }

    /// A matcher that guesses roles and learns its model.
    pub fn new() -> Self {
        Matcher::default()
    }

    /// Says what a column holds, instead of guessing.
    #[must_use]
    pub fn role(mut self, column: impl Into<String>, role: Role) -> Self {
        self.roles.push((column.into(), role));
        self
    }

    /// Compares some columns, as one, by a comparator of one's own, and no
    /// longer by their roles.
    #[must_use]
    pub fn compare(
        mut self,
        columns: impl IntoIterator<Item = impl Into<String>>,
        comparator: impl Comparator + 'static,
    ) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        self.own.push(OwnField { columns, comparator: Arc::new(comparator) });
        self
    }

    /// Compares the pairs of records that have the same key, which is made of
    /// the values of some columns as they stand, blank where they are missing;
    /// none where it gives none. The rule is added to those that are chosen,
    /// whether it is worth while or not; the name is for explanations.
    ///
    /// It counts where not all pairs are compared anyway, and as with any rule,
    /// blocks that are too large are skipped and [reported](Matching::blocking).
    /// The budget does not bound it: each pair that it finds takes eight bytes
    /// until it is scored.
    ///
    /// ```
    /// use handover::dedupe::matching::Matcher;
    ///
    /// let initial = |text: &str| text.chars().next();
    /// let matcher = Matcher::new().block_on("initials and postcode", ["given", "family", "zip"], move |values| {
    ///     Some(format!("{}{} {}", initial(values[0])?, initial(values[1])?, values[2]))
    /// });
    /// ```
    #[must_use]
    pub fn block_on(
        mut self,
        name: impl Into<String>,
        columns: impl IntoIterator<Item = impl Into<String>>,
        key: impl Fn(&[&str]) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        self.rules.push(OwnRule { name: name.into(), columns, key: Arc::new(key) });
        self
    }

    /// Compares only records of different inputs, each of which is free of
    /// duplicates or has been cleaned of them: a record has one counterpart in
    /// another input at most, and those that are likely compete.
    #[must_use]
    pub fn across_sources(mut self) -> Self {
        self.across = true;
        self
    }

    /// The records of this input, by its number, are known to be settled among
    /// themselves: they are compared with new ones and not with one another.
    #[must_use]
    pub fn known(mut self, input: u32) -> Self {
        self.known = Some(input);
        self
    }

    /// Uses a model that was learnt before or made by hand, instead of learning one.
    #[must_use]
    pub fn model(mut self, model: Model) -> Self {
        self.model = Some(model);
        self
    }

    /// How many pairs are compared at most, nearly: five million, or eight for
    /// each record where that is more, unless said otherwise. Up to that many,
    /// all are. If there are more, those that agree on a rule are; beyond five
    /// million a rule has to be worth it, whatever the budget: where every record
    /// had a duplicate, it would have to find one in 200 of its pairs.
    #[must_use]
    pub fn budget(mut self, pairs: u64) -> Self {
        self.budget = Some(pairs);
        self
    }

    /// On how many threads; as many as there are processors unless said
    /// otherwise. What is found does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// The roles of the columns, guessed or said. Fails where a column is not there.
    pub fn roles(&self, records: &Records) -> Result<Roles> {
        let mut roles = Roles::guess(records)?;
        self.roles.iter().try_for_each(|(column, role)| roles.set(column, *role))?;
        for column in self.own.iter().flat_map(|own| &own.columns) {
            roles.say(column, Role::Ignore, "compared by a comparator of one's own")?;
        }
        Ok(roles)
    }

    /// Compares records and gives all that was found and learnt.
    ///
    /// Fails where a column is not there, where no column says anything about
    /// who a customer is, and where a model that was given is of other columns.
    pub fn matching(&self, records: &Records) -> Result<Matching> {
        let threads =
            self.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let roles = self.roles(records)?;
        let mut fields = Field::of(&roles);
        for own in &self.own {
            fields.push(own.field(records.schema())?);
        }
        if fields.is_empty() {
            return Err(Error::bind(nobody_told_apart(&roles)));
        }
        let mut table = Table::of(records, fields, threads)?;
        table.rules = self.rules.iter().map(|rule| rule.keys(records)).collect::<Result<_>>()?;
        let universe = Universe::of(records, self.across, self.known)?;
        let keys = Keys::of(&table, &universe, threads)?;
        let model = match &self.model {
            Some(model) => model.for_table(&table)?,
            None => Model::trained(&table, &universe, &keys, threads)?,
        };
        let most = self
            .budget
            .map_or_else(|| ALL_PAIRS.max(PAIRS_PER_RECORD * records.len() as f64), |pairs| pairs as f64);
        let mut blocking = if universe.pairs() <= most {
            None
        } else {
            Some(Blocking::chosen(&table, &universe, &keys, most, threads)?)
        };
        let mut scored = match &mut blocking {
            None => pairs::score_all(&table, &universe, &model, threads)?,
            Some(blocking) => pairs::score(&table, &universe, &model, blocking, threads)?,
        };
        if self.across {
            rivals::settle(&mut scored.pairs, universe.counterparts(), model.prior.log2());
        }
        Ok(Matching {
            roles,
            table,
            universe,
            model,
            blocking,
            pairs: scored.pairs,
            compared: scored.compared,
        })
    }
}

/// What to do where no column tells who a customer is.
fn nobody_told_apart(roles: &Roles) -> &'static str {
    if roles.iter().any(|guess| guess.why == ONE_VALUE) {
        return "no column tells who a customer is: those that are filled hold one value, the same in all \
                records; say the role of another, or, if records that are equal are one customer, find them \
                by `ExactKeys`";
    }
    "no column tells who a customer is: say the role of one"
}

impl DuplicateDetector for Matcher {
    fn bind(&mut self, schema: &Schema) -> Result<()> {
        self.roles.iter().try_for_each(|(column, _)| schema.index(column).map(drop))?;
        let own = self.own.iter().map(|own| &own.columns);
        let mut own = own.chain(self.rules.iter().map(|rule| &rule.columns));
        own.try_for_each(|columns| positions(columns, schema).map(drop))
    }

    fn detect(&mut self, records: &Records, links: &mut Links) -> Result<()> {
        // An empty file has no duplicates, whatever its columns are.
        if records.len() > 1 {
            self.matching(records)?.report(links);
        }
        Ok(())
    }

    fn clustering(&self) -> Clustering {
        Matcher::clustering()
    }
}
