#[recount::tool]
fn search(query: &str) -> Result<usize, String> {
    if query.is_empty() {
        return Err(3);
    }
    Ok(query.len())
}

#[recount::tool]
async fn find(query: &str) -> Result<usize, String> {
    if query.is_empty() {
        return Err(3);
    }
    Ok(query.len())
}

fn main() {
    drop(search("tea"));
    drop(find("tea"));
}
