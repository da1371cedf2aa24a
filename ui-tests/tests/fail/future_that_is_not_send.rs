use std::rc::Rc;

#[recount::tool]
async fn search(query: String) -> usize {
    let query = Rc::new(query);
    std::future::ready(()).await;
    query.len()
}

fn spawn(_: impl Future + Send + 'static) {}

fn main() {
    spawn(search("tea".to_owned()));
}
