//! What a file holds: a request, and what tells whether it is whole.

/// Says what the file is, and in which version of the format.
const MAGIC: [u8; 8] = *b"recount\x01";
/// The length of the request and the number of its spans, 8 bytes each, and the checksum, 4 bytes.
pub(super) const HEADER: usize = MAGIC.len() + 8 + 8 + 4;

/// What stands in front of a request.
pub(super) fn header(request: &[u8], spans: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&MAGIC);
    header[8..16].copy_from_slice(&(request.len() as u64).to_le_bytes());
    header[16..24].copy_from_slice(&spans.to_le_bytes());
    let checksum = checksum(&header[..24], request);
    header[24..].copy_from_slice(&checksum.to_le_bytes());
    header
}

/// The request of a file; none where it is not, to the last bit, what was written.
pub(super) fn open(mut file: Vec<u8>, spans: u64) -> Option<Vec<u8>> {
    let request = file.get(HEADER..)?;
    if file[..HEADER] != header(request, spans) {
        return None;
    }
    file.drain(..HEADER);
    Some(file)
}

fn checksum(header: &[u8], request: &[u8]) -> u32 {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(header);
    checksum.update(request);
    checksum.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(request: &[u8], spans: u64) -> Vec<u8> {
        [&header(request, spans), request].concat()
    }

    #[test]
    fn what_was_put_in_comes_out() {
        for request in [&b""[..], b"spans", &vec![0; 100_000]] {
            assert_eq!(open(file(request, 3), 3).as_deref(), Some(request));
        }
    }

    #[test]
    fn no_cut_and_no_changed_bit_goes_unnoticed() {
        let whole = file(b"some spans", 3);
        assert_eq!(open(whole.clone(), 4), None);
        assert_eq!(open([&whole[..], b"\0"].concat(), 3), None);
        for len in 0..whole.len() {
            assert_eq!(open(whole[..len].to_vec(), 3), None, "cut to {len} bytes");
        }
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(changed, 3), None, "bit {bit}");
        }
    }
}
