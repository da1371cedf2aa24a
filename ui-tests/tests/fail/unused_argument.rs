#![deny(unused)]

#[recount::tool]
pub fn search(query: &str, mut limit: u32) -> u32 {
    3
}

#[recount::tool]
pub async fn find(query: &str, (width, height): (u32, u32)) -> u32 {
    height
}

fn main() {}
