//! Phone numbers in the catalogue: `phone:CN,national`.

use super::{Extension, Phone, PhoneFormat, Several};
use crate::error::Result;
use crate::normalize::Normalizer;
use crate::normalize::catalogue::{Entry, Options};

pub(in crate::normalize) const ENTRIES: &[Entry] = &[Entry {
    name: "phone",
    about: "phone numbers of a region, or of any with their country code; all that a value holds",
    options: "a region such as CN, international, national, rfc3966, e164, drop_extension, several=refuse, key",
    example: ["phone:CN", "手机：138 0013 8000", "+8613800138000"],
    make,
}];

fn make(options: &Options<'_>) -> Result<Box<dyn Normalizer>> {
    let mut phone = options.region_column.map_or_else(Phone::international, Phone::region_from);
    let mut key = false;
    for (name, value) in options.pairs() {
        let asked = name.to_ascii_lowercase();
        phone = match (&*asked, value.to_ascii_lowercase().as_str()) {
            ("e164", "") | ("format", "e164") => phone.format(PhoneFormat::E164),
            ("international", "") | ("format", "international") => phone.format(PhoneFormat::International),
            ("national", "") | ("format", "national") => phone.format(PhoneFormat::National),
            ("rfc3966", "") | ("format", "rfc3966") => phone.format(PhoneFormat::Rfc3966),
            ("drop_extension", "") | ("extension", "drop") => phone.extension(Extension::Drop),
            ("keep_extension", "") | ("extension", "keep") => phone.extension(Extension::Keep),
            ("several", "refuse") => phone.several(Several::Refuse),
            ("several", "join") => phone.several(Several::Join),
            ("key", "") => {
                key = true;
                phone
            }
            ("region", _) if phone.knows(value) => phone.or_region(value),
            (_, "") if phone.knows(name) => phone.or_region(name),
            _ => return Err(options.refuse(name)),
        };
    }
    Ok(Box::new(if key { phone.into_key() } else { phone }))
}
