//! Rebuilds when a template or a static file comes, goes or changes: `include_dir!` does not notice new files by itself.

fn main() {
    for folder in ["templates", "static"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
