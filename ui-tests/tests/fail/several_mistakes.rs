#[recount::tool(nmae = "search", level = "loud", skip(token), err(Debug))]
const fn search(query: &str) -> u32 {
    let _ = query;
    3
}

fn main() {
    search("tea");
}
