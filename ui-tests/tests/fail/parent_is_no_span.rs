#[recount::tool(parent = 3)]
fn search() {}

fn main() {
    search();
}
