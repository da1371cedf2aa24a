#[recount::tool(skip_all = true)]
fn search(shop: u32) -> u32 {
    shop
}

fn main() {
    search(3);
}
