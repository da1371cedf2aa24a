#[recount::tool(skip_output, output = |hits| hits.len())]
fn search() -> Vec<u32> {
    vec![1]
}

fn main() {
    search();
}
