//! Figures: how they are put together, and how they are written.

/// The share of each of `count`.
#[must_use]
pub fn per(count: usize, total: f64) -> f64 {
    total / count as f64
}

/// The median of some figures; 0 of none.
#[must_use]
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<_> = figures.into_iter().collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// A figure without decimals, in groups of three digits.
#[must_use]
pub fn whole(figure: f64) -> String {
    let digits = format!("{:.0}", figure.abs());
    let mut text = if digits != "0" && figure < 0.0 { "-".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many times as much as another figure.
#[must_use]
pub fn times(figure: f64, of: f64) -> String {
    format!("{:.2}", figure.max(0.0) / of)
}
