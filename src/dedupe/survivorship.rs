//! Which value survives when records are merged, said column by column.

use std::sync::Arc;

use super::golden::{By, Choice, Column, Merger, Order};
use crate::error::{Error, Result};
use crate::schema::{Kind, Schema, closest, list};

/// What becomes of the values of records that are merged.
///
/// **Nothing is lost unless a rule says so.** A column for which nothing is
/// declared takes the value that is there: blank yields to any value, equal
/// values are one, and values that differ are joined, `13800138000; 13900139000`.
/// A target that cannot take joined values needs a rule, which chooses one. The
/// values that it drops are counted, and can be [kept](Self::keep_others_in) in
/// a column of their own.
///
/// Ids are such a column: `field("id", Rule::fill())` keeps the survivor's, and
/// the crosswalk has the others.
///
/// ```
/// use handover::dedupe::{Rule, Survivor, Survivorship};
///
/// Survivorship::new()
///     .survivor(Survivor::from_source(["new crm", "old crm"]))
///     .field("id", Rule::fill())
///     .field("name", Rule::longest())
///     .field("phone", Rule::most_recent("updated_at"))
///     .field("tags", Rule::join_distinct(";"))
///     .keep_others_in("other_values");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Survivorship {
    fields: Vec<(String, Rule)>,
    rest: Option<Rule>,
    survivor: Survivor,
    others: Option<String>,
}

impl Survivorship {
    /// No rule yet.
    pub fn new() -> Self {
        Survivorship::default()
    }

    /// The rule of a column.
    #[must_use]
    pub fn field(mut self, column: impl Into<String>, rule: Rule) -> Self {
        self.fields.push((column.into(), rule));
        self
    }

    /// The rule of all columns that have none of their own.
    #[must_use]
    pub fn rest(mut self, rule: Rule) -> Self {
        self.rest = Some(rule);
        self
    }

    /// Which record lives on, with its origin, its key and its place in the
    /// order: the first, unless said otherwise.
    #[must_use]
    pub fn survivor(mut self, survivor: Survivor) -> Self {
        self.survivor = survivor;
        self
    }

    /// The column that receives the values that rules would drop, as
    /// `phone=13900139000; city=Suzhou`. It must be there, of kind text; a
    /// mapping can add it. Columns without a rule then [fill](Rule::fill)
    /// instead of joining.
    #[must_use]
    pub fn keep_others_in(mut self, column: impl Into<String>) -> Self {
        self.others = Some(column.into());
        self
    }

    /// Resolves columns and inputs.
    pub(crate) fn bind(&self, schema: &Schema, inputs: &[Arc<str>]) -> Result<Merger> {
        let mut binding = Binding { schema, inputs, orders: Vec::new() };
        binding.order(&self.survivor.0)?;
        let others = self.others.as_deref().map(|column| schema.index(column)).transpose()?;
        let mut rules = vec![None; schema.len()];
        for (name, rule) in &self.fields {
            if rules[schema.index(name)?].replace(rule).is_some() {
                return Err(Error::bind(format!("column `{name}` has two survivorship rules")));
            }
        }
        let join = Rule::join_distinct("; ");
        let undeclared = if others.is_some() { Rule::fill() } else { join.clone() };
        let mut columns = Vec::with_capacity(schema.len());
        for (position, rule) in rules.into_iter().enumerate() {
            let rule = match rule.or(self.rest.as_ref()) {
                _ if others == Some(position) => &join,
                Some(rule) => rule,
                None => &undeclared,
            };
            columns.push(binding.column(position, rule)?);
        }
        Ok(Merger::new(binding.orders, columns, others))
    }
}

/// Which value of several survives in a column. Blank values never do, as long
/// as there is another; of values that are equally good the first wins.
#[derive(Debug, Clone)]
pub struct Rule(Choose);

impl Rule {
    /// The survivor's own value; where it is blank, the first of the others.
    pub fn fill() -> Self {
        Rule(Choose::Fill)
    }

    /// The value of the record that was read first.
    pub fn first() -> Self {
        Rule(Choose::Of(Best::First))
    }

    /// The value of the record that was read last.
    pub fn last() -> Self {
        Rule(Choose::Of(Best::Last))
    }

    /// The value of most characters.
    pub fn longest() -> Self {
        Rule(Choose::Longest)
    }

    /// The value that most records have.
    pub fn most_frequent() -> Self {
        Rule(Choose::MostFrequent)
    }

    /// The value of the record that has the latest date in this column: a date
    /// or time, or text that writes one as in ISO 8601. A time without an offset
    /// counts as UTC. What is missing or cannot be read is older than all.
    pub fn most_recent(by: impl Into<String>) -> Self {
        Rule(Choose::Of(Best::MostRecent(by.into())))
    }

    /// The value of the record from the first-named of these inputs; those
    /// that are not named come last.
    pub fn from_source<N: Into<String>>(inputs: impl IntoIterator<Item = N>) -> Self {
        Rule(Choose::Of(Best::of_sources(inputs)))
    }

    /// All values that differ, in the order in which they were read, as one text.
    pub fn join_distinct(separator: impl Into<String>) -> Self {
        Rule(Choose::JoinDistinct(separator.into()))
    }

