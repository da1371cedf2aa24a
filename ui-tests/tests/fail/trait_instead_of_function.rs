#[recount::tool]
trait Search {
    fn search(&self) {}
}

fn main() {}
