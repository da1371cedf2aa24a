//! Tells from the keys of a body who cannot be the one whose it is, so that most are not asked.

use crate::wire::tape::Value;

/// A set of keys, as far as a few bits can tell them apart: what is not in it was not put there.
///
/// Keys count alike in whatever case, and with or without underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keys(u128);

impl Keys {
    /// All there are: whoever has these is asked about every body.
    pub(super) const ALL: Self = Self(u128::MAX);

    pub(super) const fn of(names: &[&str]) -> Self {
        let mut bits = 0;
        let mut place = 0;
        while place < names.len() {
            bits |= bit(names[place].as_bytes());
            place += 1;
        }
        Self(bits)
    }

    /// Those at the top of a body; all where it is no map.
    pub(super) fn in_body(body: &Value<'_>) -> Self {
        match body {
            Value::Map(map) => Self(map.keys().fold(0, |bits, key| bits | bit(key))),
            _ => Self::ALL,
        }
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One bit of 128 for a key: the top of its FNV-1a hash.
const fn bit(key: &[u8]) -> u128 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut place = 0;
    while place < key.len() {
        if key[place] != b'_' {
            hash = (hash ^ key[place].to_ascii_lowercase() as u64).wrapping_mul(0x0100_0000_01b3);
        }
        place += 1;
    }
    1 << (hash >> 57)
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn spellings_are_one_key() {
        let one = Keys::of(&["usageMetadata"]);
        assert!(one.meets(Keys::of(&["usage_metadata"])) && one.meets(Keys::of(&["UsageMetadata"])));
        assert!(!one.meets(Keys::of(&["messages"])));
        assert!(!Keys::of(&[]).meets(Keys::ALL) && one.meets(Keys::ALL));
    }
}
