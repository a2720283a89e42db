//! Every table, written by hand with portable column types only (Text, BigInt, Bool).

diesel::table! {
    organizations (id) {
        id -> Text,
        code -> Nullable<Text>,
        name -> Text,
        kind -> Text,
        head_title -> Text,
        office -> Text,
        phone -> Text,
        profile -> Text,
        created_at -> Text,
        content_version -> BigInt,
    }
}

diesel::table! {
    content_files (id) {
        id -> Text,
        organization_id -> Text,
        path -> Text,
        text -> Text,
        state -> Text,
        base_version -> BigInt,
        edited_by -> Text,
        edited_at -> Text,
        created_at -> Text,
        reason -> Text,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<Text>,
        published_version -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    content_editors (file_id, staff_id) {
        file_id -> Text,
        staff_id -> Text,
        first_edited_at -> Text,
    }
}

diesel::table! {
    departments (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        phone -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    staff (id) {
        id -> Text,
        organization_id -> Text,
        department_id -> Text,
        sign_in_name -> Text,
        name -> Text,
        position -> Text,
        mail -> Text,
        password_hash -> Text,
        password_temporary -> Bool,
        password_set_at -> Text,
        disabled_at -> Nullable<Text>,
        failures -> BigInt,
        last_failure_at -> Nullable<Text>,
        last_sign_in_at -> Nullable<Text>,
        created_at -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    appointments (id) {
        id -> Text,
        organization_id -> Text,
        staff_id -> Text,
        role -> Text,
        starts_on -> Text,
        ends_on -> Nullable<Text>,
        basis -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    staff_sessions (token_hash) {
        token_hash -> Text,
        staff_id -> Text,
        created_at -> Text,
        seen_at -> Text,
        previous_sign_in_at -> Nullable<Text>,
        failures_before -> BigInt,
    }
}

diesel::table! {
    vendors (id) {
        id -> Text,
        organization_id -> Text,
        corporate_number -> Nullable<Text>,
        no_number_reason -> Text,
        name -> Text,
        kana -> Text,
        search_key -> Text,
        address -> Text,
        representative -> Text,
        contact_name -> Text,
        contact_mail -> Text,
        contact_phone -> Text,
        created_at -> Text,
        version -> BigInt,
        language -> Text,
    }
}

diesel::table! {
    services (id) {
        id -> Text,
        organization_id -> Text,
        vendor_id -> Text,
        name -> Text,
        search_key -> Text,
        description -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    cases (id) {
        id -> Text,
        organization_id -> Text,
        department_id -> Text,
        number -> Text,
        title -> Text,
        search_key -> Text,
        fiscal_year -> BigInt,
        state -> Text,
        path -> Text,
        class -> Text,
        profile -> Text,
        profile_edition -> Text,
        officer_id -> Text,
        chosen_assessment_id -> Nullable<Text>,
        created_at -> Text,
        updated_at -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    case_facts (case_id, fact) {
        case_id -> Text,
        fact -> Text,
        value -> Text,
    }
}

diesel::table! {
    case_information (id) {
        id -> Text,
        case_id -> Text,
        position -> BigInt,
        name -> Text,
        contents -> Text,
        amount -> Nullable<BigInt>,
        class -> Text,
        personal -> Bool,
    }
}

diesel::table! {
    questionnaires (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        snapshot -> Text,
        content_hash -> Text,
        questions -> BigInt,
        created_at -> Text,
    }
}

diesel::table! {
    assessments (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        vendor_id -> Text,
        service_id -> Nullable<Text>,
        questionnaire_id -> Text,
        state -> Text,
        due_at -> Text,
        issued_by -> Text,
        issued_at -> Text,
        started_at -> Nullable<Text>,
        submitted_at -> Nullable<Text>,
        receipt_number -> Nullable<Text>,
        submitted_by -> Nullable<Text>,
        version -> BigInt,
        return_reason -> Nullable<Text>,
        check_required -> Bool,
    }
}

diesel::table! {
    invitations (id) {
        id -> Text,
        organization_id -> Text,
        assessment_id -> Text,
        token_hash -> Text,
        name -> Text,
        mail -> Text,
        expires_at -> Text,
        redeemed_at -> Nullable<Text>,
        revoked_at -> Nullable<Text>,
        created_at -> Text,
        on_behalf_of -> Nullable<Text>,
        role -> Text,
        sections -> Nullable<Text>,
        invited_by -> Nullable<Text>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    vendor_sessions (token_hash) {
        token_hash -> Text,
        invitation_id -> Text,
        created_at -> Text,
        seen_at -> Text,
        proved -> Bool,
        language -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_codes (subject) {
        subject -> Text,
        invitation_id -> Nullable<Text>,
        code_hash -> Text,
        tries -> BigInt,
        sent -> BigInt,
        sent_since -> Text,
        created_at -> Text,
        expires_at -> Text,
    }
}

diesel::table! {
    answer_checks (id) {
        id -> Text,
        assessment_id -> Text,
        invitation_id -> Text,
        answers_hash -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    answers (assessment_id, question) {
        assessment_id -> Text,
        question -> Text,
        version -> BigInt,
        answer -> Text,
        problems -> BigInt,
        saved_by -> Text,
        saved_at -> Text,
        reused_from -> Nullable<Text>,
        saved_as -> Nullable<Text>,
        language -> Text,
    }
}

diesel::table! {
    answer_revisions (id) {
        id -> Text,
        assessment_id -> Text,
        question -> Text,
        version -> BigInt,
        answer -> Text,
        saved_by -> Text,
        saved_at -> Text,
        reused_from -> Nullable<Text>,
        language -> Text,
    }
}

diesel::table! {
    comments (id) {
        id -> Text,
        organization_id -> Text,
        assessment_id -> Text,
        question -> Text,
        audience -> Text,
        text -> Text,
        author_kind -> Text,
        author_name -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    returned_questions (id) {
        id -> Text,
        assessment_id -> Text,
        question -> Text,
        reason -> Text,
        answer_version -> BigInt,
        returned_by -> Text,
        returned_at -> Text,
        settled_at -> Nullable<Text>,
    }
}

diesel::table! {
    vendor_requests (id) {
        id -> Text,
        organization_id -> Text,
        assessment_id -> Text,
        kind -> Text,
        reason -> Text,
        wished_day -> Nullable<Text>,
        requested_by -> Text,
        requested_at -> Text,
        outcome -> Text,
        answer -> Text,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    evidence (id) {
        id -> Text,
        organization_id -> Text,
        assessment_id -> Text,
        name -> Text,
        issued_on -> Nullable<Text>,
        valid_until -> Nullable<Text>,
        personal -> Bool,
        added_by -> Text,
        created_at -> Text,
        withdrawn_at -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    evidence_versions (id) {
        id -> Text,
        evidence_id -> Text,
        number -> BigInt,
        file_name -> Text,
        kind -> Text,
        bytes -> BigInt,
        sha256 -> Text,
        scan -> Text,
        scan_note -> Text,
        scanned_at -> Nullable<Text>,
        uploaded_by -> Text,
        uploaded_at -> Text,
    }
}

diesel::table! {
    evaluations (id) {
        id -> Text,
        organization_id -> Text,
        assessment_id -> Text,
        score -> Text,
        criteria -> Text,
        judgement -> Text,
        content_hash -> Text,
        fixed_by -> Text,
        fixed_at -> Text,
    }
}

diesel::table! {
    applications (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        assessment_id -> Text,
        evaluation_id -> Text,
        purpose -> Text,
        content_hash -> Text,
        applicant_id -> Text,
        submitted_at -> Text,
        closed_at -> Nullable<Text>,
    }
}

diesel::table! {
    decisions (id) {
        id -> Text,
        organization_id -> Text,
        application_id -> Text,
        step -> BigInt,
        role -> Text,
        outcome -> Text,
        reason -> Text,
        conditions -> Text,
        manager_id -> Nullable<Text>,
        content_hash -> Text,
        decided_by -> Text,
        decided_at -> Text,
    }
}

diesel::table! {
    clause_switches (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        clause -> Text,
        setting -> Text,
        variant -> Nullable<Text>,
        reason -> Text,
        staff_id -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    documents (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        kind -> Text,
        version -> BigInt,
        title -> Text,
        file_name -> Text,
        sha256 -> Text,
        bytes -> BigInt,
        inputs_hash -> Text,
        findings -> BigInt,
        classification -> Text,
        created_by -> Text,
        created_at -> Text,
        occasion -> Text,
        number -> Nullable<Text>,
    }
}

diesel::table! {
    clause_edits (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        clause -> Text,
        heading -> Text,
        text -> Text,
        placed_after -> Text,
        reason -> Text,
        staff_id -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    accepted_findings (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        kind -> Text,
        rule -> Text,
        excerpt -> Text,
        reason -> Text,
        staff_id -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    vendor_changes (id) {
        id -> Text,
        organization_id -> Text,
        vendor_id -> Text,
        assessment_id -> Text,
        wanted -> Text,
        reason -> Text,
        requested_by -> Text,
        requested_at -> Text,
        state -> Text,
        answer -> Text,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<Text>,
    }
}

diesel::table! {
    results (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        assessment_id -> Text,
        outcome -> Text,
        text -> Text,
        conditions -> Text,
        published_by -> Text,
        published_at -> Text,
    }
}

diesel::table! {
    handed_documents (id) {
        id -> Text,
        result_id -> Text,
        document_id -> Text,
        received_by -> Nullable<Text>,
        received_at -> Nullable<Text>,
    }
}

diesel::table! {
    ledger_entries (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        assessment_id -> Text,
        vendor_id -> Text,
        service_id -> Nullable<Text>,
        department_id -> Text,
        path -> Text,
        class -> Text,
        approved_on -> Text,
        conditions -> Text,
        manager_id -> Nullable<Text>,
        countries -> Text,
        review_due_on -> Text,
        created_at -> Text,
    }
}

diesel::table! {
    inquiries (id) {
        id -> Text,
        organization_id -> Text,
        case_id -> Text,
        assessment_id -> Nullable<Text>,
        question -> Nullable<Text>,
        text -> Text,
        asked_by -> Text,
        asked_at -> Text,
        published_text -> Nullable<Text>,
        answer -> Nullable<Text>,
        audience -> Nullable<Text>,
        answered_by -> Nullable<Text>,
        answered_at -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    trail (id) {
        id -> Text,
        organization_id -> Text,
        position -> BigInt,
        occurred_at -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        action -> Text,
        object_kind -> Text,
        object_id -> Text,
        case_id -> Nullable<Text>,
        detail -> Text,
        request_id -> Nullable<Text>,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        organization_id -> Text,
        kind -> Text,
        object_id -> Text,
        recipient_name -> Text,
        recipient_mail -> Text,
        subject -> Text,
        body -> Text,
        state -> Text,
        attempts -> BigInt,
        next_attempt_at -> Text,
        settled_at -> Nullable<Text>,
        last_error -> Nullable<Text>,
        created_at -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    answer_checks,
    answer_revisions,
    answers,
    applications,
    appointments,
    assessments,
    case_facts,
    case_information,
    cases,
    accepted_findings,
    clause_edits,
    clause_switches,
    comments,
    content_editors,
    content_files,
    decisions,
    departments,
    documents,
    evaluations,
    evidence,
    evidence_versions,
    inquiries,
    handed_documents,
    invitations,
    ledger_entries,
    organizations,
    outbox,
    questionnaires,
    returned_questions,
    results,
    services,
    sign_in_codes,
    staff,
    staff_sessions,
    trail,
    vendor_requests,
    vendor_changes,
    vendor_sessions,
    vendors,
);
