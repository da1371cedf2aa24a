#[recount::tool(json(query))]
fn search<T: std::fmt::Debug>(query: T) -> String {
    format!("{query:?}")
}

fn main() {
    search("tea");
}
