#[recount::tool(skip[query])]
fn search(query: &str) -> usize {
    query.len()
}

#[recount::tool(fields { shop = 1 })]
fn find(query: &str) -> usize {
    query.len()
}

fn main() {
    search("tea");
    find("tea");
}
