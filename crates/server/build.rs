//! The pages that `make build` puts into ui/dist are embedded: when they change, so does this room.

fn main() {
    // A folder that is not there would count as changed at every build. Where it cannot be made, that is all that happens.
    let _ = std::fs::create_dir_all("../../ui/dist");
    println!("cargo::rerun-if-changed=../../ui/dist");
}
