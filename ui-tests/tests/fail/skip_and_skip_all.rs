#[recount::tool(skip(token), skip_all)]
fn search(query: &str, token: &str) -> usize {
    query.len() + token.len()
}

fn main() {
    search("tea", "secret");
}
