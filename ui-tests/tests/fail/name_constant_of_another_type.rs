const NAME: u32 = 3;

#[recount::tool(name = NAME)]
fn search() {}

fn main() {
    search();
}
