//! What a machine can hold the repository to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", ".git", "tokki-demo", "fuzz"].contains(&name.as_str()) {
                found.extend(files(&path, ending));
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Table name to column names, read from CREATE TABLE statements.
fn tables(sql: &str) -> BTreeMap<String, Vec<String>> {
    sql.split("CREATE TABLE ")
        .skip(1)
        .map(|rest| {
            let (name, body) = rest.split_once(" (\n").unwrap();
            let columns = body
                .lines()
                .map(str::trim)
                .take_while(|line| !line.starts_with(')'))
                .filter_map(|line| line.split(' ').next())
                .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
                .map(str::to_owned)
                .collect();
            (name.to_owned(), columns)
        })
        .collect()
}

/// Columns that a migration adds to tables that were there before: `assessments.return_reason`.
fn added_columns(sql: &str) -> Vec<String> {
    sql.lines()
        .filter_map(|line| line.strip_prefix("ALTER TABLE "))
        .filter_map(|rest| {
            let (table, column) = rest.split_once(" ADD COLUMN ")?;
            Some(format!("{table}.{}", column.split(' ').next().unwrap_or_default()))
        })
        .collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| -> BTreeSet<String> {
        std::fs::read_dir(root().join("migrations").join(database))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgresql"));
    for name in names("sqlite") {
        let text =
            |database: &str| read(&root().join("migrations").join(database).join(&name).join("up.sql"));
        let of = |database: &str| (tables(&text(database)), added_columns(&text(database)));
        assert_eq!(of("sqlite"), of("postgresql"), "{name}");
        let (made, added) = of("sqlite");
        assert!(!made.is_empty() || !added.is_empty(), "{name} changes nothing");
    }
}

#[test]
fn sources_name_no_policy_and_stay_readable() {
    // Assembled so that this file does not name them itself.
    let policies = ["阿南", "北杜", "飯塚", "武豊"];
    for folder in [
        "questionnaires/src",
        "contract-templates/src",
        "server/src",
        "server/domain/src",
        "server/store/src",
    ] {
        for path in files(&root().join(folder), ".rs") {
            let text = read(&path);
            let shown = path.display();
            for name in policies {
                assert!(!text.contains(name), "{shown} names {name}");
            }
            let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = before_tests.lines().count();
            // The tables in diesel's own form are one list, however many there are.
            let listed = path.ends_with("store/src/schema.rs") || shown.to_string().contains("tests");
            assert!(lines <= 500 || listed, "{shown} has {lines} lines");
            for mark in ["TODO", "FIXME", "todo!(", "unimplemented!("] {
                assert!(!text.contains(mark), "{shown} holds {mark}");
            }
        }
    }
}

#[test]
fn templates_hold_nothing_that_the_policy_forbids() {
    for path in files(&root().join("server/templates"), ".html") {
        let text = read(&path);
        for wrong in [
            " style=",
            "<style",
            "onclick=",
            "onchange=",
            "onsubmit=",
            "maxlength=",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(!text.contains(wrong), "{} holds {wrong}", path.display());
        }
        assert!(!text.contains("<script>"), "{}", path.display());
        for (index, line) in text.lines().enumerate().filter(|(_, line)| line.contains("| safe")) {
            let before = text.lines().nth(index.saturating_sub(1)).unwrap_or_default();
            let two = text.lines().nth(index.saturating_sub(2)).unwrap_or_default();
            let reason = [line, before, two].iter().any(|line| line.contains("{#"));
            assert!(reason, "{}:{} uses safe without a reason", path.display(), index + 1);
        }
    }
}

#[test]
fn every_path_that_the_documents_name_exists() {
    let mut documents = files(&root().join("docs"), ".md");
    documents.extend(["README.md", "README.ja.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    let tops =
        ["questionnaires/", "contract-templates/", "server/", "migrations/", "tests/", "docs/", ".ci/"];
    for path in documents {
        let text = read(&path);
        for name in text.split('`').skip(1).step_by(2) {
            let is_path = tops.iter().any(|top| name.starts_with(top))
                && !name.contains([' ', '*', '<', '{', '…', '\n']);
            if is_path {
                let exists = root().join(name.split([':', '#']).next().unwrap_or(name)).exists();
                assert!(exists, "{} names {name}", path.display());
            }
        }
    }
}

#[test]
fn pages_stay_small() {
    let size = |name: &str| std::fs::metadata(root().join("server/static").join(name)).unwrap().len();
    assert!(size("tokki.css") <= 60 * 1024);
    assert!(size("autosave.js") + size("session.js") <= 20 * 1024);
}
