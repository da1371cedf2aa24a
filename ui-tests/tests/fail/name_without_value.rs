#[recount::tool(name)]
fn search() {}

#[recount::tool(name =)]
fn find() {}

#[recount::tool(name("look up"))]
fn look_up() {}

fn main() {
    search();
    find();
    look_up();
}
