"""What becomes of each table's rows about a person who deletes their account."""

WHOSE = {"person_id", "learner_id", "holder_id"}
"""Columns that say whom a row is about."""
DELETED = {
    "certificate_share", "class_teacher", "company_account", "company_trip", "external_certificate",
    "exam_try", "face_frame", "face_session", "face_template", "mail_address", "message_choice",
    "notice", "outgoing_message",
    "organisation_application", "package_record", "password", "person_key",
    "phone_change", "phone_code", "portrait", "certificate_portrait",
    "recovery_code", "risk_score", "role_grant", "roster_entry", "secret_answer", "security_key",
    "sign_in", "stated_certificate", "study_place", "text_message", "totp_secret",
}  # fmt: skip
"""Rows that are gone; tests/integration/privacy/test_deletion.py looks that none is left."""
KEPT = {
    "access_entry": "who opened a file, and what for: the proof against whoever opened it",
    "certificate": "facts are signed anew without the holder; the paper in hand stays checkable",
    "class_member": "a class's archive counts them; the name is sealed with the destroyed key",
    "consent": "that and when a yes was given and taken back has to be shown to the authority",
    "contest_entry": "the places of others in a published ranking hang on it; it names nobody",
    "deletion_request": "the other half of the receipt: number and days",
    "device_key": "revoked; its public half checks signatures under answers, and names nobody",
    "enrolment": "hours and evidence hang on it",
    "exam_attempt": "what the certificate rests on",
    "identity_check": "outcome and hash that releases rest on; question, prompt, code are blanked",
    "ledger_entry": "hours are never taken away; a learner's id says nothing of who it was",
    "lesson_coverage": "which positions were credited; judged again from it",
    "media_delivery": "what was sent; judged again from it",
    "pending_piece": "time that waits for a check, until it expires",
    "person": "an id with the day of its deletion; every other field is blank",
    "registry_lookup": "that a registry answered, without the vendor's transaction",
    "review_case": "what was decided; claim, words and contact are sealed with the destroyed key",
    "roll_presence": "that a supervisor saw them, which checks and releases rest on",
    "staff_member": "an empty line, because assignments and proofs given out hang on it",
    "study_answer": "signatures that releases rest on",
    "study_batch": "reports that hours rest on",
    "study_challenge": "rulings and moments that releases rest on; what a check asked is blanked",
    "study_cut": "what was not credited, and why; judged again from it",
    "study_evidence": "reports that hours rest on",
    "study_hold": "why nothing was credited for a while",
    "study_learner": "the study clock of an id that nobody signs in with",
    "study_session": "what hours rest on",
}
