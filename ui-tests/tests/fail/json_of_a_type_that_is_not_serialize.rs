#[derive(Debug)]
struct Query;

#[recount::tool(json(query))]
fn search(query: Query) -> String {
    format!("{query:?}")
}

fn main() {
    search(Query);
}
