#[recount::tool(name = "search", name = "find")]
fn search() {}

fn main() {
    search();
}
