#[derive(Debug)]
struct Closed;

#[recount::tool(err(Display))]
fn search() -> Result<u32, Closed> {
    Err(Closed)
}

fn main() {
    let _ = search();
}
