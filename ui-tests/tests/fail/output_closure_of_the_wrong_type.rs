#[recount::tool(output = |hits: &String| hits.len())]
fn search() -> Vec<u32> {
    vec![1]
}

#[recount::tool(output = |hits| hits.total())]
fn find() -> Vec<u32> {
    vec![1]
}

fn main() {
    search();
    find();
}
