use std::iter::Sum;
use std::ops::Add;

/// US dollars, in whole picodollars (10⁻¹²): of tokens at prices per million with six decimals, every sum is exact.
///
/// Sums and products saturate: more dollars than there are is nothing that a price would mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Amount(u128);

impl Amount {
    /// The price of one, of a price in dollars for a million; to the nearest picodollar.
    pub(super) fn per_million(dollars: f64) -> Option<Self> {
        Self::parse(dollars, 6)
    }

    /// The price of one, of a price in dollars for a thousand.
    pub(super) fn per_thousand(dollars: f64) -> Option<Self> {
        Self::parse(dollars, 9)
    }

    /// Dollars with so many decimals, read off their decimal digits: 0.15 is 15 hundredths, not the nearest `f64`.
    /// Negative numbers, and more than a million dollars, are no prices.
    fn parse(dollars: f64, decimals: usize) -> Option<Self> {
        if !(0.0..=1e6).contains(&dollars) {
            return None;
        }
        let digits: String = format!("{dollars:.decimals$}").chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok().map(Self)
    }

    /// The price of so many.
    pub(super) fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count.into()))
    }

    /// The nearest `f64`, of which there is exactly one: 0.0003 is `0.0003`.
    pub(super) fn dollars(self) -> f64 {
        const ONE: u128 = 1_000_000_000_000;
        const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;
        if self.0 <= EXACT {
            #[expect(
                clippy::cast_precision_loss,
                reason = "both are exact, so their quotient is the nearest"
            )]
            return self.0 as f64 / ONE as f64;
        }
        format!("{}.{:012}", self.0 / ONE, self.0 % ONE).parse().unwrap_or_default()
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn prices_below_a_cent_are_exact() {
        let dollars = |amount: Amount| amount.dollars().to_string();
        let token = Amount::per_million(0.0028).expect("a price");
        assert_eq!(dollars(token), "0.0000000028");
        assert_eq!(dollars(token.times(3)), "0.0000000084");
        let tenth = Amount::per_million(0.1).expect("a price");
        assert_eq!(dollars((0..10).map(|_| tenth.times(100_000)).sum()), "0.1");
        assert_eq!(Amount::per_thousand(10.0).map(Amount::dollars), Some(0.01));
    }

    #[test]
    fn the_quotient_is_what_the_digits_say() {
        let mut amount = 1_u128;
        while amount < 1 << 54 {
            for amount in [amount, amount * 3 / 2, amount - 1].map(Amount) {
                let digits = format!("{}.{:012}", amount.0 / 10_u128.pow(12), amount.0 % 10_u128.pow(12));
                assert_eq!(Ok(amount.dollars().to_bits()), digits.parse().map(f64::to_bits));
            }
            amount = amount * 17 / 16 + 1;
        }
    }

    #[test]
    fn what_is_no_price_is_none() {
        for dollars in [-0.01, f64::NAN, f64::INFINITY, 1e7] {
            assert_eq!(Amount::per_million(dollars), None, "{dollars}");
        }
    }

    #[test]
    fn no_count_is_too_large() {
        let most = Amount::per_million(1e6).expect("a price").times(u64::MAX);
        assert!((most + most).dollars().is_finite());
    }
}
