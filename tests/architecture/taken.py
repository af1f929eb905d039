"""Where each table's rows about a person stand in what the person takes along, or why not."""

TAKEN = {
    "access_entry": "identity.access",
    "certificate": "certificates",
    "certificate_share": "certificate_shares",
    "company_account": "identity.company_accounts",
    "consent": "identity.consents",
    "deletion_request": "identity.deletions",
    "device_key": "identity.devices",
    "external_certificate": "external_certificates",
    "enrolment": "study.enrolments",
    "exam_attempt": "study.attempts",
    "identity_check": "identity.checks",
    "ledger_entry": "study.ledger",
    "lesson_coverage": "study.lessons",
    "media_delivery": "study.deliveries",
    "mail_address": "identity.mails",
    "message_choice": "identity.message_choices",
    "notice": "identity.notices",
    "outgoing_message": "identity.messages",
    "organisation_application": "work.applications",
    "pending_piece": "study.pending",
    "phone_change": "identity.phone_changes",
    "registry_lookup": "identity.lookups",
    "risk_score": "study.scored_days",
    "role_grant": "identity.roles",
    "roll_presence": "identity.presences",
    "roster_entry": "identity.roster",
    "secret_answer": "identity.questions",
    "sign_in": "identity.sign_ins",
    "staff_member": "work.memberships",
    "study_answer": "study.answers",
    "study_challenge": "study.challenges",
    "study_cut": "study.cuts",
    "study_hold": "study.holds",
    "study_session": "study.sessions",
}
"""One entry a row: the table and the list, by its way through `data.json`."""
TOGETHER = {
    "face_frame": "identity.face.frames counts them: hashes and likenesses of frames teach replay",
    "face_session": "identity.checks has way and outcome; a vendor's scores would teach cheating",
    "face_template": "identity.face says that there is one and since when; numbers stay sealed",
    "portrait": "identity.face.portrait is the picture itself",
    "certificate_portrait": "the certificate's own PDF shows it, and the holder has that",
    "password": "identity.account.password_set_at; what is kept is a hash that nobody can use",
    "person": "identity.account is the one row",
    "recovery_code": "identity.factors, beside the other second factors",
    "review_case": "identity.cases, but for inquiries that are still open",
    "security_key": "identity.factors, beside the other second factors",
    "study_place": "study.sessions.network_kept; the hash itself says nothing to anybody",
    "totp_secret": "identity.factors says since when; the secret stays sealed",
}
"""In the file, but not as a list with one entry a row."""
LEFT_OUT = {
    "company_trip": "a way to a company's page, of ten minutes; what came of it is in sign_ins",
    "person_key": "the key opens values that the file holds in clear already",
    "study_batch": "reports of an open session; in the course's bundle, with what proves them",
    "study_evidence": "reports of ended sessions; in the course's bundle, with what proves them",
    "study_learner": "says when the next check comes; the rest stands in sessions and holds",
}
"""Not in the file, with the reason that the page gives."""
UNNAMED = {
    "assignment_member": "work.assignments",
    "audit_event": "identity.events",
    "certificate_code": "certificate_codes",
    "certificate_suspension": "certificate_suspensions",
    "exam_answer": "study.attempts.answers",
    "exam_mark": "study.attempts.marks",
    "hour_proof": "work.proofs",
    "phone_code": "identity.codes",
    "staff_tag": "work.tags",
}
"""Tables that name a person by another one's row (or a phone), and stand in the file."""
