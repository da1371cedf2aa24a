fn main() {
    let search = #[recount::tool]
    |query: &str| query.len();
    search("tea");
}
