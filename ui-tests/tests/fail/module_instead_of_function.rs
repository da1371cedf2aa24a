#[recount::task]
mod steps {
    pub fn first() {}
}

fn main() {
    steps::first();
}
