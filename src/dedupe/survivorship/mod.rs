//! Which value survives when records are merged, said column by column.

mod bind;
mod rule;

use std::sync::Arc;

use super::golden::Merger;
use crate::error::{Error, Result};
use crate::names::Names;
use crate::schema::Schema;
use bind::Binding;
pub use rule::{Rule, Survivor};

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
/// use handover::normalize::named;
///
/// Survivorship::new()
///     .survivor(Survivor::from_source(["new crm", "old crm"]))
///     .field("id", Rule::fill())
///     .field("name", Rule::longest())
///     .field("phone", Rule::valid(named("phone:CN")?).then(Rule::most_recent("updated_at")))
///     .together(["street", "city", "postcode"], Rule::most_complete())
///     .field("tags", Rule::join_distinct(";"))
///     .keep_others_in("other_values");
/// # Ok::<(), handover::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Survivorship {
    fields: Vec<(Names, Rule)>,
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
        self.fields.push((Names::from(column.into()), rule));
        self
    }

    /// The rule of columns that survive as a whole, such as those of an
    /// address: the golden record has the values of one record in all of them,
    /// blank ones included, and not the street of one with the city of
    /// another. What others have there is dropped, or kept with the others.
    #[must_use]
    pub fn together(mut self, columns: impl Into<Names>, rule: Rule) -> Self {
        self.fields.push((columns.into(), rule));
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
        let rules = self.resolve(schema)?;
        let join = Rule::join_distinct("; ");
        let undeclared = if others.is_some() { Rule::fill() } else { join.clone() };
        let mut fields = Vec::with_capacity(schema.len());
        for column in 0..schema.len() {
            let rule = match rules.iter().find(|(columns, _)| columns.contains(&column)) {
                Some((columns, _)) if columns.len() > 1 => continue,
                _ if others == Some(column) => &join,
                Some((_, rule)) => rule,
                None => self.rest.as_ref().unwrap_or(&undeclared),
            };
            fields.push(binding.field(&[column], rule)?);
        }
        for (columns, rule) in rules.iter().filter(|(columns, _)| columns.len() > 1) {
            if let Some(column) = others.filter(|others| columns.contains(others)) {
                let name = schema.name(column);
                return Err(Error::bind(format!(
                    "column `{name}` holds other values, and no group can have it"
                )));
            }
            fields.push(binding.field(columns, rule)?);
        }
        let others = others.map(|column| (column, Arc::clone(schema.name(column))));
        Ok(Merger::new(binding.orders, fields, others))
    }

    /// The positions of the columns of each rule; no column has two.
    fn resolve(&self, schema: &Schema) -> Result<Vec<(Vec<usize>, &Rule)>> {
        let (mut rules, mut taken) = (Vec::new(), vec![false; schema.len()]);
        for (names, rule) in &self.fields {
            let columns = schema.indexes(names.as_slice())?;
            if columns.is_empty() {
                return Err(Error::bind("a survivorship rule without a column"));
            }
            for column in &columns {
                if std::mem::replace(&mut taken[*column], true) {
                    let name = schema.name(*column);
                    return Err(Error::bind(format!("column `{name}` has two survivorship rules")));
                }
            }
            rules.push((columns, rule));
        }
        Ok(rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Field, Kind};

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
    fn rules_that_do_not_fit_together_are_told() {
        let none = Survivorship::new().rest(Rule::first());
        let joined_twice = Rule::list("; ").then(Rule::longest());
        assert_eq!(
            error(none.clone().field("phone", joined_twice)),
            "a survivorship rule that joins values ends its chain"
        );
        let both = ["phone", "born"];
        assert_eq!(
            error(none.clone().together(both, Rule::list("; "))),
            "columns that survive together cannot be joined"
        );
        assert_eq!(
            error(none.clone().field("born", Rule::first()).together(both, Rule::first())),
            "column `born` has two survivorship rules"
        );
        assert_eq!(
            error(none.clone().together(both, Rule::first()).keep_others_in("phone")),
            "column `phone` holds other values, and no group can have it"
        );
        assert_eq!(
            error(none.clone().together([""; 0], Rule::first())),
            "a survivorship rule without a column"
        );
        assert_eq!(
            error(none.clone().field("phone", Rule::list(""))),
            "the list in column `phone` has no separator"
        );
        assert_eq!(
            error(none.field("phone", Rule::most_trusted([("shpo", 2)]))),
            "no input `shpo`, did you mean `shop`? The inputs are: old crm, shop"
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
