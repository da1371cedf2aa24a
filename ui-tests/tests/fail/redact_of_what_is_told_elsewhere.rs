#[recount::tool(redact(tokn))]
fn misspelt(token: &str) -> usize {
    token.len()
}

#[recount::tool(skip(token), redact(token))]
fn skipped(token: &str) -> usize {
    token.len()
}

#[recount::tool(redact(token), debug(token))]
fn read_in_two_ways(token: &str) -> usize {
    token.len()
}

#[recount::tool(redact(token), call_id = token)]
fn told(token: &str) -> usize {
    token.len()
}

#[recount::tool(redact)]
fn nothing_named(token: &str) -> usize {
    token.len()
}

fn main() {
    misspelt("t");
    skipped("t");
    read_in_two_ways("t");
    told("t");
    nothing_named("t");
}
