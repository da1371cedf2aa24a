#[recount::tool(name = "search" skip_all)]
fn search(query: &str) -> usize {
    query.len()
}

fn main() {
    search("tea");
}
