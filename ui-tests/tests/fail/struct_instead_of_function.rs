#[recount::tool]
struct Search {
    query: String,
}

fn main() {}
