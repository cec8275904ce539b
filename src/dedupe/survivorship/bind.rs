//! Rules by name become rules by position.

use std::sync::Arc;

use super::Rule;
use super::rule::{Best, Step};
use crate::dedupe::golden::{By, ColumnCounts, Field, Join, Order};
use crate::error::{Error, Result};
use crate::schema::{Kind, Schema, no_such};

pub(super) struct Binding<'a> {
    pub schema: &'a Schema,
    pub inputs: &'a [Arc<str>],
    pub orders: Vec<Order>,
}

impl Binding<'_> {
    /// The rule of a column or of several that survive together.
    pub fn field(&mut self, columns: &[usize], rule: &Rule) -> Result<Field> {
        let (by, join) = match rule.steps.split_last() {
            Some((Step::Join(join), before)) => (before, Some(self.join(columns, join)?)),
            _ => (&rule.steps[..], None),
        };
        let by = by.iter().map(|step| self.by(step)).collect::<Result<_>>()?;
        let name: Arc<str> = rule.name().into();
        let counts = |column: &usize| {
            let column = Arc::clone(self.schema.name(*column));
            ColumnCounts { column, rule: Arc::clone(&name), filled: 0, joined: 0, kept: 0, dropped: 0 }
        };
        let columns = columns.iter().map(|column| (*column, counts(column))).collect();
        Ok(Field { columns, by, join, compared: rule.compared.clone() })
    }

    fn by(&mut self, step: &Step) -> Result<By> {
        Ok(match step {
            Step::Fill => By::Survivor,
            Step::Of(best) => By::Order(self.order(best)?),
            Step::Longest => By::Length,
            Step::Filled => By::Filled,
            Step::MostFrequent => By::Frequency,
            Step::Weight(weights) => By::Weight(self.weights(weights)?),
            Step::Valid(rule) => By::Valid(Arc::clone(rule)),
            Step::Test(_, test) => By::Test(Arc::clone(test)),
            Step::Own(_, choose) => By::Own(Arc::clone(choose)),
            Step::Join(_) => return Err(Error::bind("a survivorship rule that joins values ends its chain")),
        })
    }

    fn join(&self, columns: &[usize], join: &Join) -> Result<Join> {
        let [column] = columns else {
            return Err(Error::bind("columns that survive together cannot be joined"));
        };
        let field = &self.schema.fields()[*column];
        if !matches!(field.kind(), Kind::Text | Kind::Any) {
            return Err(Error::bind(format!(
                "values of column `{}` cannot be joined, its kind is {}: it needs another survivorship rule",
                field.name(),
                field.kind()
            )));
        }
        if join.pieces && join.separator.is_empty() {
            return Err(Error::bind(format!("the list in column `{}` has no separator", field.name())));
        }
        Ok(join.clone())
    }

    /// Where the order stands among those that are needed.
    pub fn order(&mut self, best: &Best) -> Result<usize> {
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
        preferred.iter().try_for_each(|name| self.input(name).map(drop))?;
        let rank = |input: &Arc<str>| preferred.iter().position(|name| **name == **input);
        Ok(self.inputs.iter().map(|input| rank(input).unwrap_or(preferred.len())).collect())
    }

    /// The weight of each input.
    fn weights(&self, said: &[(String, u32)]) -> Result<Vec<u32>> {
        let mut weights = vec![1; self.inputs.len()];
        for (name, weight) in said {
            weights[self.input(name)?] = *weight;
        }
        Ok(weights)
    }

    fn input(&self, name: &str) -> Result<usize> {
        let names = || self.inputs.iter().map(|input| &**input);
        let position = names().position(|input| input == name);
        position.ok_or_else(|| Error::bind(no_such("input", name, names())))
    }
}
