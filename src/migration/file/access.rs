//! Who may do what, as a file has it.

use std::path::Path;

use serde::Deserialize;

use super::text::TextOr;
use crate::error::{Error, Result};
use crate::migration::access::{Matrix, Roles};
use crate::migration::transfer::Access;

/// `[access]`: a matrix stands there, or in a file of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessTable {
    needed: TextOr<Roles>,
    given: Option<TextOr<Roles>>,
    sample: Option<usize>,
    probes: Option<String>,
}

impl AccessTable {
    pub fn access(self, folder: &Path) -> Result<Access> {
        let matrix = |roles: TextOr<Roles>| match roles {
            TextOr::Text(path) => Matrix::load(folder.join(path)),
            TextOr::Table(roles) => Ok(roles.into()),
        };
        let mut access = Access::new(matrix(self.needed).map_err(|error: Error| error.at("needed"))?);
        if let Some(given) = self.given {
            access = access.given(matrix(given).map_err(|error| error.at("given"))?);
        }
        if let Some(most) = self.sample {
            access = access.sample(most);
        }
        Ok(match self.probes {
            Some(path) => access.probes(folder.join(path)),
            None => access,
        })
    }
}
