//! A profile as text for people.

use std::fmt;

use super::propose::Proposal;
use super::{ColumnProfile, Count, Profile};

/// How many frequent values and shapes are shown.
const SHOWN: usize = 5;
/// Of longer values only the beginning is shown, in characters.
const WIDTH: usize = 40;

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Profile { source, records, rejected, details, columns } = self;
        let s = |count| if count == 1 { "" } else { "s" };
        let width = columns.len();
        writeln!(f, "{source}: {records} record{} of {width} column{}", s(*records), s(width as u64))?;
        for (name, value) in &details.facts {
            writeln!(f, "  {name}: {value}")?;
        }
        if *rejected > 0 {
            writeln!(f, "  rows that are no records, left out here: {rejected}")?;
        }
        for note in &details.notes {
            writeln!(f, "  note: {note}")?;
        }
        columns.iter().try_for_each(|column| write!(f, "\n{column}"))
    }
}

impl fmt::Display for ColumnProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ColumnProfile { name, evidence, filled, distinct, problems, .. } = self;
        f.write_str(name)?;
        if let Some(likely) = self.meaning {
            write!(f, ": {} {:.2}", likely.meaning, likely.score)?;
        }
        // The evidence begins with the column's name, which stands above.
        let evidence = evidence.to_string();
        let kind = evidence.strip_prefix(&format!("{name}: ")).unwrap_or(&evidence);
        writeln!(f, "\n  kind      {kind}")?;
        if let Some(lengths) = self.lengths {
            let long = match lengths.least == lengths.most {
                true => format!("{} long", lengths.most),
                false => {
                    format!("{} to {} long, {:.1} on average", lengths.least, lengths.most, lengths.mean)
                }
            };
            writeln!(f, "  values    {filled} filled, {distinct} different, {long}")?;
            let shapes = self.shapes.iter().map(|shape| (Some(&shape.shape), shape.times));
            list(f, "shapes", shapes)?;
        }
        if self.frequent.first().is_some_and(|first| first.times.count > 1) {
            list(f, "frequent", self.frequent.iter().map(|value| (value.value.as_ref(), value.times)))?;
        }
        problems.iter().try_for_each(|problem| writeln!(f, "  problem   {problem}"))
    }
}

fn list<'a>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    items: impl ExactSizeIterator<Item = (Option<&'a String>, Count)>,
) -> fmt::Result {
    let more = items.len().saturating_sub(SHOWN);
    for (number, (text, times)) in items.take(SHOWN).enumerate() {
        let title = if number == 0 { title } else { "" };
        writeln!(
            f,
            "  {title:<9} {:>9}  {}",
            times.to_string(),
            text.map_or("…".to_owned(), |text| shown(text))
        )?;
    }
    match more {
        0 => Ok(()),
        _ => writeln!(f, "  {:<9} {:>9}  and more", "", ""),
    }
}

/// A value on one line, its beginning where it is long.
fn shown(text: &str) -> String {
    let flat = |c: char| if c.is_control() { '·' } else { c };
    let mut shown: String = text.chars().take(WIDTH).map(flat).collect();
    if text.chars().count() > WIDTH {
        shown.push('…');
    }
    shown
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.object() {
            Some(object) => writeln!(f, "The records look like {}.", object.plural())?,
            None => writeln!(f, "Nothing tells what the records are about.")?,
        }
        for column in self.columns() {
            let name = column.column();
            match column.field().filter(|_| column.is_accepted()) {
                Some(field) => writeln!(f, "  {name} -> {field} {:.2}", column.score())?,
                None if column.is_empty() => writeln!(f, "  {name} is empty")?,
                None => writeln!(f, "  {name} stays: {}", column.doubt(self.accepted_above()))?,
            }
        }
        Ok(())
    }
}
