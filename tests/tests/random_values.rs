//! Values made at random: kept whole where there is room, and as valid JSON where there is not.

use recount::Builder;
use recount::wire::{Field, SpanRecord};
use recount_tests::{Random, argument, fact, records_with};
use serde_json::{Map, Value, json};

#[recount::tool]
fn echo(value: Value) -> Value {
    value
}

const TEXTS: [&str; 9] = [
    "",
    "plain",
    "\"quoted\" \\ and \n\t\r controls \u{0}\u{1b}",
    "größe 長さ 🦀👩‍👩‍👧",
    "\u{202e}reversed\u{202c}",
    "</script>",
    "…[+3 bytes]",
    "a rather long text that goes on for a while, so that small caps have to cut it somewhere in its middle",
    "\u{feff}\u{fffd}\u{10ffff}",
];

fn number(random: &mut Random) -> Value {
    match random.below(7) {
        0 => json!(u64::MAX),
        1 => json!(i64::MIN),
        2 => json!(-1),
        3 => json!(f64::MIN_POSITIVE),
        4 => json!(-1.5e300),
        5 => json!(0.1),
        _ => json!(random.below(1000)),
    }
}

fn value(random: &mut Random, depth: u64) -> Value {
    let scalars = 4;
    match random.below(if depth == 0 { scalars } else { scalars + 3 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => number(random),
        3 => json!(random.choose(&TEXTS)),
        4 => (0..random.below(6)).map(|_| value(random, depth - 1)).collect(),
        _ => {
            let pairs =
                (0..random.below(6)).map(|_| (random.choose(&TEXTS).to_string(), value(random, depth - 1)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

/// What the only span says of the argument and of the result.
fn told(spans: &[SpanRecord]) -> [Value; 2] {
    let parsed = |json: Option<String>| -> Value {
        let json = json.expect("it is captured");
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
    };
    [parsed(argument(&spans[0], "value")), parsed(fact(&spans[0], Field::Output))]
}

#[test]
fn values_are_kept_whole() {
    let values: Vec<_> = (0..500).map(|seed| value(&mut Random::new(seed), 5)).collect();
    for value in values {
        let (back, spans) = records_with(Builder::default(), || echo(value.clone()));
        assert_eq!(back, value);
        assert_eq!(told(&spans), [value.clone(), value]);
    }
}

#[test]
fn values_beyond_the_cap_stay_json() {
    for cap in [1, 2, 7, 16, 33, 64, 100, 250] {
        for seed in 0..60 {
            let many: Value = (0..40).map(|_| value(&mut Random::new(seed), 4)).collect();
            let (back, spans) = records_with(Builder::default().value_cap(cap), || echo(many.clone()));
            assert_eq!(back, many);
            for told in told(&spans) {
                assert!(told.is_array() || told.is_string(), "cap {cap}, seed {seed}: {told}");
            }
            assert!(spans[0].tape.entries().count() <= 3, "cap {cap}, seed {seed}");
            assert!(spans[0].size() < 64 * 1024, "cap {cap}, seed {seed}: {} bytes", spans[0].size());
        }
    }
}
