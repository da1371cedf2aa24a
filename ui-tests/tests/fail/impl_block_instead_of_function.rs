struct Shop;

#[recount::tool]
impl Shop {
    fn search(&self) {}
}

fn main() {
    Shop.search();
}
