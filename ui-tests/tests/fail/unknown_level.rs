#[recount::task(level = "verbose")]
fn step() {}

#[recount::task(level = 6)]
fn leap() {}

fn main() {
    step();
    leap();
}
