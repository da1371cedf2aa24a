#[recount::tool(name = format!("search {query}").as_str())]
fn search(query: &str) -> usize {
    query.len()
}

fn main() {
    search("tea");
}
