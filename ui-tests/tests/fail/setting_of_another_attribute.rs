#[recount::tool(model = "gpt-5.2", data_source = "wiki")]
fn search() {}

fn main() {
    search();
}
