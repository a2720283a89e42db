//! What changes from one edition of a policy to the next.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::{Class, Profile};

/// One thing that differs between two editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where, for people: 「用語　head」, 「経路 P3　決裁 1　役割」.
    pub place: String,
    /// What was there; absent where it is new.
    pub before: Option<String>,
    /// What is there now; absent where it is gone.
    pub after: Option<String>,
}

/// Where information of a class goes in the next edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassMove {
    /// Class id of the old edition.
    pub from: String,
    /// Its name.
    pub name: String,
    /// Classes of the new edition that may take it, with when. Empty: nobody has said; more than one: somebody has
    /// to choose, item by item.
    pub to: Vec<ClassTarget>,
}

/// A class that may take information of an old class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassTarget {
    /// Class id of the new edition.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it is the right one; absent where it is the only one.
    pub choose_when: Option<String>,
}

/// Everything that differs, in the order of the places.
///
/// # Errors
/// When a profile cannot be written as JSON; does not happen with one that was loaded.
pub fn difference(old: &Profile, new: &Profile) -> Result<Vec<Change>, serde_json::Error> {
    Ok(changes(&serde_json::to_value(old)?, &serde_json::to_value(new)?))
}

/// Everything that differs between two trees of content: profiles, topics, criteria.
#[must_use]
pub fn changes(old: &Json, new: &Json) -> Vec<Change> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    flatten("", old, &mut before);
    flatten("", new, &mut after);
    let places: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = places.into_iter().filter(|place| before.get(*place) != after.get(*place));
    changed
        .map(|place| Change {
            place: in_japanese(place),
            before: before.get(place).cloned(),
            after: after.get(place).cloned(),
        })
        .collect()
}

/// Where each class of the old edition goes, lowest first: what the new one says it replaces, else the class of
/// the same id.
#[must_use]
pub fn class_moves(old: &Profile, new: &Profile) -> Vec<ClassMove> {
    let takes = |class: &Class, from: &str| match class.replaces.as_slice() {
        [] => class.id == from,
        replaced => replaced.iter().any(|id| id == from),
    };
    let moved = old.classes.iter().map(|class| {
        let targets: Vec<&Class> = new.classes.iter().filter(|target| takes(target, &class.id)).collect();
        let single = targets.len() == 1;
        let to = targets.into_iter().map(|target| ClassTarget {
            id: target.id.clone(),
            name: target.name.clone(),
            choose_when: target.choose_when.clone().filter(|_| !single),
        });
        ClassMove { from: class.id.clone(), name: class.name.clone(), to: to.collect() }
    });
    moved.collect()
}

/// Leaves with their places; entries of lists are known by id, number or text, so that an insertion is one change.
fn flatten(place: &str, value: &Json, leaves: &mut BTreeMap<String, String>) {
    match value {
        Json::Object(members) => {
            for (name, member) in members {
                flatten(&format!("{place}/{name}"), member, leaves);
            }
        }
        Json::Array(items) if !items.is_empty() && items.iter().all(Json::is_object) => {
            for (index, item) in items.iter().enumerate() {
                let id = item.get("id").or_else(|| item.get("number"));
                let name = match id {
                    Some(Json::String(id)) => id.clone(),
                    Some(other) => other.to_string(),
                    None => (index + 1).to_string(),
                };
                flatten(&format!("{place}/{name}"), item, leaves);
            }
        }
        Json::Array(items) => {
            let texts: Vec<String> = items.iter().map(text).collect();
            leaves.insert(place.to_owned(), texts.join("、"));
        }
        other => {
            leaves.insert(place.to_owned(), text(other));
        }
    }
}

fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(true) => "はい".to_owned(),
        Json::Bool(false) => "いいえ".to_owned(),
        other => other.to_string(),
    }
}

/// `/path/P3/approval/1/roles` as 「経路 P3　決裁 1　役割」.
fn in_japanese(place: &str) -> String {
    let words: Vec<&str> = place.split('/').filter(|word| !word.is_empty()).map(name_of).collect();
    words.join("　")
}

