#[recount::tool(skip)]
fn search(query: &str) -> usize {
    query.len()
}

#[recount::tool(skip())]
fn find(query: &str) -> usize {
    query.len()
}

#[recount::tool(skip = query)]
fn look_up(query: &str) -> usize {
    query.len()
}

fn main() {
    search("tea");
    find("tea");
    look_up("tea");
}
