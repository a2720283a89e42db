//! Rebuilds when a content file comes, goes or changes: `include_dir!` does not notice new files by itself.

fn main() {
    for folder in ["requirements", "profiles", "questions", "criteria", "facts.toml"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
