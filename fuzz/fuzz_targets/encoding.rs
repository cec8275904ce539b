//! Whatever the bytes: an encoding is found or refused, always alike.
#![no_main]

use handover::source::encoding::Encoding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for whole in [true, false] {
        let found = Encoding::detect(bytes, whole).map_err(|error| error.to_string());
        assert_eq!(found, Encoding::detect(bytes, whole).map_err(|error| error.to_string()));
        if let Ok(detected) = found {
            assert!(detected.bom_len <= bytes.len());
        }
    }
});
