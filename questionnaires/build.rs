//! Rebuilds when a content file comes, goes or changes: `include_dir!` does not notice new files by itself.

fn main() {
    for folder in [
        "requirements",
        "profiles",
        "overlays",
        "questions",
        "english",
        "criteria",
        "mappings",
        "facts.toml",
        "means.toml",
        "certifications.toml",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
