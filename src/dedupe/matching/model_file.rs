//! Models in files, as JSON.

use std::fs;
use std::path::Path;

use super::Model;
use crate::error::{Error, Result};
use crate::sink::file::Target;

impl Model {
    /// Reads a model that [`save`](Self::save) has written, or somebody by hand.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, and when it holds no model that can be used.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = fs::read(path).map_err(|error| Error::io("cannot read", error).at(path.display()))?;
        let model: Model = serde_json::from_slice(&text)
            .map_err(|error| Error::format("is no model").at(path.display()).caused_by(error))?;
        model.check().map_err(|error| error.at(path.display()))?;
        Ok(model)
    }

    /// Writes the model into a file, which appears whole or not at all. It holds
    /// no values of the records that it was learnt from.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::other("cannot write the model").caused_by(error))?;
        let mut target = Target::file(path.as_ref())?;
        target.write(text.as_bytes())?;
        target.write(b"\n")?;
        target.finish()?.publish().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::matching::{FieldModel, LevelModel, Related, Role};

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let level = |level: &str, same, chance| LevelModel { level: level.to_owned(), same, chance };
        let model = Model {
            prior: 1.0 / 3.0 * 1e-9,
            fields: vec![FieldModel {
                field: "street + city".to_owned(),
                role: Role::Address,
                levels: vec![level("different", 0.1 + 0.2, 1.0 - 1e-7), level("same", 0.7, 1e-7)],
                scale: 0.95,
                trained: true,
            }],
            related: vec![Related {
                name: "same place".to_owned(),
                prior: 1e-5 / 7.0,
                shared: vec![vec![0.0, 0.9]],
            }],
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.json");
        model.save(&path).unwrap();
        assert_eq!(Model::load(&path).unwrap(), model);
        Model { prior: 7.0, ..model }.save(&path).unwrap();
        let error = Model::load(&path).unwrap_err().to_string();
        let message = "the model: the prior is 7, and has to be above 0 and at most 1";
        assert_eq!(error, format!("{}: {message}", path.display()));
        fs::write(&path, "{}").unwrap();
        let error = Model::load(&path).unwrap_err().to_string();
        let message = "is no model: missing field `prior` at line 1 column 2";
        assert_eq!(error, format!("{}: {message}", path.display()));
    }
}
