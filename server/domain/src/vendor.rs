//! What a company asks to change of its record.

text_enum!(
    /// Where such a request stands.
    ChangeState {
        /// Staff have not looked yet.
        Open = "open", "担当者が確認しています";
        /// The record was changed.
        Accepted = "accepted", "登録内容に反映しました";
        /// It was not.
        Refused = "refused", "反映しませんでした";
    }
);
