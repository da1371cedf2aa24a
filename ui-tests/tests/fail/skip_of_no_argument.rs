#[recount::tool(skip(querry))]
fn search(query: &str) -> usize {
    query.len()
}

#[recount::tool(skip(token))]
fn find(query: &str, limit: usize) -> usize {
    query.len().min(limit)
}

#[recount::tool(skip(token))]
fn nothing() {}

fn main() {
    search("tea");
    find("tea", 3);
    nothing();
}
