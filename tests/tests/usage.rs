//! The arithmetic of tokens: parts are within their wholes, nothing is counted twice, and what nobody said is unknown.

use proptest::option;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use recount::Usage;

/// Counts as a provider may say them, each or none, some of them nonsense.
fn said() -> impl Strategy<Value = Usage> {
    let count = || option::of(proptest::prop_oneof![0..1_000_000_u64, any::<u64>()]);
    (count(), count(), count(), count(), count()).prop_map(|(input, output, read, write, reasoning)| {
        let mut usage = Usage::default();
        usage.input = input;
        usage.output = output;
        usage.cache_read = read;
        usage.cache_write = write;
        usage.reasoning = reasoning;
        usage
    })
}

/// The cached tokens together.
fn cached(usage: &Usage) -> u64 {
    usage.cache_read.unwrap_or(0).saturating_add(usage.cache_write.unwrap_or(0))
}

/// Which counts are known.
fn known(usage: &Usage) -> [bool; 5] {
    let Usage { input, output, cache_read, cache_write, reasoning, .. } = usage;
    [input, output, cache_read, cache_write, reasoning].map(Option::is_some)
}

proptest! {
    #[test]
    fn parts_that_were_counted_apart_are_within_the_whole(usage in said()) {
        let whole = usage.cache_apart().reasoning_apart();
        prop_assert!(whole.input.is_none_or(|input| input >= cached(&usage)));
        prop_assert!(whole.output.is_none_or(|output| output >= usage.reasoning.unwrap_or(0)));
        prop_assert_eq!((whole.cache_read, whole.cache_write), (usage.cache_read, usage.cache_write));
    }

    #[test]
    fn what_is_made_consistent_is_so(usage in said()) {
        let consistent = usage.consistent();
        prop_assert!(consistent.input.is_none_or(|input| input >= cached(&usage)));
        prop_assert!(consistent.output.is_none_or(|output| output >= usage.reasoning.unwrap_or(0)));
        prop_assert_eq!(consistent.consistent(), consistent);
    }

    #[test]
    fn what_is_consistent_is_left_alone(input in 0..1_000_000_u64, output in 0..1_000_000_u64, share in 0..=100_u64) {
        let part = |whole: u64| whole * share / 100;
        let read = part(input);
        let usage = Usage::new(input, output).cache_read(read).cache_write(part(input - read)).reasoning(part(output));
        prop_assert_eq!(usage.consistent(), usage);
    }

    #[test]
    fn a_total_has_nothing_twice(usage in said()) {
        let sum = usage.input.zip(usage.output).and_then(|(input, output)| input.checked_add(output));
        prop_assert_eq!(usage.total(), sum);
        // However much of it was cached or thought.
        let mut bare = Usage::default();
        (bare.input, bare.output) = (usage.input, usage.output);
        prop_assert_eq!(bare.total(), usage.total());
    }

    /// However a provider counts, as long as its total is true.
    #[test]
    fn a_total_tells_what_was_counted_apart(
        whole in (0..1_000_u64, 0..1_000_u64, 0..=100_u64, 0..=100_u64),
        cache_apart in any::<bool>(),
        reasoning_apart in any::<bool>(),
    ) {
        let (input, output, cached, thought) = whole;
        let (cached, thought) = (input * cached / 100, output * thought / 100);
        let whole = Usage::new(input, output).cache_read(cached).reasoning(thought);
        let mut said = whole;
        said.input = Some(input - if cache_apart { cached } else { 0 });
        said.output = Some(output - if reasoning_apart { thought } else { 0 });
        let told = said.reconciled(whole.total());
        prop_assert_eq!(told.total(), whole.total());
        // Where both are as many, the total does not tell which of them was meant.
        if cached != thought || cache_apart == reasoning_apart {
            prop_assert_eq!(told, whole);
        }
    }

    #[test]
    fn a_total_that_does_not_come_out_tells_nothing(usage in said(), total in option::of(any::<u64>())) {
        let told = usage.reconciled(total);
        prop_assert_eq!(told.consistent(), told);
        if told.total() != total || total.is_none() {
            prop_assert_eq!(told, usage.consistent());
        }
    }

    #[test]
    fn arithmetic_makes_nothing_known(usage in said()) {
        prop_assert_eq!(known(&usage.cache_apart().reasoning_apart().consistent()), known(&usage));
    }

    /// Counts of a stream are totals so far: the last that is known counts, in whatever chunk it came.
    #[test]
    fn the_last_word_counts(chunks in proptest::collection::vec(said(), 0..8)) {
        let mut usage = Usage::default();
        for chunk in &chunks {
            usage.update(*chunk);
        }
        let last = |of: fn(&Usage) -> Option<u64>| chunks.iter().rev().find_map(of);
        prop_assert_eq!(usage.input, last(|usage| usage.input));
        prop_assert_eq!(usage.output, last(|usage| usage.output));
        prop_assert_eq!(usage.cache_read, last(|usage| usage.cache_read));
        prop_assert_eq!(usage.cache_write, last(|usage| usage.cache_write));
        prop_assert_eq!(usage.reasoning, last(|usage| usage.reasoning));
    }

    #[test]
    fn an_update_by_nothing_or_by_itself_changes_nothing(usage in said()) {
        for by in [Usage::default(), usage] {
            let mut updated = usage;
            updated.update(by);
            prop_assert_eq!(updated, usage);
        }
    }

    #[test]
    fn what_is_written_is_read_again(usage in said()) {
        let json = serde_json::to_string(&usage).expect("plain data");
        prop_assert_eq!(serde_json::from_str::<Usage>(&json).expect("what was written"), usage);
        prop_assert_eq!(json.matches(':').count(), known(&usage).into_iter().filter(|known| *known).count());
    }
}
