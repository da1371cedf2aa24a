#[recount::tool(name = "")]
fn search() {}

fn main() {
    search();
}
