/// The names under which the price of a model is looked up, from the most to the least particular.
///
/// First the name itself; then without the path in front of it that a provider or a gateway puts there; then without
/// the id of a fine-tuning, and without what only says which edition of the model it is. A name is never cut anywhere
/// else: `gpt-4o-audio-preview` is not a kind of `gpt-4o`, and nobody but its provider knows what it costs.
pub(super) fn names<'a>(model: &'a str, prefixes: &[String]) -> Vec<&'a str> {
    let mut names = vec![model];
    let own = without_path(model, prefixes);
    let own = fine_tuned(own).unwrap_or(own);
    let mut name = own;
    loop {
        if names.last() != Some(&name) {
            names.push(name);
        }
        match without_edition(name) {
            Some(shorter) if !shorter.is_empty() => name = shorter,
            _ => return names,
        }
    }
}

/// `openai/gpt-4o`, `models/gemini-2.5-pro`, the ARN of an inference profile.
fn without_path<'a>(model: &'a str, prefixes: &[String]) -> &'a str {
    if model.starts_with("arn:")
        && let Some((_, name)) = model.rsplit_once('/')
    {
        return name;
    }
    prefixes.iter().find_map(|prefix| model.strip_prefix(prefix.as_str())).unwrap_or(model)
}

/// `ft:gpt-4o-mini:org::id` is a `ft:gpt-4o-mini`: fine-tuned models have prices of their own.
fn fine_tuned(model: &str) -> Option<&str> {
    let base = model.strip_prefix("ft:")?;
    let end = base.find(':')?;
    model.get(.."ft:".len() + end)
}

/// The name without its last date or number of an edition: `-2024-07-18`, `-20250929`, `@20250929`, `-001`, `-v1:0`.
fn without_edition(name: &str) -> Option<&str> {
    if let Some((before, version)) = name.rsplit_once("-v")
        && version.split(':').all(is_number)
    {
        return Some(before);
    }
    if let Some((before, date)) = name.rsplit_once('@') {
        return is_date(date).then_some(before);
    }
    let (before, last) = name.rsplit_once('-')?;
    if is_date(last) || (last.len() == 3 && last.starts_with("00") && is_number(last)) {
        return Some(before);
    }
    let from = name.len().checked_sub("-2024-07-18".len())?;
    let date = name.get(from..)?.strip_prefix('-')?;
    let is_dashed = date.split('-').map(str::len).eq([4, 2, 2]) && is_date(&date.replace('-', ""));
    is_dashed.then(|| &name[..from])
}

/// `20250929`: a day of this century.
fn is_date(text: &str) -> bool {
    text.len() == 8 && text.starts_with("20") && is_number(text)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::names;

    fn all<'a>(model: &'a str, prefixes: &[&str]) -> Vec<&'a str> {
        let prefixes: Vec<_> = prefixes.iter().map(ToString::to_string).collect();
        names(model, &prefixes)
    }

    #[test]
    fn editions_are_of_their_model() {
        assert_eq!(all("gpt-4o-mini-2024-07-18", &[]), ["gpt-4o-mini-2024-07-18", "gpt-4o-mini"]);
        assert_eq!(all("claude-haiku-4-5@20251001", &[]), ["claude-haiku-4-5@20251001", "claude-haiku-4-5"]);
        assert_eq!(all("gemini-2.0-flash-001", &[]), ["gemini-2.0-flash-001", "gemini-2.0-flash"]);
        assert_eq!(
            all("us.anthropic.claude-sonnet-4-5-20250929-v1:0", &[]),
            [
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "us.anthropic.claude-sonnet-4-5-20250929",
                "us.anthropic.claude-sonnet-4-5"
            ]
        );
    }

    #[test]
    fn a_path_in_front_is_left_out_where_it_is_known() {
        assert_eq!(all("openai/gpt-4o", &["openai/"]), ["openai/gpt-4o", "gpt-4o"]);
        assert_eq!(all("acme/gpt-4o", &["openai/"]), ["acme/gpt-4o"]);
        let arn = "arn:aws:bedrock:us-east-1:42:inference-profile/us.amazon.nova-pro-v1:0";
        assert_eq!(all(arn, &[]).last(), Some(&"us.amazon.nova-pro"));
    }

    #[test]
    fn a_fine_tuned_model_is_one_of_its_own() {
        let names = all("ft:gpt-4o-mini-2024-07-18:acme::7p4lURel", &[]);
        assert_eq!(names[1..], ["ft:gpt-4o-mini-2024-07-18", "ft:gpt-4o-mini"]);
        assert_eq!(all("ft:gpt-4o-mini:acme::1", &[])[1..], ["ft:gpt-4o-mini"]);
    }

    #[test]
    fn what_is_no_edition_stays() {
        for model in [
            "gpt-4o-audio-preview",
            "gpt-4o-mini",
            "o1-2024",
            "-20240101",
            "",
            "日本語-二〇二四",
            "@",
            "ft:",
            "-v1",
        ] {
            assert_eq!(all(model, &["openai/"]), [model], "{model}");
        }
    }
}
