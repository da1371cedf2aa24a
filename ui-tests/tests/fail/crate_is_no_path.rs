#[recount::tool(crate = 3)]
fn search() {}

#[recount::tool(crate = "not a path")]
fn find() {}

fn main() {
    search();
    find();
}
