#![deny(unused_must_use)]

#[recount::tool]
fn search() -> Result<u32, String> {
    Ok(3)
}

#[must_use]
#[recount::tool]
fn find() -> u32 {
    3
}

#[must_use]
#[recount::tool]
async fn look_up() -> u32 {
    3
}

async fn all() {
    search();
    find();
    look_up();
    look_up().await;
}

fn main() {
    drop(all());
}
