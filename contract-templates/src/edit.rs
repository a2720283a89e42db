//! What staff change of the library's text: an article rewritten, an article of their own, another order.
//!
//! The text is Markdown without any template syntax: `{{` in it is text. References are written `[[CL-17#2]]`.

use crate::compose::mark_references;
use crate::markdown;
use crate::model::{Article, Item, Run};

/// A change of one article. Of several changes of one article the last counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// `CL-17`, or `OWN-1` for an article of their own.
    pub clause: String,
    /// Heading of an article of their own; a library heading stays where this is empty.
    pub heading: String,
    /// The text that stands instead; empty: the library's.
    pub text: String,
    /// The article behind which it stands; empty: where the library puts it, an own article at the end.
    pub after: String,
}

/// What the ids of own articles begin with.
pub const OWN: &str = "OWN-";

/// Puts edits into the articles of a document.
#[must_use]
pub fn apply(mut articles: Vec<Article>, edits: &[Edit]) -> Vec<Article> {
    let last = |clause: &str| edits.iter().rev().find(|edit| edit.clause == clause);
    for article in &mut articles {
        if let Some(edit) = last(&article.clause).filter(|edit| !edit.text.trim().is_empty()) {
            article.items = items(&edit.text);
        }
    }
    let mut own: Vec<&Edit> = Vec::new();
    for edit in edits.iter().filter(|edit| edit.clause.starts_with(OWN)) {
        own.retain(|known| known.clause != edit.clause);
        own.push(edit);
    }
    // An own article whose text was emptied is gone.
    articles.extend(own.into_iter().filter(|edit| !edit.text.trim().is_empty()).map(|edit| Article {
        clause: edit.clause.clone(),
        label: String::new(),
        heading: edit.heading.clone(),
        items: items(&edit.text),
    }));
    for edit in edits.iter().filter(|edit| !edit.after.is_empty()) {
        if last(&edit.clause).is_none_or(|last| last != edit) {
            continue;
        }
        let Some(from) = articles.iter().position(|article| article.clause == edit.clause) else { continue };
        let article = articles.remove(from);
        let to = articles.iter().position(|other| other.clause == edit.after).map_or(from, |at| at + 1);
        articles.insert(to, article);
    }
    articles
}

fn items(text: &str) -> Vec<Item> {
    // Marks of references and blanks are the program's; typed ones are dropped.
    let typed: String = text.chars().filter(|c| !matches!(c, '\u{E000}'..='\u{F8FF}')).collect();
    markdown::article(&mark_references(&without_html(&typed)))
}

/// A `<` that begins nothing: HTML is text here.
fn without_html(text: &str) -> String {
    text.replace('<', "\\<")
}

/// The text of an article as it can be edited: the inverse of reading it.
#[must_use]
pub fn text_of(article: &Article) -> String {
    let mut out = String::new();
    for item in &article.items {
        if !out.is_empty() {
            out.push('\n');
        }
        write_runs(&mut out, &item.text);
        out.push('\n');
        if !item.children.is_empty() {
            out.push('\n');
            write_points(&mut out, &item.children, 0);
        }
    }
    out
}

fn write_points(out: &mut String, items: &[Item], depth: usize) {
    for (index, item) in items.iter().enumerate() {
        out.push_str(&"   ".repeat(depth));
        out.push_str(&format!("{}. ", index + 1));
        write_runs(out, &item.text);
        out.push('\n');
        write_points(out, &item.children, depth + 1);
    }
}

fn write_runs(out: &mut String, runs: &[Run]) {
    for run in runs {
        match run {
            Run::Text { text } => {
                for c in text.chars() {
                    // Only what Markdown would read; the rest stays readable.
                    if matches!(c, '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '`' | '&' | '!' | '~') {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
            Run::Reference { target, .. } => {
                out.push_str("[[");
                out.push_str(target);
                out.push_str("]]");
            }
            Run::Blank => out.push_str("（　　　　　　）"),
            Run::Break => out.push_str("\\\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(clause: &str, text: &str) -> Article {
        Article { clause: clause.into(), heading: clause.into(), items: items(text), ..Article::default() }
    }

    fn edit(clause: &str, text: &str, after: &str) -> Edit {
        Edit { clause: clause.into(), heading: "協力".into(), text: text.into(), after: after.into() }
    }

    #[test]
    fn text_goes_out_and_comes_back() {
        let text = "乙は、[[CL-17#2]]に掲げる\\*書類\\*を提出する。\n\n次に掲げる者に限る。\n\n1. 役員\n   1. 取締役\n   2. 監査役\n2. 職員\n";
        let before = article("CL-01", text);
        assert_eq!(text_of(&before), text);
        assert_eq!(items(&text_of(&before)), before.items);
    }

    #[test]
    fn the_last_edit_counts_and_own_articles_find_their_place() {
        let articles = || vec![article("CL-01", "一。"), article("CL-02", "二。"), article("CL-03", "三。")];
        let order = |articles: &[Article]| articles.iter().map(|a| a.clause.clone()).collect::<Vec<_>>();
        let edited = apply(articles(), &[edit("CL-02", "古い。", ""), edit("CL-02", "新しい。", "CL-03")]);
        assert_eq!(order(&edited), ["CL-01", "CL-03", "CL-02"]);
        assert_eq!(text_of(&edited[2]), "新しい。\n");
        let edited = apply(articles(), &[edit("CL-02", "消した。", ""), edit("CL-02", "", "")]);
        assert_eq!(edited, articles());
        let own = apply(articles(), &[edit("OWN-1", "乙は、協力する。", "CL-01")]);
        assert_eq!(order(&own), ["CL-01", "OWN-1", "CL-02", "CL-03"]);
        assert_eq!(own[1].heading, "協力");
        assert_eq!(
            apply(articles(), &[edit("OWN-1", "乙は、協力する。", ""), edit("OWN-1", " ", "")]),
            articles()
        );
        // A place that is gone leaves the article where it was.
        assert_eq!(order(&apply(articles(), &[edit("CL-02", "", "CL-09")])), ["CL-01", "CL-02", "CL-03"]);
    }

    #[test]
    fn markup_and_templates_of_other_kinds_are_text() {
        let read = items("乙は、{{ secret }}と<b>太字</b>を\u{E000}CL-09\u{E001}書く。");
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].text, [Run::text("乙は、{{ secret }}と<b>太字</b>をCL-09書く。")]);
    }
}
