#[recount::tool(json(query))]
async fn search(query: impl std::fmt::Debug) -> String {
    format!("{query:?}")
}

fn main() {
    drop(search("tea"));
}
