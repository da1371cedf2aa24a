#[recount::tool(output = 3)]
fn search() -> Vec<u32> {
    vec![1]
}

#[recount::tool(output = || 3)]
fn find() -> Vec<u32> {
    vec![1]
}

fn main() {
    search();
    find();
}
