//! A model for people: a table of what each agreement is worth.

use std::fmt;

use super::model::{FieldModel, LevelModel, Model};
use crate::figures::grouped;

impl LevelModel {
    /// What agreement at this level is worth, in bits, where the frequency of
    /// the value does not tell more.
    pub fn bits(&self) -> f64 {
        (self.same / self.chance).log2()
    }
}

/// A line for each level of each field, and what is not learnt said in words.
impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = widest("field", self.fields.iter().map(|field| &*field.field));
        let levels = self.fields.iter().flat_map(|field| &field.levels);
        let levels = widest("agreement", levels.map(|level| &*level.level));
        write!(
            f,
            "{:names$}  {:levels$}  {:>8}  {:>8}  {:>7}",
            "field", "agreement", "same", "chance", "bits"
        )?;
        for FieldModel { field, levels: of_field, trained, .. } in &self.fields {
            for (number, LevelModel { level, same, chance }) in of_field.iter().enumerate() {
                let name = if number == 0 { field } else { "" };
                let bits = of_field[number].bits();
                let (same, chance) = (short(*same), short(*chance));
                write!(f, "\n{name:names$}  {level:levels$}  {same:>8}  {chance:>8}  {bits:>+7.1}")?;
            }
            if !trained {
                write!(f, "\n{:names$}  could not be learnt: too few pairs; what is usual is used", "")?;
            }
        }
        f.write_str("\nWhere two values are equal, their own frequency is the chance.")?;
        write!(f, "\nOf {} pairs, one is one customer", among(self.prior))?;
        let mut related = self.related.iter().filter(|class| class.prior > NEVER);
        related.try_for_each(|class| {
            write!(f, "; of {}, strangers of the {}", among(class.prior), class.name)
        })?;
        f.write_str(".")
    }
}

fn widest<'a>(title: &'a str, texts: impl Iterator<Item = &'a str>) -> usize {
    texts.chain([title]).map(|text| text.chars().count()).max().unwrap_or_default()
}

/// A kind of strangers that is rarer has not been found.
const NEVER: f64 = 1e-15;

/// Among how many there is one.
fn among(probability: f64) -> String {
    grouped((1.0 / probability).round() as u64)
}

/// A probability in few digits, however small.
fn short(probability: f64) -> String {
    match probability {
        small if small < 0.001 => format!("{small:.1e}"),
        other => format!("{other:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::matching::{Related, Role};

    #[test]
    fn a_model_is_a_table_that_says_what_is_not_learnt() {
        let level = |level: &str, same, chance| LevelModel { level: level.to_owned(), same, chance };
        let field = |name: &str, role, trained, levels| FieldModel {
            field: name.to_owned(),
            role,
            levels,
            scale: 1.0,
            trained,
        };
        let fields = vec![
            field(
                "given + family",
                Role::PersonName,
                true,
                vec![level("different", 0.0625, 1.0), level("same", 0.5, 0.00003)],
            ),
            field("城市", Role::City, false, vec![level("different", 0.2, 0.8), level("same", 0.8, 0.2)]),
        ];
        let shared = vec![vec![0.0, 0.0], vec![0.0, 0.9]];
        let class = |name: &str, prior| Related { name: name.to_owned(), prior, shared: shared.clone() };
        let related = vec![class("same place", 0.5_f64.powi(9)), class("same family", 1e-18)];
        let model = Model { prior: 0.5_f64.powi(12), fields, related };
        assert_eq!(
            model.to_string(),
            "\
field           agreement      same    chance     bits
given + family  different    0.0625    1.0000     -4.0
                same         0.5000    3.0e-5    +14.0
城市              different    0.2000    0.8000     -2.0
                same         0.8000    0.2000     +2.0
                could not be learnt: too few pairs; what is usual is used
Where two values are equal, their own frequency is the chance.
Of 4,096 pairs, one is one customer; of 512, strangers of the same place."
        );
    }
}
