#[recount::workflow(temperature = 0.3)]
fn answer() {}

fn main() {
    answer();
}
