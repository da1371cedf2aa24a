//! Generated code uses no macro by a name that the user may have given to another.
#![deny(warnings)]
#![allow(unused_macros)]

macro_rules! module_path {
    ($($tokens:tt)*) => { compile_error!("not this `module_path`") };
}
macro_rules! file {
    ($($tokens:tt)*) => { compile_error!("not this `file`") };
}
macro_rules! line {
    ($($tokens:tt)*) => { compile_error!("not this `line`") };
}
macro_rules! site {
    ($($tokens:tt)*) => { compile_error!("not this `site`") };
}
macro_rules! unreachable {
    ($($tokens:tt)*) => { compile_error!("not this `unreachable`") };
}

#[recount::tool]
fn search(query: &str) -> Result<usize, String> {
    Ok(query.len())
}

#[recount::workflow]
async fn find(query: String) -> Result<usize, String> {
    search(&query)
}

fn main() {
    let _ = search("tea");
    drop(find("tea".to_owned()));
}
