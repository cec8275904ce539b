//! A model made by hand, or edited, is checked before it is used.

use super::model::{FieldModel, KINDS, Model, Related};
use crate::error::{Error, Result};

impl Model {
    /// Whether the model can be used: probabilities are probabilities, and every
    /// kind of strangers has a share for each level of each field. What was
    /// learnt always can; what was edited by hand may not.
    ///
    /// # Errors
    ///
    /// When it cannot, in words that tell where.
    pub fn check(&self) -> Result<()> {
        above_zero(self.prior, || "the prior".to_owned())?;
        self.fields.iter().try_for_each(FieldModel::check)?;
        if self.related.len() > KINDS {
            let count = self.related.len();
            return Err(wrong(format!(
                "there are {count} kinds of related strangers, and {KINDS} at most can be"
            )));
        }
        self.related.iter().try_for_each(|class| class.check(&self.fields))
    }
}

impl FieldModel {
    fn check(&self) -> Result<()> {
        let name = &self.field;
        if self.levels.is_empty() || self.levels.len() > usize::from(u8::MAX) {
            return Err(wrong(format!("`{name}` has {} levels, where 1 to 255 can be", self.levels.len())));
        }
        within(self.scale, || format!("the scale of `{name}`"))?;
        self.levels.iter().try_for_each(|level| {
            above_zero(level.same, || format!("`same` of `{name}`, {}", level.level))?;
            above_zero(level.chance, || format!("`chance` of `{name}`, {}", level.level))
        })
    }
}

impl Related {
    fn check(&self, fields: &[FieldModel]) -> Result<()> {
        let name = &self.name;
        within(self.prior, || format!("the prior of `{name}`"))?;
        if self.shared.len() != fields.len() {
            let (has, fields) = (self.shared.len(), fields.len());
            return Err(wrong(format!(
                "`{name}` tells of {has} fields what is shared, and the model has {fields}"
            )));
        }
        fields.iter().zip(&self.shared).try_for_each(|(field, shared)| {
            if shared.len() != field.levels.len() {
                return Err(wrong(format!(
                    "`{name}` tells of {} levels of `{}` how often they are shared, and it has {}",
                    shared.len(),
                    field.field,
                    field.levels.len()
                )));
            }
            let what = || format!("what is shared of `{}` by `{name}`", field.field);
            shared.iter().try_for_each(|share| within(*share, what))?;
            let all: f64 = shared.iter().sum();
            if all > 1.0 + ROUNDING {
                return Err(wrong(format!("{} is {all} in all, and has to be at most 1", what())));
            }
            Ok(())
        })
    }
}

/// Shares that add up to 1 may do so not quite.
const ROUNDING: f64 = 1e-9;

fn above_zero(probability: f64, what: impl Fn() -> String) -> Result<()> {
    if probability > 0.0 && probability <= 1.0 {
        return Ok(());
    }
    Err(wrong(format!("{} is {probability}, and has to be above 0 and at most 1", what())))
}

fn within(probability: f64, what: impl Fn() -> String) -> Result<()> {
    if (0.0..=1.0).contains(&probability) {
        return Ok(());
    }
    Err(wrong(format!("{} is {probability}, and has to be from 0 to 1", what())))
}

fn wrong(what: String) -> Error {
    Error::bind(what).at("the model")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::matching::{LevelModel, Role};

    fn model() -> Model {
        let level = |level: &str, same, chance| LevelModel { level: level.to_owned(), same, chance };
        let field = |name: &str, role| FieldModel {
            field: name.to_owned(),
            role,
            levels: vec![level("different", 0.1, 0.9), level("same", 0.9, 0.3)],
            scale: 1.0,
            trained: true,
        };
        let fields = vec![field("city", Role::City), field("class", Role::Category)];
        let shared = vec![vec![0.1, 0.9], vec![0.0, 0.0]];
        Model {
            prior: 0.001,
            fields,
            related: vec![Related { name: "same place".to_owned(), prior: 0.0, shared }],
        }
    }

    fn refused(edit: impl FnOnce(&mut Model)) -> String {
        let mut model = model();
        edit(&mut model);
        model.check().unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_model_is_refused_in_words() {
        model().check().unwrap();
        let last = |model: &mut Model| model.related.push(model.related[0].clone());
        let told = [
            refused(|model| model.prior = 0.0),
            refused(|model| model.prior = f64::NAN),
            refused(|model| model.fields[1].levels[0].same = -0.5),
            refused(|model| model.fields[0].levels[1].chance = 1.5),
            refused(|model| model.fields[0].scale = 2.0),
            refused(|model| model.fields[0].levels.clear()),
            refused(|model| (0..4).for_each(|_| last(model))),
            refused(|model| model.related[0].prior = -1.0),
            refused(|model| drop(model.related[0].shared.pop())),
            refused(|model| model.related[0].shared[1].push(0.0)),
            refused(|model| model.related[0].shared[1][0] = 7.0),
            refused(|model| model.related[0].shared[0][0] = 0.5),
        ];
        let expected = [
            "the prior is 0, and has to be above 0 and at most 1",
            "the prior is NaN, and has to be above 0 and at most 1",
            "`same` of `class`, different is -0.5, and has to be above 0 and at most 1",
            "`chance` of `city`, same is 1.5, and has to be above 0 and at most 1",
            "the scale of `city` is 2, and has to be from 0 to 1",
            "`city` has 0 levels, where 1 to 255 can be",
            "there are 5 kinds of related strangers, and 4 at most can be",
            "the prior of `same place` is -1, and has to be from 0 to 1",
            "`same place` tells of 1 fields what is shared, and the model has 2",
            "`same place` tells of 3 levels of `class` how often they are shared, and it has 2",
            "what is shared of `class` by `same place` is 7, and has to be from 0 to 1",
            "what is shared of `city` by `same place` is 1.4 in all, and has to be at most 1",
        ];
        assert_eq!(told, expected.map(|what| format!("the model: {what}")));
    }
}
