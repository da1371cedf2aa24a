#[recount::task]
static LIMIT: u32 = 3;

fn main() {
    let _ = LIMIT;
}
