//! What people read.

use super::*;

fn describe(condition: &str) -> String {
    Condition::parse(condition).unwrap().describe(&vocabulary())
}

#[test]
fn explanations_name_what_decides_with_the_actual_values() {
    let case = Case::default()
        .choice("class", "3A")
        .choice("network", "internet")
        .flag("personal_info", false)
        .countries("data", "JP US")
        .countries("backup", "SG");
    assert_eq!(
        case.explain("class >= 3B and LOC-01.data includes overseas"),
        "『案件の機密性区分』が自治体機密性3B以上（実際は自治体機密性3A）であり、かつ、『データの保存国（データ本体）』に国外（米国）が含まれる"
    );
    assert_eq!(
        case.explain("personal_info or LOC-01.* includes overseas"),
        "『データの保存国』のいずれかの項目（データ本体は米国、バックアップはシンガポール）に国外が含まれる"
    );
    assert_eq!(
        case.explain("all LOC-01.* is JP"),
        "『データの保存国』のいずれかの項目（データ本体は日本、米国、バックアップはシンガポール）が日本だけでない"
    );
    assert_eq!(
        case.explain("class < 3B and network is lgwan"),
        "『案件の機密性区分』が自治体機密性3B以上（実際は自治体機密性3A）であり、かつ、『接続領域』が「LGWAN接続系」以外（実際は「インターネット接続系」）である"
    );
    assert_eq!(case.explain("not personal_info"), "『個人情報の取扱い』が「いいえ」である");
    assert_eq!(case.explain("network is internet"), "『接続領域』が「インターネット接続系」である");
}

#[test]
fn what_the_statement_says_is_not_said_twice() {
    let domestic =
        Case::default().flag("personal_info", false).countries("data", "JP").countries("backup", "JP");
    assert_eq!(domestic.explain("LOC-01.data is JP"), "『データの保存国（データ本体）』が日本だけである");
    assert_eq!(
        domestic.explain("all LOC-01.* is domestic"),
        "『データの保存国』の全ての項目（データ本体、バックアップ）が国内だけである"
    );
    assert_eq!(
        domestic.explain("any LOC-01.* includes overseas"),
        "『データの保存国』の全ての項目（データ本体は日本、バックアップは日本）に国外が含まれない"
    );
    let rows =
        ["JP", "US", "SG", "VN", "IN", "PH", "TH"].map(|code| row(&[("country", codes(code))])).to_vec();
    let case = Case::default().answer("SUB-02", "list", Value::Table(rows));
    assert_eq!(
        case.explain("any SUB-02.list.country includes overseas"),
        "『再委託先（所在国）』のいずれかの行（2行目は米国、3行目はシンガポール、4行目はベトナム、5行目はインド、6行目はフィリピンほか1件）に国外が含まれる"
    );
    assert_eq!(case.explain("count SUB-02 >= 3"), "『再委託先』が3件以上（実際は7件）である");
}

#[test]
fn a_standing_that_hides_the_value_is_named() {
    let standing = |standing| {
        let case = Case::default().answer("SUB-01", "value", Value::Choice("none".to_owned()));
        case.standing("SUB-01", standing).explain("SUB-01 is none")
    };
    assert_eq!(
        standing(Standing::NotApplicable { reason: "理由".to_owned(), accepted: false }),
        "『再委託の予定』が「該当なし」の回答であるため、判断できない"
    );
    assert_eq!(
        standing(Standing::Conditional { option: "上位プラン".to_owned(), included: false }),
        "『再委託の予定』が条件付きの回答で、その条件を採るかどうかが未定であるため、判断できない"
    );
}

#[test]
fn what_is_missing_is_named() {
    let case = Case::default().countries("data", "JP").flag("personal_info", true);
    assert_eq!(
        case.explain("class >= 3B and all LOC-01.* is JP"),
        "『案件の機密性区分』が未登録であり、『データの保存国』のうちバックアップ、利用者属性情報が未回答であるため、判断できない"
    );
}

#[test]
fn descriptions_read_aloud() {
    assert_eq!(
        describe("class >= 3B and (personal_info or not answered SUB-02)"),
        "『案件の機密性区分』が自治体機密性3B以上であり、かつ、次のいずれか（『個人情報の取扱い』が「はい」である／『再委託先』が未回答である）に該当する"
    );
    assert_eq!(
        describe("path in [P1, P3] or PER-03 includes all of [skills, record]"),
        "『審査の経路』が業務委託又はクラウドサービスであるか、又は『提供できる情報』に「専門性」及び「実績」の全てが含まれる"
    );
    assert_eq!(
        describe("not (personal_info and SLA-01.guarantee < 99.9)"),
        "『個人情報の取扱い』が「いいえ」であるか、又は『月間稼働率（保証値）』が99.9％以上である"
    );
    assert_eq!(describe("ends_on > date(2027-03-31)"), "『履行期間の末日』が2027年3月31日より後である");
    assert_eq!(
        describe("all SUB-02.list.country is domestic and count PER-03 >= 2"),
        "『再委託先（所在国）』の全ての行が国内だけであり、かつ、『提供できる情報』が2項目以上である"
    );
}
