struct Shop;

impl Shop {
    #[recount::tool(capture(self))]
    fn open() -> Self {
        Self
    }
}

fn main() {
    Shop::open();
}
