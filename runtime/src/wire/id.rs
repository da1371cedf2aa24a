use std::fmt;

/// A type for each, so that a trace's id is never taken for a span's; plain bytes, so that no exporter's
/// crate is needed for them.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $len]);

        impl $name {
            /// The id made of these bytes, most significant first.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes of the id, most significant first.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; $len] {
                self.0
            }

            /// Whether W3C Trace Context allows the id: not all bytes are zero.
            #[must_use]
            pub fn is_valid(self) -> bool {
                self.0.iter().any(|byte| *byte != 0)
            }
        }

        /// Lower-case hexadecimal, as in a `traceparent` header.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

id! {
    /// The 16 bytes that all spans of one trace share.
    ///
    /// From the generator of random numbers of the thread, as W3C Trace Context asks of the lower bytes at
    /// least.
    ///
    /// ```
    /// let id = recount::wire::TraceId::from_bytes([0xab; 16]);
    /// assert_eq!(id.to_string(), "abababababababababababababababab");
    /// ```
    TraceId, 16
}

id! {
    /// The 8 bytes that name one span of a trace.
    ///
    /// Unique within its trace.
    SpanId, 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_as_lower_case_hexadecimal() {
        let id = SpanId::from_bytes([0, 1, 0xab, 0xcd, 0, 0, 0, 0xff]);
        assert_eq!(id.to_string(), "0001abcd000000ff");
    }

    #[test]
    fn only_the_zero_id_is_invalid() {
        assert!(!TraceId::from_bytes([0; 16]).is_valid());
        assert!(SpanId::from_bytes([0, 0, 0, 0, 0, 0, 0, 1]).is_valid());
    }
}
