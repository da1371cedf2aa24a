#[recount::tool]
fn search(query: &str) -> usize {
    query.len();
}

#[recount::tool]
async fn find(query: &str) -> usize {
    query.len();
}

fn main() {
    search("tea");
    drop(find("tea"));
}
