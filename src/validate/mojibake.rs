//! The rule about text that was read in the wrong encoding.

use super::rule::{Judge, Rule};
use crate::error::Fault;
use crate::names::Names;
use crate::normalize::mojibake::detect;
use crate::record::Value;

/// Text must not look as if it was read in the wrong encoding, as [`detect`]
/// has it. Says `read in the wrong encoding`, and where characters are gone
/// for good, `read in the wrong encoding, characters are lost`: those no
/// [`repair_mojibake`](crate::normalize::mojibake::repair_mojibake) brings back.
///
/// ```
/// use handover::validate::mojibake;
///
/// let rule = mojibake(["name", "city"]).warning();
/// ```
pub fn mojibake(columns: impl Into<Names>) -> Rule<NoMojibake> {
    Rule::new(columns, NoMojibake)
}

/// See [`mojibake`].
#[derive(Debug, Clone)]
pub struct NoMojibake;

impl Judge for NoMojibake {
    const NAME: &'static str = "mojibake";

    fn judge(&self, value: Value<'_>) -> Result<(), Fault> {
        match value.as_text().and_then(detect) {
            None => Ok(()),
            Some(found) if found.is_lost() => {
                Err(Fault::new("read in the wrong encoding, characters are lost"))
            }
            Some(_) => Err(Fault::new("read in the wrong encoding")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::rule::tests::says;

    #[test]
    fn what_is_lost_is_told_from_what_can_be_repaired() {
        let said = |text: &str| says(mojibake("v"), text);
        assert_eq!(said("Björn 王伟"), None);
        assert_eq!(said("BjÃ¶rn").as_deref(), Some("mojibake: read in the wrong encoding"));
        let lost = Some("mojibake: read in the wrong encoding, characters are lost");
        assert_eq!(said("Bj\u{FFFD}rn").as_deref(), lost);
        assert_eq!(said("锟斤拷").as_deref(), lost);
        assert_eq!(says(mojibake("v"), 7), None);
    }
}
