#[recount::tool(json(query), debug(query))]
fn search(query: &str) -> usize {
    query.len()
}

fn main() {
    search("tea");
}
