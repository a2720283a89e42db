//! Typed ids.

/// A text that is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

/// A word outside a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown word")]
pub struct UnknownWord;

id!(
    /// 団体
    OrganizationId
);
id!(
    /// 課・室
    DepartmentId
);
id!(
    /// 職員 (a person, not an account)
    StaffId
);
id!(
    /// 版の草案 (a file of rules, questions or criteria)
    ContentFileId
);
id!(
    /// 任命
    AppointmentId
);
id!(
    /// 事業者
    VendorId
);
id!(
    /// サービス
    ServiceId
);
id!(
    /// 案件
    CaseId
);
id!(
    /// 案件で扱う情報の一行
    InformationId
);
id!(
    /// 送付した調査票の写し
    QuestionnaireId
);
id!(
    /// 一事業者への調査
    AssessmentId
);
id!(
    /// 招待
    InvitationId
);
id!(
    /// 事業者からの質問、又は事業者へのお知らせ
    InquiryId
);
id!(
    /// 回答の版
    RevisionId
);
id!(
    /// 設問ごとのコメント
    CommentId
);
id!(
    /// 差し戻した設問
    ReturnedQuestionId
);
id!(
    /// 事業者からの申出
    VendorRequestId
);
id!(
    /// 証拠資料
    EvidenceId
);
id!(
    /// 証拠資料の版
    EvidenceVersionId
);
id!(
    /// 評価
    EvaluationId
);
id!(
    /// 利用申請
    ApplicationId
);
id!(
    /// 可否決定
    DecisionId
);
id!(
    /// 条項の切替え
    ClauseSwitchId
);
id!(
    /// 条文の書換え
    ClauseEditId
);
id!(
    /// 公用文チェックの指摘の了承
    AcceptedFindingId
);
id!(
    /// 文書
    DocumentId
);
id!(
    /// 台帳の一行
    LedgerEntryId
);
id!(
    /// 操作履歴の一行
    TrailId
);
id!(
    /// 送信待ちの通知
    MessageId
);
