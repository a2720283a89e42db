//! Rebuilds when a content file comes, goes or changes: `include_dir!` does not notice new files by itself.

fn main() {
    for folder in [
        "clauses",
        "documents",
        "parts",
        "laws.toml",
        "variables.toml",
        "records.toml",
        "checks.toml",
        "rules.toml",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