    fn name(&self) -> &'static str {
        match &self.0 {
            Choose::Fill => "fill",
            Choose::Longest => "longest",
            Choose::MostFrequent => "most frequent",
            Choose::JoinDistinct(_) => "join distinct",
            Choose::Of(Best::First) => "first",
            Choose::Of(Best::Last) => "last",
            Choose::Of(Best::MostRecent(_)) => "most recent",
            Choose::Of(Best::Source(_)) => "from source",
            Choose::Of(Best::Complete) => "most complete",
        }
    }
}

/// Which record of several lives on. Of records that are equally good the
/// first does.
#[derive(Debug, Clone)]
pub struct Survivor(Best);

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

#[derive(Debug, Clone)]
enum Choose {
    Fill,
    Of(Best),
    Longest,
    MostFrequent,
    JoinDistinct(String),
}

/// How records are ranked, by names that are yet to be resolved.
#[derive(Debug, Clone)]
enum Best {
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

struct Binding<'a> {
    schema: &'a Schema,
    inputs: &'a [Arc<str>],
    orders: Vec<Order>,
}

impl Binding<'_> {
    fn column(&mut self, position: usize, rule: &Rule) -> Result<Column> {
        let field = &self.schema.fields()[position];
        let choice = match &rule.0 {
            Choose::Fill => Choice::One(By::Survivor),
            Choose::Of(best) => Choice::One(By::Order(self.order(best)?)),
            Choose::Longest => Choice::One(By::Length),
            Choose::MostFrequent => Choice::One(By::Frequency),
            Choose::JoinDistinct(_) if !matches!(field.kind(), Kind::Text | Kind::Any) => {
                return Err(Error::bind(format!(
                    "values of column `{}` cannot be joined, its kind is {}: it needs another survivorship rule",
                    field.name(),
                    field.kind()
                )));
            }
            Choose::JoinDistinct(separator) => Choice::Join(separator.clone()),
        };
        Ok(Column::new(choice, Arc::clone(field.name()), rule.name()))
    }

    /// Where the order stands among those that are needed.
    fn order(&mut self, best: &Best) -> Result<usize> {
        let order = match best {
            Best::First => Order::First,
            Best::Last => Order::Last,
            Best::Complete => Order::Complete,
            Best::MostRecent(column) => Order::MostRecent(self.schema.index(column)?),
            Best::Source(names) => Order::Source(self.ranks(names)?),
        };
        let known = self.orders.iter().position(|known| *known == order);
        Ok(known.unwrap_or_else(|| {
            self.orders.push(order);
            self.orders.len() - 1
        }))
    }

    /// The rank of each input, the best being 0.
    fn ranks(&self, preferred: &[String]) -> Result<Vec<usize>> {
        if let Some(name) = preferred.iter().find(|name| !self.inputs.iter().any(|input| **input == ***name))
        {
            return Err(Error::bind(self.no_such_input(name)));
        }
        let rank = |input: &Arc<str>| preferred.iter().position(|name| **name == **input);
        Ok(self.inputs.iter().map(|input| rank(input).unwrap_or(preferred.len())).collect())
    }

    fn no_such_input(&self, name: &str) -> String {
        let names = self.inputs.iter().map(|input| &**input);
        let meant = closest(name, names.clone())
            .map(|closest| format!(", did you mean `{closest}`?"))
            .unwrap_or_else(|| ".".to_owned());
        format!("no input `{name}`{meant} The inputs are: {}", list(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Field;

    fn error(survivorship: Survivorship) -> String {
        let fields = [("phone", Kind::Text), ("born", Kind::Date)].map(|(name, kind)| Field::new(name, kind));
        let inputs = [Arc::from("old crm"), Arc::from("shop")];
        survivorship.bind(&Schema::new(fields).unwrap(), &inputs).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn binding_names_what_is_wrong() {
        let all = Survivorship::new().rest(Rule::first());
        let no_phnoe = "no column `phnoe`, did you mean `phone`? The columns are: phone, born";
        assert_eq!(error(all.clone().field("phnoe", Rule::last())), no_phnoe);
        assert_eq!(error(all.clone().field("born", Rule::most_recent("phnoe"))), no_phnoe);
        assert_eq!(error(all.clone().survivor(Survivor::most_recent("phnoe"))), no_phnoe);
        assert_eq!(error(all.clone().keep_others_in("phnoe")), no_phnoe);
        assert_eq!(
            error(all.clone().field("phone", Rule::from_source(["shop", "old-crm"]))),
            "no input `old-crm`, did you mean `old crm`? The inputs are: old crm, shop"
        );
        assert_eq!(
            error(all.field("phone", Rule::last()).field("phone", Rule::first())),
            "column `phone` has two survivorship rules"
        );
    }

    #[test]
    fn only_text_can_be_joined() {
        let message =
            "values of column `born` cannot be joined, its kind is date: it needs another survivorship rule";
        assert_eq!(error(Survivorship::new()), message);
        assert_eq!(error(Survivorship::new().keep_others_in("born")), message);
    }
}
