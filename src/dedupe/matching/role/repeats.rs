//! Columns that say again what others say.

use super::facts::{RECOGNISED, spread, text};
use super::{Guess, Role};
use crate::dedupe::Records;
use crate::error::Result;

/// Sets columns aside whose values are put together from those of others: a full name beside its parts.
pub(super) fn set_aside_repetitions(records: &Records, guesses: &mut [Guess]) -> Result<()> {
    for whole in 0..guesses.len() {
        let of: &[Role] = match guesses[whole].role {
            Role::PersonName => &[Role::GivenName, Role::FamilyName],
            Role::Address => &[Role::Address, Role::City, Role::Postcode, Role::Category],
            _ => continue,
        };
        let others =
            guesses.iter().enumerate().filter(|(at, guess)| *at != whole && of.contains(&guess.role));
        let parts: Vec<usize> = others.map(|(at, _)| at).collect();
        let used = parts_of(records, whole, &parts)?;
        if used.len() > 1 {
            let names: Vec<&str> = used.iter().map(|&at| &*guesses[at].column).collect();
            guesses[whole].why = format!("repeats {}", names.join(", "));
            guesses[whole].role = Role::Ignore;
        }
    }
    Ok(())
}

/// The columns that the values of one are put together from; none unless nearly all are.
fn parts_of(records: &Records, whole: usize, parts: &[usize]) -> Result<Vec<usize>> {
    if parts.len() < 2 {
        return Ok(Vec::new());
    }
    let (mut all, mut made) = (0, 0);
    let mut used = vec![0; parts.len()];
    for sampled in spread(records, RECOGNISED) {
        let (_, row) = sampled?;
        let mut rest = text(row.value(whole)).to_lowercase();
        if rest.is_empty() {
            continue;
        }
        all += 1;
        let values = parts.iter().map(|&part| text(row.value(part)).to_lowercase());
        let mut values: Vec<(usize, String)> =
            values.enumerate().filter(|(_, part)| !part.is_empty()).collect();
        // The longest first: a short one may stand within it.
        values.sort_by_key(|(at, value)| (std::cmp::Reverse(value.len()), *at));
        values.retain(|(_, value)| {
            let found = rest.find(value.as_str());
            found.inspect(|at| rest.replace_range(*at..at + value.len(), " ")).is_some()
        });
        if values.len() > 1 && !rest.contains(char::is_alphanumeric) {
            made += 1;
            values.iter().for_each(|(at, _)| used[*at] += 1);
        }
    }
    if all == 0 || made * 20 < all * 19 {
        return Ok(Vec::new());
    }
    let used = parts.iter().zip(used).filter(|(_, used)| used * 2 >= made);
    Ok(used.map(|(part, _)| *part).collect())
}
