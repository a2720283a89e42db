//! Templates: every one loads, pages escape what they show.

use crate::support::{Database, Program, VENDOR, fields, town};

#[test]
fn every_template_loads_and_pages_escape() {
    let tera = tokki::page::load_templates().unwrap();
    let names: Vec<&str> = tera.get_template_names().collect();
    assert!(names.len() > 25);
    for name in names {
        let mail = name.starts_with("mail/");
        assert!(if mail { name.ends_with(".txt") } else { name.ends_with(".html") }, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_type_is_text_everywhere() {
    let program = Program::start(Database::Sqlite).await;
    town::found(&program).await;
    let tanto = program.signed_in("tanto").await;
    let hostile = "<script>alert(1)</script>\"'&{{ 12345679 * 9 }}";
    let place = tanto.post("/vendors/new", &fields(VENDOR, &[("name", hostile)])).await.sent_to();
    for path in [place.as_str(), "/vendors", "/vendors?q=%3Cscript%3E"] {
        let page = tanto.get(path).await.page();
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(page.contains("&lt;script&gt;"), "{path}");
        // A shorter product would stand in an id or a time now and then.
        assert!(!page.contains("111111111"), "{path}");
    }
}
