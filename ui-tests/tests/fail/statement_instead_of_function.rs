fn main() {
    #[recount::tool]
    let query = "tea";
    let _ = query;
}
