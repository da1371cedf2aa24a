#[recount::tool]
fn search(query: String) -> usize {
    drop(query);
    query.len()
}

fn main() {
    search("tea".to_owned());
}
