#[recount::tool(skip(query), json(query))]
fn search(query: &str) -> usize {
    query.len()
}

fn main() {
    search("tea");
}
