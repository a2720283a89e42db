//! The permission table: which role of the policy may do what. Everything not listed is refused.
//!
//! Whether a particular application may be decided by a person is decided by [`crate::approval`] on top:
//! the table only opens the door.

text_enum!(
    /// Something that a person may do in the staff part.
    Permission {
        /// See cases, vendors, scores and documents of one's own scope.
        ViewCases = "view_cases", "案件の閲覧";
        /// Register and change vendors, services and cases.
        EditCases = "edit_cases", "案件の登録";
        /// Send questionnaires.
        IssueQuestionnaire = "issue_questionnaire", "調査票の送付";
        /// See answers and scores, accept 該当なし, confirm evidence, fix the evaluation.
        Evaluate = "evaluate", "評価";
        /// Apply for use.
        Apply = "apply", "利用申請";
        /// Decide on an application.
        Decide = "decide", "審査・可否決定";
        /// Choose clauses and generate documents.
        WriteDocuments = "write_documents", "特記仕様書の生成";
        /// See the ledger.
        ViewLedger = "view_ledger", "台帳の閲覧";
        /// See rules, questions, criteria and coverage.
        ViewPolicy = "view_policy", "規程・設問の閲覧";
        /// Draft changes of rules, questions and criteria.
        EditPolicy = "edit_policy", "規程・設問の編集";
        /// Put drafts of others in force.
        PublishPolicy = "publish_policy", "規程・設問の公開";
        /// See the trail of everything.
        ViewTrail = "view_trail", "操作履歴の閲覧";
        /// Departments, staff, appointments.
        Administer = "administer", "組織・職員の管理";
    }
);

/// Role that only the tool knows: it manages accounts and appointments and decides nothing.
pub const ADMINISTRATOR: &str = "administrator";

/// (permission, roles that hold it); role ids are those of the profiles.
const TABLE: &[(Permission, &[&str])] = &[
    (
        Permission::ViewCases,
        &[
            "staff",
            "system_staff",
            "security_manager",
            "system_manager",
            "security_officer",
            "supervisor",
            "approver",
            "ciso",
            "cloud_service_manager",
            "outsourced_service_manager",
            "audit_supervisor",
            "auditor",
            "contract_officer",
            "privacy_officer",
        ],
    ),
    (
        Permission::EditCases,
        &["staff", "system_staff", "security_manager", "system_manager", "security_officer"],
    ),
    (
        Permission::IssueQuestionnaire,
        &["staff", "system_staff", "security_manager", "system_manager", "security_officer"],
    ),
    (Permission::Evaluate, &["security_manager", "system_manager", "security_officer", "supervisor"]),
    (Permission::Apply, &["staff", "system_staff", "security_manager", "system_manager", "security_officer"]),
    (Permission::Decide, &["security_officer", "supervisor", "approver", "ciso"]),
    (
        Permission::WriteDocuments,
        &["staff", "system_staff", "security_manager", "system_manager", "security_officer"],
    ),
    (
        Permission::ViewLedger,
        &[
            "staff",
            "system_staff",
            "security_manager",
            "system_manager",
            "security_officer",
            "supervisor",
            "approver",
            "ciso",
            "cloud_service_manager",
            "outsourced_service_manager",
            "audit_supervisor",
            "auditor",
            "contract_officer",
            "privacy_officer",
            "csirt",
            "committee",
            ADMINISTRATOR,
        ],
    ),
    (
        Permission::ViewPolicy,
        &[
            "staff",
            "system_staff",
            "security_manager",
            "system_manager",
            "security_officer",
            "supervisor",
            "approver",
            "ciso",
            "cloud_service_manager",
            "outsourced_service_manager",
            "audit_supervisor",
            "auditor",
            "contract_officer",
            "privacy_officer",
        ],
    ),
    (Permission::EditPolicy, &["security_manager", "system_manager", "security_officer", "supervisor"]),
    (Permission::PublishPolicy, &["supervisor", "ciso"]),
    (Permission::ViewTrail, &["supervisor", "ciso", "audit_supervisor", "auditor"]),
    (Permission::Administer, &[ADMINISTRATOR]),
];

/// Whether any of the roles holds the permission.
#[must_use]
pub fn allows<'a>(roles: impl IntoIterator<Item = &'a str>, permission: Permission) -> bool {
    let holders =
        TABLE.iter().find(|(listed, _)| *listed == permission).map_or(&[][..], |(_, holders)| holders);
    roles.into_iter().any(|role| holders.contains(&role))
}

/// Whether a person sees cases of every department, not only of their own: those whose office is town-wide.
#[must_use]
pub fn sees_every_department<'a>(roles: impl IntoIterator<Item = &'a str>) -> bool {
    const TOWN_WIDE: &[&str] = &[
        "supervisor",
        "ciso",
        "approver",
        "audit_supervisor",
        "auditor",
        "contract_officer",
        "privacy_officer",
        "security_officer",
    ];
    roles.into_iter().any(|role| TOWN_WIDE.contains(&role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_without_a_role() {
        for permission in Permission::ALL {
            assert!(!allows([], *permission));
            assert!(!allows(["no_such_role"], *permission));
        }
    }

    #[test]
    fn every_permission_has_a_row_and_a_holder() {
        for permission in Permission::ALL {
            assert!(
                TABLE.iter().any(|(listed, holders)| listed == permission && !holders.is_empty()),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn the_administrator_of_accounts_decides_nothing() {
        let held: Vec<_> = Permission::ALL.iter().filter(|p| allows([ADMINISTRATOR], **p)).collect();
        assert_eq!(held, [&Permission::ViewLedger, &Permission::Administer]);
    }

    #[test]
    fn the_auditor_only_looks() {
        let held: Vec<_> = Permission::ALL.iter().filter(|p| allows(["auditor"], **p)).collect();
        assert_eq!(
            held,
            [
                &Permission::ViewCases,
                &Permission::ViewLedger,
                &Permission::ViewPolicy,
                &Permission::ViewTrail
            ]
        );
    }
}
