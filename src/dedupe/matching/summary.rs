//! What was learnt and done, on a page for people.

use std::fmt;

use super::{MatchFinding, Matching};
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
        write!(f, "\n{}", self.model)?;
        // The other findings stand in the tables.
        match self.findings().last() {
            Some(MatchFinding::NoPair) => f.write_str("\nNo pair is likely to be one customer."),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dedupe::Records;
    use crate::dedupe::matching::{Matcher, Role};
    use crate::record::Record;
    use crate::schema::Schema;

    #[test]
    fn roles_and_pairs_are_told_before_the_model() {
        let schema = Schema::text(["id", "name", "e-mail"]).unwrap();
        let mut records = Records::new(schema.clone());
        for row in [["1", "Li Na", "li@example.cn"], ["2", "Lina Li", "li@example.cn"], ["3", "Wu Fang", ""]]
        {
            records.push(&Record::of(schema.clone(), row).unwrap()).unwrap();
        }
        let roles = [("id", Role::Ignore), ("name", Role::PersonName), ("e-mail", Role::Email)];
        let matcher =
            roles.into_iter().fold(Matcher::new(), |matcher, (name, role)| matcher.role(name, role));
        let matching = matcher.matching(&records).unwrap();
        let before = "column  role         why\n\
                      id      ignore       it was said\n\
                      name    person_name  it was said\n\
                      e-mail  email        it was said\n\n\
                      3 pairs were compared, which are all there are\n\n";
        assert_eq!(matching.to_string(), format!("{before}{}", matching.model()));
    }
}
