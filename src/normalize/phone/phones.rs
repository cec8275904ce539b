//! Several numbers of one value into columns of their own.

use std::borrow::Cow;

use super::Phone;
use crate::error::Fault;
use crate::normalize::Splitter;

/// Takes the phone numbers of one value apart, each written as a rule says:
/// for [`Spread`](crate::map::Spread).
///
/// ```
/// use handover::normalize::phone::{Phone, Phones};
/// use handover::map::Spread;
/// use handover::normalize::Splitter;
///
/// let phones = Phones::by(Phone::region("CN"));
/// let mut found = Vec::new();
/// phones.split("13800138000 / 010-12346156 转 108", &mut found)?;
/// assert_eq!(found, ["+8613800138000", "+861012346156;ext=108"]);
///
/// let spread = Spread::new("tel", phones, ["phone", "phone_2"]);
/// # Ok::<(), handover::Fault>(())
/// ```
pub struct Phones {
    phone: Phone,
}

impl Phones {
    /// Reads and writes numbers by a rule. A region that stands in another column is not known here.
    pub fn by(phone: Phone) -> Self {
        Phones { phone }
    }
}

impl Splitter for Phones {
    fn split(&self, text: &str, values: &mut Vec<String>) -> Result<(), Fault> {
        let region = self.phone.region_without_record();
        for phone in self.phone.read(text)? {
            let written = self.phone.write(phone, region);
            if !values.contains(&written) {
                values.push(written);
            }
        }
        Ok(())
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("phones")
    }
}
