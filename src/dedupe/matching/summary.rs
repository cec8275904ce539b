//! What was learnt and done, on a page for people.

use std::fmt;

use super::Matching;
use crate::figures::grouped;

/// The roles of the columns, how pairs were found, and the model.
impl fmt::Display for Matching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.roles)?;
        let compared = grouped(self.compared);
        match self.blocking() {
            None => writeln!(f, "{compared} pairs were compared, which are all there are")?,
            Some(blocking) => writeln!(f, "{compared} pairs were compared\n{blocking}")?,
        }
        write!(f, "\n{}", self.model)
    }
}
