struct Query;

#[recount::tool(debug(query))]
fn search(query: Query) {
    drop(query);
}

#[recount::tool(fields(what = %query))]
fn find(query: Query) {
    drop(query);
}

fn main() {
    search(Query);
    find(Query);
}
