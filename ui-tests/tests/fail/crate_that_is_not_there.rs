#[recount::tool(crate = crate::telemetry)]
fn search() {}

fn main() {
    search();
}
