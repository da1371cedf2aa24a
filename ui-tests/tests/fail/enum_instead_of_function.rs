#[recount::agent]
pub enum Plan {
    Search,
    Answer,
}

fn main() {}
