#[recount::tool]
fn search(query: &str) -> usize {
    let length: usize = query;
    length
}

#[recount::tool]
async fn find(query: &str) -> usize {
    let length: usize = query;
    length
}

fn main() {
    search("tea");
    drop(find("tea"));
}
