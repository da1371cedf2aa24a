#[recount::tool(fields(shop, "aisle"))]
fn search(shop: u32) -> u32 {
    shop
}

fn main() {
    search(3);
}
