//! The pages that `make build` puts into ui/dist are embedded: when they change, so does this room.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
}
