#[recount::tool(fields(shop.id = 1, "shop.id" = 2))]
fn search() {}

fn main() {
    search();
}
