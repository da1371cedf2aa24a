struct Shop;

impl Shop {
    #[recount::tool]
    fn search(#[recount(skip)] &self) {}
}

fn main() {
    Shop.search();
}
