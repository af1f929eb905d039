"""Every template that lays lines out one below the other: which are lists to be looked through.

SORTED have search or a filter, headings that sort, a way on by place, and say what to do when they
are empty; by the macros of `parts/lists.html` alone. Each of the others says why it needs less.
"""

SORTED = {
    "administration/audit.html", "administration/system.html", "authoring/courses.html",
    "bank/bank.html", "bank/banks.html", "desk/queue.html", "employer/imports.html",
    "employer/join_codes.html", "employer/staff.html", "public/institutions.html",
    "regulator/reports.html",
}  # fmt: skip
BY_NUMBER = {
    "employer/import.html": "faults by row of the file, as whoever mends it goes through it",
    "employer/progress.html": "reckoned from assignments and hours, the most pressing first",
}
"""Still turned by the number of the page."""
AS_THEY_ARE = {
    "administration/security.html": "what waits for one other person",
    "authoring/lesson.html": "the parts of one lesson, in their order",
    "authoring/review.html": "what one version still wants",
    "authoring/version.html": "the chapters of one version, in their order",
    "bank/blueprint.html": "the parts of one paper, in their order",
    "bank/import.html": "what one file would do",
    "bank/item.html": "the choices and versions of one question",
    "bank/marking.html": "answers that wait, the oldest first: whoever marks takes the next",
    "bank/statistics.html": "the questions of one bank by how they were answered",
    "desk/_evidence.html": "what one case rests on",
    "desk/_people.html": "what one account did",
    "desk/_risk.html": "the signals of one case",
    "desk/course_reviews.html": "versions that wait, the oldest first",
    "desk/policies.html": "the scopes that have a policy",
    "desk/policy.html": "the revisions of one policy, the newest first",
    "desk/policy_trial.html": "what one draft would change",
    "embedded/outbox.html": "simulated messages, the newest first; the demo's alone",
    "employer/assign.html": "whom to choose, in one form",
    "employer/members.html": "who acts for one organisation, the longest first",
    "employer/qualifications.html": "what one organisation states of itself",
    "employer/roll_call.html": "who has come, as they come",
    "employer/today.html": "the twenty most pressing of each kind, with the way to all",
    "public/course.html": "the chapters of one course, in their order",
    "public/courses.html": "the catalogue: a search, and cards",
    "public/front.html": "what is offered first",
    "public/verify_batch.html": "the answers to one table, in its order",
    "regulator/cluster.html": "the courses of one cluster",
    "worker/access.html": "who opened one's own file, the newest first",
    "worker/acting.html": "one's own organisations, by name",
    "worker/certificates.html": "one's own certificates, the newest first",
    "worker/day.html": "the stretches of one day, by the clock",
    "worker/deletion.html": "what one person leaves",
    "worker/home.html": "what one person studies now",
    "worker/hours.html": "one's own days, the newest first",
    "worker/inbox.html": "one's own messages, the newest first",
    "worker/own-data.html": "what one file holds",
}
