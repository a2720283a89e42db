//! A minimal complete set of files for tests.

pub(super) const REQUIREMENTS: &str = r#"
[[requirement]]
id = "R-001"
summary = "預けた情報の所在を確かめること"
addressee = "manager"
met_by = ["question", "clause"]
sources = { mihon = { printed = "10.1(1)", normalised = "10.1(2)" } }

[[requirement]]
id = "R-002"
summary = "経路を決めること"
addressee = "manager"
met_by = ["step"]
by = ["S-01"]
sources = { mihon = { printed = "10.2" } }
"#;

pub(super) const MEANS: &str = r#"
[[means]]
id = "S-01"
kind = "step"
name = "案件の登録"
state = "present"
place = "登録の画面"

[[means]]
id = "D-01"
kind = "document"
name = "運用規程"
state = "planned"
"#;

pub(super) const FACTS: &str = r#"
[[fact]]
id = "path"
label = "審査の経路"
kind = { type = "path" }

[[fact]]
id = "class"
label = "案件の機密性区分"
kind = { type = "class" }
required = true

[[fact]]
id = "cloud"
label = "クラウドサービスの利用"
kind = { type = "flag" }

[[fact]]
id = "network"
label = "接続領域"
kind = { type = "choice", choices = [ { id = "lgwan", label = "LGWAN接続系" }, { id = "none", label = "接続なし" } ] }
when = "cloud"
"#;

pub(super) const PROFILE: &str = r#"
id = "mihon"
name = "見本町情報セキュリティポリシー"
edition = "2026-04"
effective_from = 2026-04-01
clause_numbers = "mihon"

[terms]
municipality_kind = "町"
head = "町長"
residents = "町民"
party_a = "甲"
party_b = "乙"
self = "本町"
cloud_service = "クラウドサービス"
outsourcing = "業務委託"
outsourced_service = "業務委託サービス"
class_prefix = "機密性"
contract_word = "契約"
policy_extract_name = "交付用抜粋"

[[class]]
id = "1"
name = "機密性1"
description = "公にしている情報"

[[class]]
id = "2"
name = "機密性2"
description = "公にしていない情報"

[[path]]
id = "P3"
name = "クラウドサービス"
when = "cloud and class >= 2"
requirement = "R-002"
applicants = ["manager"]
evaluators = ["manager"]
[[path.approval]]
name = "利用の許可"
roles = ["manager"]
requirement = "R-002"

[[role]]
id = "manager"
name = "情報セキュリティ管理者"
short = "管理者"

[[contract_item]]
number = 1
summary = "情報の所在"
requirement = "R-001"
clauses = ["CL-16"]

[style]
digits = "half"

[limits]
answer_days_default = 14
"#;

pub(super) const TOPIC: &str = r#"topic = "data-location"
name = "所在"
order = 10

[[question]]
id = "LOC-01"
title = "データの保存国"
text = "データを保存する国を全てお答えください。"
why = "国外では適用される法令が変わるためです。"
paths = ["P3"]
when = "class >= 2"
requirements = ["R-001"]
clauses = ["CL-16"]
weight = 5
asked_since = 2026-04-01

[[question.part]]
id = "data"
label = "データ本体"
input = { kind = "countries", undisclosed = true }

[[question.part]]
id = "backup"
label = "バックアップ"
input = { kind = "countries", undisclosed = true }

[[question.points]]
when = "all LOC-01.* is JP"
points = 100
label = "全て国内"
[[question.points]]
points = 10
label = "その他"

[[question.knockout]]
severity = "excusable"
when = """
class >= 2
and LOC-01.* includes overseas
"""
reason = "国外に保存する。"
requirement = "R-001"

[[question.evidence]]
id = "list"
label = "リージョン一覧"
max_age_months = 12

[[question.term]]
word = "バックアップ"
meaning = "データの控えです。"

[[question]]
id = "LOC-02"
title = "所在地の固定"
text = "所在地を固定できますか。"
why = "所在が変わると管理できないためです。"
paths = ["P3"]
when = "answered LOC-01"
requirements = ["R-001"]
weight = 3
asked_since = "2026-04-01"

[[question.part]]
id = "value"
[question.part.input]
kind = "single"
choices = [
  { id = "fixed", label = "できる", points = 100 },
  { id = "open", label = "できない", points = 20, available_from = 2026-10-01 },
]

[[question]]
id = "LOC-03"
title = "応答時間"
text = "応答時間をお答えください。"
why = "確認するためです。"
paths = ["P3"]
requirements = ["R-001"]
weight = 0
asked_since = "2026-04-01"
[[question.part]]
id = "value"
input = { kind = "number", unit = "時間", min = 0, max = 99.9, decimals = 1 }
"#;

pub(super) const CRITERIA: &str = r#"
id = "standard"
name = "標準の選定基準"
edition = "2026-04"
profiles = ["mihon"]
evidence_factor = { confirmed = 1000, declared = 800, expired = 0 }

[[pass_line]]
when = "class >= 2"
pass = 80
section = 50
conditional = 60
[[pass_line]]
pass = 70
section = 50
conditional = 60

[[minimum_level]]
id = "MIN-01"
severity = "absolute"
when = "class >= 2 and LOC-02 is open"
reason = "所在を固定できない。"
requirement = "R-001"
"#;

/// The set as [`super::Content::load`] takes it.
pub(crate) fn files() -> Vec<(String, String)> {
    [
        ("requirements/cloud.toml", REQUIREMENTS),
        ("facts.toml", FACTS),
        ("means.toml", MEANS),
        ("profiles/mihon.toml", PROFILE),
        ("questions/data-location.toml", TOPIC),
        ("criteria/standard.toml", CRITERIA),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .into()
}