fn name_of(word: &str) -> &str {
    match word {
        "id" => "id",
        "name" => "名称",
        "edition" => "版",
        "effective_from" => "施行日",
        "clause_numbers" => "条番号の列",
        "terms" => "用語",
        "class" => "区分",
        "description" => "説明",
        "handling" => "取扱制限",
        "level" => "水準",
        "replaces" => "前の版の区分",
        "choose_when" => "選ぶとき",
        "path" => "経路",
        "when" => "条件",
        "requirement" => "根拠の要求",
        "approval" => "決裁",
        "roles" => "役割",
        "applicants" => "申請者",
        "evaluators" => "評価者",
        "names_manager" => "管理者の指名",
        "asks" => "設問の組",
        "answered_by" => "回答者",
        "role" => "役割",
        "short" => "略称",
        "usually" => "通常の充て職",
        "contract_item" => "契約事項",
        "number" => "番号",
        "summary" => "内容",
        "clauses" => "条項",
        "style" => "書式",
        "digits" => "数字の幅",
        "limits" => "期限",
        "exception_route" => "例外措置",
        "mode" => "方法",
        "vendor_audit" => "委託先の監査",
        "closed_documents" => "公開しない文書",
        "question" => "設問",
        "title" => "見出し",
        "text" => "設問文",
        "why" => "尋ねる理由",
        "paths" => "尋ねる経路",
        "requirements" => "要求",
        "weight" => "重み",
        "combine" => "複数選択の点",
        "may_be_not_applicable" => "該当なしの可否",
        "asked_since" => "開始日",
        "part" => "回答欄",
        "label" => "表示名",
        "hint" => "補足",
        "required" => "必須",
        "input" => "入力",
        "choices" => "選択肢",
        "points" => "点",
        "knockout" => "失格",
        "severity" => "重さ",
        "reason" => "理由",
        "evidence" => "証跡",
        "max_age_months" => "有効な月数",
        "term" => "用語",
        "word" => "言葉",
        "meaning" => "意味",
        "evidence_factor" => "証跡の係数",
        "confirmed" => "確認済み",
        "declared" => "自己申告",
        "expired" => "期限切れ",
        "pass_line" => "合格線",
        "pass" => "適",
        "section" => "区分ごとの適",
        "conditional" => "条件付適",
        "minimum_level" => "最低水準",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::content::{Content, sample};

    #[test]
    fn one_change_is_one_line() {
        let content = Content::load(sample::files()).unwrap();
        let old = content.profile("mihon").unwrap();
        assert_eq!(difference(old, old).unwrap(), []);
        let mut new = old.clone();
        new.terms.insert("head".to_owned(), "市長".to_owned());
        new.paths[0].approval[0].roles.push("ciso".to_owned());
        new.classes.remove(0);
        let changes = difference(old, &new).unwrap();
        let told: Vec<String> = changes
            .iter()
            .map(|change| {
                let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "－".to_owned());
                format!("{}: {} → {}", change.place, side(&change.before), side(&change.after))
            })
            .collect();
        assert_eq!(
            told,
            [
                "区分　1　説明: 公にしている情報 → －",
                "区分　1　取扱制限:  → －",
                "区分　1　id: 1 → －",
                "区分　1　名称: 機密性1 → －",
                "経路　P3　決裁　1　役割: manager → manager、ciso",
                "用語　head: 町長 → 市長",
            ]
        );
    }

    #[test]
    fn classes_move_where_the_new_edition_says() {
        let content = Content::load(sample::files()).unwrap();
        let old = content.profile("mihon").unwrap();
        let mut new = old.clone();
        let mut divided = new.classes[1].clone();
        divided.id = "2B".to_owned();
        divided.replaces = vec!["2".to_owned()];
        divided.choose_when = Some("個人情報を含むとき".to_owned());
        new.classes[1].replaces = vec!["2".to_owned()];
        new.classes[1].choose_when = Some("そのほか".to_owned());
        new.classes.push(divided);
        let moves = class_moves(old, &new);
        assert_eq!(moves[0].to.iter().map(|to| to.id.as_str()).collect::<Vec<_>>(), ["1"]);
        assert_eq!(moves[0].to[0].choose_when, None);
        let two: Vec<_> = moves[1].to.iter().map(|to| (to.id.as_str(), to.choose_when.as_deref())).collect();
        assert_eq!(two, [("2", Some("そのほか")), ("2B", Some("個人情報を含むとき"))]);
    }
}
