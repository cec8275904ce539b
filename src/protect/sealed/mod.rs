//! Files that only who has the key can read, chunk by chunk.
//!
//! ```text
//! handover-sealed 1 <key id> <salt, 32 hexadecimal digits>\n
//! frame: 4 bytes, the length of the chunk; the highest bit is set for the last
//! chunk: 16 bytes and so many more, encrypted by AES-256-SIV
//! frame, chunk, …
//! ```
//!
//! Each chunk is bound to the header line, to its number and to its frame. So
//! none can be altered, left out, put elsewhere or taken from another file,
//! and the end of the file cannot come early.

mod reader;
mod writer;

pub use reader::SealedReader;
pub use writer::SealedWriter;

use super::hex;
use super::key::{Derived, Key, Purpose};

const MARK: &str = "handover-sealed ";
const HEADER: usize = MARK.len() + "1 ".len() + 8 + " ".len() + 32 + "\n".len();
const CHUNK: usize = 64 * 1024;
const LAST: u32 = 1 << 31;

/// What the chunks of one file have in common.
struct Seal {
    key: Derived,
    header: String,
    chunks: u64,
}

impl Seal {
    fn new(key: &Key, salt: &[u8; 16]) -> Self {
        let header = format!("{MARK}1 {} {}\n", key.id(), hex::hex(salt));
        Seal { key: key.derive(Purpose::SealFile, salt), header, chunks: 0 }
    }

    /// Does something with the key and with what the next chunk is bound to.
    fn next<T>(&mut self, frame: u32, work: impl FnOnce(&Derived, &[&[u8]]) -> T) -> T {
        let (number, frame) = (self.chunks.to_be_bytes(), frame.to_be_bytes());
        self.chunks += 1;
        work(&self.key, &[self.header.as_bytes(), &number, &frame])
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use proptest::prelude::*;

    use super::super::key::tests::key;
    use super::super::siv::TAG;
    use super::*;

    const WHOLE: usize = 4 + TAG + CHUNK;

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        let mut writer = SealedWriter::create(Vec::new(), &key(0), [0xA5; 16]).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn unsealed(file: &[u8]) -> Result<Vec<u8>, String> {
        let mut reader = SealedReader::open(file, &key(0)).map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        match reader.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => {
                assert_eq!(reader.read(&mut [0]).unwrap_err().to_string(), error.to_string(), "it stays so");
                Err(error.to_string())
            }
        }
    }

    fn long() -> Vec<u8> {
        (0..2 * CHUNK + 10).map(|at| (at / 256) as u8).collect()
    }

    #[test]
    fn a_file_is_always_sealed_to_the_same_bytes() {
        let file = sealed(b"name\n");
        let (header, chunk) = file.split_at(HEADER);
        assert_eq!(header, b"handover-sealed 1 8179656c a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\n");
        assert_eq!(hex::hex(chunk), "800000058d1a26208c6dbb0fbec7570ca67246e4ef7337e6c7");
        let mut other = SealedWriter::create(Vec::new(), &key(0), [0xA6; 16]).unwrap();
        other.write_all(b"name\n").unwrap();
        assert_ne!(other.finish().unwrap()[HEADER + 4..], chunk[4..]);
    }

    #[test]
    fn chunks_end_where_they_must() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK] {
            let bytes = &long()[..length];
            let file = sealed(bytes);
            assert_eq!(file.len(), HEADER + length.div_ceil(CHUNK).max(1) * (4 + TAG) + length);
            assert!(unsealed(&file).as_deref() == Ok(bytes), "{length}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_says_where() {
        let file = sealed(&long());
        for length in [0, 3, 16, 59, 60, 62, 64, 1000, HEADER + WHOLE, HEADER + 2 * WHOLE, file.len() - 1] {
            let error = format!("the sealed file is cut off at byte {length}");
            assert_eq!(unsealed(&file[..length]), Err(error));
        }
    }

    #[test]
    fn a_chunk_that_is_altered_or_elsewhere_says_where() {
        let altered = |file: &[u8]| unsealed(file).unwrap_err();
        let file = sealed(&long());
        let at = |chunk: usize| HEADER + chunk * WHOLE;
        let says = |chunk| format!("the sealed file was altered at byte {}", at(chunk));

        let mut swapped = file[..at(0)].to_vec();
        swapped.extend([&file[at(1)..at(2)], &file[at(0)..at(1)], &file[at(2)..]].concat());
        assert_eq!(altered(&swapped), says(0));
        assert_eq!(altered(&[&file[..at(1)], &file[at(2)..]].concat()), says(1));
        assert_eq!(altered(&[&file[..at(1)], &file[at(0)..]].concat()), says(1));
        let mut early = file[..at(2)].to_vec();
        early[at(1)] |= 0x80;
        assert_eq!(altered(&early), says(1), "the last flag cannot be set");
        let end = file.len();
        assert_eq!(altered(&[&*file, b"\n"].concat()), format!("the sealed file was altered at byte {end}"));
    }

    #[test]
    fn a_header_tells_what_a_file_is() {
        let file = sealed(b"name\n");
        let text = |from: &str, to: &str| {
            let header = String::from_utf8(file[..HEADER].to_vec()).unwrap().replacen(from, to, 1);
            unsealed(&[header.as_bytes(), &file[HEADER..]].concat()).unwrap_err()
        };
        assert_eq!(unsealed(b"name,phone\n").unwrap_err(), "not a sealed file");
        assert_eq!(text(" 1 ", " 2 "), "a sealed file of version 2, which is not known here");
        assert_eq!(text(" a5", " x5"), "the header of the sealed file was altered");
        assert_eq!(text(" a5", " A5"), "the header of the sealed file was altered");
        assert_eq!(text("\n", " "), "the header of the sealed file was altered");
        assert_eq!(text("8179", "817x"), "the header of the sealed file was altered");
        assert_eq!(text("a5a5", "a6a5"), "the sealed file was altered at byte 60");
        let error = SealedReader::open(&*file, &key(1)).err().unwrap();
        assert_eq!(error.to_string(), "sealed with key 8179656c, and this is key 4472f1dd");
    }

    #[test]
    fn a_writer_that_failed_goes_on_failing() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| std::io::Error::other("full"))?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut writer = SealedWriter::create(Full(HEADER + 4), &key(0), [0; 16]).unwrap();
        assert_eq!(writer.write_all(&long()).unwrap_err().to_string(), "full");
        let again = "the sealed file could not be written before";
        assert_eq!(writer.write_all(b"x").unwrap_err().to_string(), again);
        let error = writer.finish().err().unwrap().to_string();
        assert_eq!(error, format!("cannot write the sealed file: {again}"));
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_unsealed_however_it_is_written(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6),
        ) {
            let mut writer = SealedWriter::create(Vec::new(), &key(0), [0xA5; 16]).unwrap();
            pieces.iter().for_each(|piece| writer.write_all(piece).unwrap());
            let file = writer.finish().unwrap();
            prop_assert_eq!(&file, &sealed(&pieces.concat()));
            prop_assert_eq!(unsealed(&file), Ok(pieces.concat()));
        }

        #[test]
        fn every_byte_that_is_flipped_is_found(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
            at in 0usize..1000,
            by in 1u8..=255,
        ) {
            let mut file = sealed(&bytes);
            let at = at % file.len();
            file[at] ^= by;
            prop_assert!(unsealed(&file).is_err());
        }
    }
}
