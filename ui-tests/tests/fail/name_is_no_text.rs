#[recount::tool(name = 3)]
fn search() {}

fn main() {
    search();
}
