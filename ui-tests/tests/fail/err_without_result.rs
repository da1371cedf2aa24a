#[recount::tool(err(Debug))]
fn search() -> Vec<u32> {
    vec![1]
}

#[recount::tool(err(Display))]
async fn find() {}

fn main() {
    search();
    drop(find());
}
