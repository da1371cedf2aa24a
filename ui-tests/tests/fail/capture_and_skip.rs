#[recount::tool(capture(query), skip(token))]
fn search(query: &str, token: &str) -> usize {
    query.len() + token.len()
}

fn main() {
    search("tea", "secret");
}
