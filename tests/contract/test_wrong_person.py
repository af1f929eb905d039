"""Every route and every page as everybody: what is not theirs is refused, and nothing changes.

The ids are real ones, of Alice's things. docs/access.md says the same in words.
"""

import re

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from app.api.application import TOPICS
from app.identity.rules.actors import Role
from app.learning.models.study import MediaDelivery
from app.main import create_app
from app.org.services import organisations
from app.web.application import ROUTERS
from tests.contract.calls import Caller, changed, dump
from tests.contract.conftest import Town
from tests.people import Someone, csrf, prove, sign_in
from tests.rosters import number_of

# One worker for all: what they share is dear to build.
pytestmark = pytest.mark.xdist_group("wrong_person")

# The columns are tests/contract/conftest.py's PEOPLE.
# ok: done. was: let in, and refused for the state of things (409, 422). A number: refused so.
# gone: one's own, but a line above has taken it away. The log is empty: 404.
ROUTES = """
                                                       nobody carol alice rival boss school desk regul admin secur audit
GET  /readyz                                               ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /catalogue/courses                                    ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /catalogue/courses/{course_id}                        ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /verification/numbers                                 ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /verification                                         ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /verification/facts                                   ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/keys                                    ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/documents/keys                          ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/documents.pem                           ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/proofs/keys                             ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/sm2/keys                                ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/{public_id}                             ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/{public_id}/proof                       ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /verification/batch                                   ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /verification/{public_id}/holder                     was   was   was   was  was    was  was   was   was   was   was
POST /verification/shares                                  ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /verification/shares/{token}/file.pdf                 ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /verification/files                                   ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /complaints                                           ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /complaints/answers                                  was   was   was   was  was    was  was   was   was   was   was
POST /auth/codes                                           ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /auth/sign-in                                        was   was   was   was  was    was  was   was   was   was   was
POST /demo/entrances                                      404   404   404   404  404    404  404   404   404   404   404
GET  /me                                                  401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/notices                                          401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/notices/{notice_id}/read                         401   404    ok   404  404    404  404   404   404   404   404
POST /me/identity                                         401   was   was   was  was    was  was   was   was   was   was
POST /me/questions                                        401    ok   was    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/consents                                         401   was   was   was  was    was  was   was   was   was   was
POST /me/face-looks                                       401   was    ok   was  was    was  was   was   was   was   was
POST /me/face-sessions                                    401   was   was   was  was    was  was   was   was   was   was
POST /me/face-sessions/{session_id}/frames                401   404    ok   404  404    404  404   404   404   404   404
POST /me/face-trips                                       401   was   was   was  was    was  was   was   was   was   was
POST /me/face-trips/{trip_id}/departure                   401   404   was   404  404    404  404   404   404   404   404
GET  /me/face-trips/{trip_id}                             401   404   was   404  404    404  404   404   404   404   404
POST /me/face-trips/{trip_id}/result                      401   404   was   404  404    404  404   404   404   404   404
POST /me/roll-calls                                       401   was   was   was  was    was  was   was   was   was   was
POST /me/employers/{org_id}/acceptance                    401   404    ok   404  404    404  404   404   404   404   404
POST /appeals                                             401   404    ok   404  404    404  404   404   404   404   404
GET  /enrolments                                          401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /enrolments                                          401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /enrolments/{enrolment_id}                           401   404    ok   404  404    404  404   404   404   404   404
POST /enrolments/{enrolment_id}/attempts                  401   404    ok   404  404    404  404   404   404   404   404
GET  /attempts/{attempt_id}                               401   404    ok   404  404    404  404   404   404   404   404
PUT  /attempts/{attempt_id}/answers/{item_id}             401   404    ok   404  404    404  404   404   404   404   404
GET  /me/wrong-questions                                  401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/wrong-questions/{item_id}/tries                  401   404   404   404  404    404  404   404   404   404   404
POST /attempts/{attempt_id}/next                          401   404    ok   404  404    404  404   404   404   404   404
POST /attempts/{attempt_id}/reports                       401   404    ok   404  404    404  404   404   404   404   404
POST /attempts/{attempt_id}/checks                        401   404   was   404  404    404  404   404   404   404   404
POST /attempts/{attempt_id}/checks/{check_id}             401   404   was   404  404    404  404   404   404   404   404
POST /attempts/{attempt_id}/submission                    401   404    ok   404  404    404  404   404   404   404   404
GET  /study-sessions/{session_id}                         401   404    ok   404  404    404  404   404   404   404   404
GET  /study-sessions/{session_id}/challenges/{challenge_id}/picture
                                                          401   404    ok   404  404    404  404   404   404   404   404
GET  /study-sessions/{session_id}/challenges/{challenge_id}/sound
                                                          401   404    ok   404  404    404  404   404   404   404   404
POST /study-sessions/{session_id}/challenges/{challenge_id}
                                                          401   404    ok   404  404    404  404   404   404   404   404
GET  /study-sessions/{session_id}/packages/{lesson_id}    401   404   404   404  404    404  404   404   404   404   404
PUT  /study-sessions/{session_id}/packages/{lesson_id}/{part}
                                                          401   404   404   404  404    404  404   404   404   404   404
POST /study-sessions/{session_id}/beats                   401   404    ok   404  404    404  404   404   404   404   404
POST /study-sessions/{session_id}/challenges              401   404    ok   404  404    404  404   404   404   404   404
POST /study-sessions                                      401   404    ok   404  404    404  404   404   404   404   404
GET  /certificates                                        401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /certificates/external                               401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /certificates/external                               401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
DELETE /certificates/external/{external_id}               401   404    ok   404  404    404  404   404   404   404   404
GET  /certificates/{certificate_id}/credential.json       401   404    ok   404  404    404  404   404   404   404   404
GET  /certificates/{certificate_id}/file.pdf              401   404    ok   404  404    404  404   404   404   404   404
GET  /certificates/{certificate_id}/preview.png           401   404    ok   404  404    404  404   404   404   404   404
GET  /me/acting                                           401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
PUT  /me/acting                                           401   404   404   404   ok    404  404   404   404   404   404
GET  /me/organisations                                    401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/organisations                                    401   was   was   was  was    was  was   was   was   was   was
DELETE /me/organisations/{application_id}                 401   404   was   404  404    404  404   404   404   404   404
GET  /desk/cases/{case_id}/licence                        401   403   403   403  403    403  404   403   403   403   403
GET  /org/members                                         401   403   403    ok   ok     ok  403   403   403   403   403
POST /org/offers                                          401   403   403   404   ok    404  403   403   403   403   403
DELETE /org/offers/{staff_id}                             401   403   403   404   ok    404  403   403   403   403   403
PUT  /org/members/{person_id}                             401   403   403   404  404    404  403   403   403   403   403
DELETE /org/members/{person_id}                           401   403   403   404  404    404  403   403   403   403   403
POST /me/offices/{org_id}                                 401   404   404   404  404    404  404   404   404   404   404
DELETE /me/offices/{org_id}                               401   404   404   404  was    404  404   404   404   404   404
PUT  /system/organisations/{org_id}/suspension            401   403   403   403  403    403  403   403    ok   403   403
DELETE /system/organisations/{org_id}/suspension          401   403   403   403  403    403  403   403    ok   403   403
GET  /system/switches                                     401   403   403   403  403    403  403   403    ok   403   403
POST /system/switches/{switch}/clearing                   401   403   403   403  403    403  403   403   was   403   403
PUT  /system/switches/{switch}                            401   403   403   403  403    403  403   403    ok   403   403
GET  /org/staff                                           401   403   403    ok   ok     ok  403   403   403   403   403
POST /org/staff                                           401   403   403    ok  was     ok  403   403   403   403   403
GET  /institutions                                         ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /org/qualifications                                  401   403   403    ok   ok     ok  403   403   403   403   403
POST /org/qualifications                                  401   403   403   was  was    was  403   403   403   403   403
DELETE /org/qualifications/{qualification_id}             401   403   403   404   ok    404  403   403   403   403   403
GET  /org/certificates.xlsx                               401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/staff/{staff_id}/certificates                   401   403   403   404   ok    404  403   403   403   403   403
POST /org/stated-certificates                             401   403   403   404   ok    404  403   403   403   403   403
GET  /org/stated-certificates/{stated_id}/proof           401   403   403   404   ok    404  403   403   403   403   403
GET  /me/stated-certificates                              401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/stated-certificates/{stated_id}/proof            401   404    ok   404  404    404  404   404   404   404   404
POST /me/stated-certificates/{stated_id}/confirmation     401   404    ok   404  404    404  404   404   404   404   404
POST /me/stated-certificates/{stated_id}/refusal          401   404    ok   404  404    404  404   404   404   404   404
PUT  /org/stated-certificates/{stated_id}                 401   403   403   404   ok    404  403   403   403   403   403
POST /org/stated-certificates/{stated_id}/withdrawal      401   403   403   404  was    404  403   403   403   403   403
GET  /org/join-codes                                      401   403   403    ok   ok     ok  403   403   403   403   403
POST /org/join-codes                                      401   403   403    ok   ok     ok  403   403   403   403   403
DELETE /org/join-codes/{code_id}                          401   403   403   404   ok    404  403   403   403   403   403
GET  /verification/archives/keys                           ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /classes                                              ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /classes/{class_id}                                   ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/classes                                          401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /org/classes                                         401   403   403    ok   ok     ok  403   403   403   403   403
POST /org/classes                                         401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/classes/{class_id}                              401   403   403   404   ok    404  403   403   403   403   403
PUT  /org/classes/{class_id}                              401   403   403   404   ok    404  403   403   403   403   403
POST /org/classes/{class_id}/application                  401   403   403   404  was    404  403   403   403   403   403
DELETE /org/classes/{class_id}/application                401   403   403   404  was    404  403   403   403   403   403
GET  /org/classes/{class_id}/units                        401   403   403   404   ok    404  403   403   403   403   403
POST /org/classes/{class_id}/units                        401   403   403   404   ok    404  403   403   403   403   403
PUT  /org/classes/{class_id}/units/{plan_unit_id}              401   403   403   404   ok    404  403   403   403   403   403
POST /org/classes/{class_id}/units/{plan_unit_id}/roll-calls   401   403   403   404  was    404  403   403   403   403   403
DELETE /org/classes/{class_id}/units/{plan_unit_id}            401   403   403   404   ok    404  403   403   403   403   403
GET  /org/classes/{class_id}/members                      401   403   403   404   ok    404  403   403   403   403   403
POST /org/classes/{class_id}/members                      401   403   403   404   ok    404  403   403   403   403   403
GET  /org/classes/{class_id}/closing                      401   403   403   404   ok    404  403   403   403   403   403
DELETE /org/classes/{class_id}/members/{member_id}        401   403   403   404   ok    404  403   403   403   403   403
POST /me/classes                                          401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
DELETE /me/classes/{class_id}                             401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /org/classes/{class_id}/closing                      401   403   403   404  was    404  403   403   403   403   403
GET  /org/classes/{class_id}/archive.pdf                  401   403   403   404  404    404  403   403   403   403   403
GET  /org/classes/{class_id}/archive.xlsx                 401   403   403   404  404    404  403   403   403   403   403
GET  /org/classes/{class_id}/archive.json                 401   403   403   404  404    404  403   403   403   403   403
POST /org/classes/{class_id}/cancellation                 401   403   403   404   ok    404  403   403   403   403   403
POST /me/joinings                                         401   was   was   was  was    was  was   was   was   was   was
GET  /org/units                                             401   403   403    ok    ok    ok   403   403   403   403   403
POST /org/units                                             401   403   403    ok    ok    ok   403   403   403   403   403
PUT  /org/units/{unit_id}                                   401   403   403   404    ok   404   403   403   403   403   403
POST /org/units/{unit_id}/merging                           401   403   403   404    ok   404   403   403   403   403   403
DELETE /org/units/{unit_id}                                   401   403   403   404    ok   404   403   403   403   403   403
GET  /org/positions                                         401   403   403    ok    ok    ok   403   403   403   403   403
POST /org/positions                                         401   403   403    ok    ok    ok   403   403   403   403   403
PUT  /org/positions/{position_id}                           401   403   403   404    ok   404   403   403   403   403   403
POST /org/positions/{position_id}/merging                   401   403   403   404    ok   404   403   403   403   403   403
DELETE /org/positions/{position_id}                           401   403   403   404    ok   404   403   403   403   403   403
GET  /org/tags                                              401   403   403    ok    ok    ok   403   403   403   403   403
POST /org/tags                                              401   403   403    ok    ok    ok   403   403   403   403   403
PUT  /org/tags/{tag_id}                                     401   403   403   404    ok   404   403   403   403   403   403
POST /org/tags/{tag_id}/people                              401   403   403   404    ok   404   403   403   403   403   403
PUT  /org/staff/{staff_id}/tags                             401   403   403   404    ok   404   403   403   403   403   403
DELETE /org/tags/{tag_id}                                     401   403   403   404    ok   404   403   403   403   403   403
GET  /org/roster/template.xlsx                            401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/roster/export.xlsx                              401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/imports                                         401   403   403    ok   ok     ok  403   403   403   403   403
POST /org/imports                                         401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/imports/{import_id}                             401   403   403   404   ok    404  403   403   403   403   403
GET  /org/imports/{import_id}/findings                    401   403   403   404   ok    404  403   403   403   403   403
POST /org/imports/{import_id}/confirmation                401   403   403   404  was    404  403   403   403   403   403
POST /org/imports/{import_id}/undoing                     401   403   403   404  was    404  403   403   403   403   403
DELETE /org/imports/{import_id}                           401   403   403   404   ok    404  403   403   403   403   403
GET  /org/assignment-rules                                  401   403   403    ok    ok    ok   403   403   403   403   403
POST /org/assignment-previews                               401   403   403   was    ok   was   403   403   403   403   403
POST /org/assignment-rules                                  401   403   403   was    ok   was   403   403   403   403   403
GET  /org/assignment-rules/{rule_id}                        401   403   403   404    ok   404   403   403   403   403   403
POST /org/assignment-rules/{rule_id}/end                    401   403   403   404    ok   404   403   403   403   403   403
POST /org/assignment-rules/{rule_id}/withdrawal             401   403   403   404    ok   404   403   403   403   403   403
GET  /org/plans                                             401   403   403    ok    ok    ok   403   403   403   403   403
GET  /org/plans/export.xlsx                                 401   403   403    ok    ok    ok   403   403   403   403   403
POST /org/plan-lines                                        401   403   403    ok    ok    ok   403   403   403   403   403
PUT  /org/plan-lines/{line_id}                              401   403   403   404    ok   404   403   403   403   403   403
POST /org/plan-copies                                       401   403   403    ok    ok    ok   403   403   403   403   403
DELETE /org/plan-lines/{line_id}                              401   403   403   404    ok   404   403   403   403   403   403
GET  /org/assignments                                     401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/progress                                        401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/matrix                                          401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/matrix.xlsx                                     401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/matrix.pdf                                      401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/staff/{staff_id}/proof.pdf                      401   403   403   404   ok    404  403   403   403   403   403
GET  /org/staff/{staff_id}/proof.xlsx                     401   403   403   404   ok    404  403   403   403   403   403
GET  /org/staff/{staff_id}/proof.json                     401   403   403   404   ok    404  403   403   403   403   403
GET  /desk/cases                                          401   403   403   403  403    403   ok   403   403   403   403
GET  /desk/cases/{case_id}                                401   403   403   403  403    403   ok   403   403   403   403
POST /desk/cases/{case_id}/decision                       401   403   403   403  403    403   ok   403   403   403   403
POST /certificates/{certificate_id}/revocation            401   403   403   403  403    403   ok   403   403   403   403
POST /certificates/{certificate_id}/suspension            401   403   403   403  403    403   ok   403   403   403   403
POST /certificates/{certificate_id}/suspension/end        401   403   403   403  403    403   ok   403   403   403   403
POST /certificates/{certificate_id}/holder-code           401   404    ok   404  404    404  404   404   404   404   404
GET  /certificates/{certificate_id}/shares                401   404    ok   404  404    404  404   404   404   404   404
POST /certificates/{certificate_id}/shares                401   404    ok   404  404    404  404   404   404   404   404
DELETE /certificates/{certificate_id}/shares/{share_id}   401   404    ok   404  404    404  404   404   404   404   404
POST /certificates/{certificate_id}/renewal               401   404   was   404  404    404  404   404   404   404   404
POST /certificates/{certificate_id}/reissue               401   404   was   404  404    404  404   404   404   404   404
GET  /oversight/clusters                                  401   403   403   403  403    403  403    ok   403   403   403
GET  /oversight/clusters/{code}                           401   403   403   403  403    403  403    ok   403   403   403
GET  /oversight/courses/{course_id}                       401   403   403   403  403    403  403    ok   403   403   403
PUT  /desk/devices/{device_id}                            401   403   403   403  403    403   ok   403   403   403   403
GET  /oversight/reports                                   401   403   403   403  403    403  403    ok   403   403   403
GET  /oversight/reports/{report_id}                       401   403   403   403  403    403  403    ok   403   403   403
POST /oversight/reports/{report_id}/decision              401   403   403   403  403    403  403    ok   403   403   403
POST /desk/cases/{case_id}/confirmation                   401   403   403   403  403    403  was   403   403   403   403
POST /desk/cases/{case_id}/unmasking                      401   403   403   403  403    403  was   403   403   403   403
POST /desk/cases/{case_id}/withdrawal                     401   403   403   403  403    403  was   403   403   403   403
GET  /log                                                  ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /log/checkpoints/{size}                              404   404   404   404  404    404  404   404   404   404   404
POST /log/cosignatures                                    was   was   was   was  was    was  was   was   was   was   was
GET  /log/proofs/consistency                               ok    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /log/proofs/inclusion                                401   404   404   404  404    404  404   404   404   404   404
GET  /me/access-log                                       401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/hours/{day}/timeline                             401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/hours/proof.pdf                                  401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/hours/proof.xlsx                                 401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/hours/proof.json                                 401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/enrolments/{enrolment_id}/bundle                 401   404   was   404  404    404  404   404   404   404   404
GET  /me/devices                                          401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
DELETE /me/devices/{key_id}                               401   404    ok   404  404    404  404   404   404   404   404
POST /me/identity/dispute                                 401   was   was   was  was    was  was   was   was   was   was
DELETE /me/identity                                       401   404   404   404  404    404  404   404   404   404   404
POST /org/roll-calls                                      401   403   403    ok  was     ok  403   403   403   403   403
GET  /org/roll-calls/{roll_call_id}                       401   403   403   404   ok    404  403   403   403   403   403
PUT  /org/roll-calls/{roll_call_id}/presences/{presence_id} 401 403   403   404   ok    404  403   403   403   403   403
POST /org/roll-calls/{roll_call_id}/closing               401   403   403   404   ok    404  403   403   403   403   403
POST /org/reminders                                       401   403   403   404   ok    404  403   403   403   403   403
POST /org/reminders/preview                               401   403   403    ok   ok     ok  403   403   403   403   403
POST /org/reminders/batch                                 401   403   403   was  was    was  403   403   403   403   403
GET  /org/reminder-settings                               401   403   403    ok   ok     ok  403   403   403   403   403
PUT  /org/reminder-settings                               401   403   403    ok   ok     ok  403   403   403   403   403
PUT  /org/group-robot                                     401   403   403   was  was    was  403   403   403   403   403
POST /org/group-robot/trial                               401   403   403   404  404    404  403   403   403   403   403
DELETE /org/group-robot                                   401   403   403   404  404    404  403   403   403   403   403
GET  /org/messages                                        401   403   403    ok   ok     ok  403   403   403   403   403
GET  /org/messages/export.xlsx                            401   403   403    ok   ok     ok  403   403   403   403   403
GET  /me/messages                                         401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/message-choices                                  401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
PUT  /me/message-choices                                  401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/mail                                             401   was   was   was  was    was  was   was   was   was   was
POST /me/mail/confirmation                                401   was   was   was  was    was  was   was   was   was   was
DELETE /me/mail                                           401   404   404   404  404    404  404   404   404   404   404
PUT  /org/staff/{staff_id}                                401   403   403   404  was    404  403   403   403   403   403
DELETE /org/staff/{staff_id}                              401   403   403   404   ok    404  403   403   403   403   403
DELETE /me/employers/{org_id}                             401   404  gone   404  404    404  404   404   404   404   404
GET  /desk/policies                                       401   403   403   403  403    403   ok    ok   403   403   403
GET  /desk/policies/presets                               401   403   403   403  403    403   ok    ok   403   403   403
GET  /desk/policies/{scope}/{scope_id}                    401   403   403   403  403    403   ok    ok   403   403   403
POST /desk/policies/{scope}/{scope_id}/trial              401   403   403   403  403    403   ok   403   403   403   403
POST /desk/policies/{scope}/{scope_id}/revisions          401   403   403   403  403    403   ok   403   403   403   403
GET  /me/sign-ins                                         401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
DELETE /me/sign-ins/{sign_in_id}                          401   404    ok   404  404    404  404   404   404   404   404
DELETE /me/sign-ins                                       401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
GET  /me/second-factors                                   401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/second-factors/totp                              401   403   403    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/second-factors/totp/confirmation                 401   403   403   was  was    was  was   was   was   was   was
POST /me/second-factors/recovery-codes                    401   403   403   was  was    was  was   was   was   was   was
POST /me/second-factors/key-options                      401   403   403    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/second-factors/keys                              401   403   403   was  was    was  was   was   was   was   was
DELETE /me/second-factors/keys/{key_id}                   401   403   403   404  404    404  404   404   404   404   404
POST /auth/second-factor                                  401   was   was   was  was    was  was   was   was   was   was
POST /auth/second-factor/key-options                      401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /auth/second-factor/key                              401   was   was   was  was    was  was   was   was   was   was
GET  /audit/events                                        401   403   403   403  403    403  403   403   403   403    ok
POST /security/people                                     401   403   403   403  403    403  403   403   403    ok   403
GET  /security/people/{person_id}                         401   403   403   403  403    403  403   403   403    ok   403
POST /security/people/{person_id}/roles                   401   403   403   403  403    403  403   403   403   was   403
POST /security/people/{person_id}/second-factor-reset     401   403   403   403  403    403  403   403   403    ok   403
DELETE /security/people/{person_id}/sign-ins              401   403   403   403  403    403  403   403   403    ok   403
GET  /security/changes                                    401   403   403   403  403    403  403   403   403    ok   403
POST /security/changes/{case_id}/confirmation             401   403   403   403  403    403  403   403   403   404   403
GET  /system/organisations                                401   403   403   403  403    403  403   403    ok   403   403
POST /system/organisations                                401   403   403   403  403    403  403   403    ok   403   403
POST /system/organisations/{org_id}/agents                401   403   403   403  403    403  403   403   was   403   403
DELETE /system/organisations/{org_id}/agents/{person_id}  401   403   403   403  403    403  403   403   404   403   403
POST /auth/company                                        404   404   404   404   404   404   404   404   404   404   404
POST /auth/company/return                                 was   was   was   was   was   was   was   was   was   was   was
POST /me/company-accounts                                 401   403   403   403   404   403   403   403   403   403   403
DELETE /me/company-accounts/{account_id}                  401   404   404   404   404   404   404   404   404   404   404
PUT  /system/organisations/{org_id}/company-sign-in       401   403   403   403   403   403   403   403    ok   403   403
PUT  /system/organisations/{org_id}/company-sign-in/switch
                                                          401   403   403   403   403   403   403   403    ok   403   403
POST /me/codes                                            401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
PUT  /me/password                                         401   was   was   was  was    was  was   was   was   was   was
DELETE /me/password                                       401   404   404   404  404    404  404   404   404   404   404
POST /auth/password                                       was   was   was   was  was    was  was   was   was   was   was
POST /me/phone-changes                                    401   was   was   was  was    was  was   was   was   was   was
POST /me/phone-changes/stop                               401   404   404   404  404    404  404   404   404   404   404
POST /recoveries                                          was   was   was   was  was    was  was   was   was   was   was
POST /phone-changes/stop                                  404   404   404   404  404    404  404   404   404   404   404
POST /phone-changes/{change_id}/face                      404   404    ok   404  404    404  404   404   404   404   404
POST /phone-changes/{change_id}/frames                    404   404    ok   404  404    404  404   404   404   404   404
POST /phone-changes/{change_id}/answers                   404   404    ok   404  404    404  404   404   404   404   404
POST /phone-changes/{change_id}/people                    404   404    ok   404  404    404  404   404   404   404   404
DELETE /me/consents/portrait                              401   404   404   404  404    404  404   404   404   404   404
PUT  /me/portrait                                         401   was   was   was  was    was  was   was   was   was   was
GET  /me/portrait.jpg                                     401   404   404   404  404    404  404   404   404   404   404
DELETE /me/consents/face                                  401   404    ok   404  404    404  404   404   404   404   404
POST /me/proofs                                           401   was   was   was  was    was  was   was   was   was   was
POST /me/data                                             401   404   404   404  404    404  404   404   404   404   404
GET  /me/deletion                                         401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
POST /me/deletion                                         401   was   was   was  was    was  was   was   was   was   was
DELETE /me/deletion                                       401   404   404   404  404    404  404   404   404   404   404
GET  /authoring/courses
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/courses
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/courses/{course_id}/versions
                                                          401   403   403   403   403    ok   403   403   403   403   403
GET  /authoring/versions/{version_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
PUT  /authoring/versions/{version_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/versions/{version_id}/chapters
                                                          401   403   403   403   403    ok   403   403   403   403   403
PUT  /authoring/chapters/{chapter_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/chapters/{chapter_id}/move
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/chapters/{chapter_id}/lessons
                                                          401   403   403   403   403    ok   403   403   403   403   403
GET  /authoring/lessons/{lesson_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
PUT  /authoring/lessons/{lesson_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/lessons/{lesson_id}/move
                                                          401   403   403   403   403    ok   403   403   403   403   403
PUT  /authoring/lessons/{lesson_id}/text
                                                          401   403   403   403   403    ok   403   403   403   403   403
PUT  /authoring/lessons/{lesson_id}/questions
                                                          401   403   403   403   403    ok   403   403   403   403   403
PUT  /authoring/lessons/{lesson_id}/lengths
                                                          401   403   403   403   403   was   403   403   403   403   403
PUT  /authoring/lessons/{lesson_id}/captions
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/texts
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/lessons/{lesson_id}/uploads
                                                          401   403   403   403   403    ok   403   403   403   403   403
GET  /authoring/uploads/{upload_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
PUT  /authoring/uploads/{upload_id}/pieces/{number}
                                                          401   403   403   403   403   was   403   403   403   403   403
POST /authoring/uploads/{upload_id}/completion
                                                          401   403   403   403   403   was   403   403   403   403   403
DELETE /authoring/uploads/{upload_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST /authoring/lessons/{lesson_id}/coding
                                                          401   403   403   403   403   404   403   403   403   403   403
DELETE /authoring/lessons/{lesson_id}/coding
                                                          401   403   403   403   403   404   403   403   403   403   403
POST /authoring/versions/{version_id}/submission
                                                          401   403   403   403   403   was   403   403   403   403   403
DELETE /authoring/versions/{version_id}/submission
                                                          401   403   403   403   403   was   403   403   403   403   403
POST /authoring/versions/{version_id}/review
                                                          401   403   403   403   403   403   403   403   403   403   403
POST /authoring/versions/{version_id}/retirement
                                                          401   403   403   403   403   was   403   403   403   403   403
GET    /authoring/materials/{material_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
POST   /authoring/versions/{version_id}/materials
                                                          401   403   403   403   403   was   403   403   403   403   403
DELETE /authoring/materials/{material_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
GET    /enrolments/{enrolment_id}/materials/{material_id}
                                                          401   404   404   404   404   404   404   404   404   404   404
GET  /desk/course-reviews
                                                          401   403   403   403   403   403    ok   403   403   403   403
POST /desk/course-reviews/{version_id}
                                                          401   403   403   403   403   403   was   403   403   403   403
DELETE /authoring/lessons/{lesson_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
DELETE /authoring/chapters/{chapter_id}
                                                          401   403   403   403   403   was   403   403   403   403   403
DELETE /authoring/versions/{version_id}
                                                          401   403   403   403   403    ok   403   403   403   403   403
GET    /org/contests
                                                          401   403   403   ok   ok   ok   403   403   403   403   403
POST   /org/contests
                                                          401   403   403   ok   ok   ok   403   403   403   403   403
GET    /org/contests/{contest_id}
                                                          401   403   403   404   ok   404   403   403   403   403   403
PUT    /org/contests/{contest_id}
                                                          401   403   403   404   was   404   403   403   403   403   403
POST   /org/contests/{contest_id}/rounds
                                                          401   403   403   404   was   404   403   403   403   403   403
PUT    /org/contests/{contest_id}/rounds/{round_id}
                                                          401   403   403   404   was   404   403   403   403   403   403
DELETE /org/contests/{contest_id}/rounds/{round_id}
                                                          401   403   403   404   was   404   403   403   403   403   403
POST   /org/contests/{contest_id}/submission
                                                          401   403   403   404   was   404   403   403   403   403   403
POST   /org/contests/{contest_id}/decision
                                                          401   403   403   404   was   404   403   403   403   403   403
GET    /org/contests/{contest_id}/rounds/{round_id}/results
                                                          401   403   403   404   ok   404   403   403   403   403   403
GET    /org/contests/{contest_id}/rounds/{round_id}/results.xlsx
                                                          401   403   403   404   was   404   403   403   403   403   403
POST   /org/contests/{contest_id}/rounds/{round_id}/ranking
                                                          401   403   403   404   was   404   403   403   403   403   403
GET    /me/contests
                                                          401   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET    /me/contests/{contest_id}
                                                          401   404   ok   404   404   404   404   404   404   404   404
PUT    /me/contests/{contest_id}/entry
                                                          401   404   ok   404   404   404   404   404   404   404   404
POST   /contest-rounds/{round_id}/attempts
                                                          401   404   ok   404   404   404   404   404   404   404   404
GET    /contests/{contest_id}/ranking
                                                          404   404   404   404   404   404   404   404   404   404   404
POST   /org/contests/{contest_id}/cancellation
                                                          401   403   403   404   ok   404   403   403   403   403   403
GET  /exam-banks                                          401   403   403   403  403     ok  403   403   403   403   403
POST /exam-banks                                          401   403   403   403  403     ok  403   403   403   403   403
GET  /exam-banks/templates/questions.xlsx                 401   403   403   403  403     ok  403   403   403   403   403
PUT  /exam-banks/{bank_id}                                401   403   403   403  403     ok  403   403   403   403   403
PUT  /exam-banks/{bank_id}/courses/{course_id}            401   403   403   403  403     ok  403   403   403   403   403
DELETE /exam-banks/{bank_id}/courses/{course_id}          401   403   403   403  403     ok  403   403   403   403   403
GET  /exam-banks/{bank_id}/items                          401   403   403   403  403     ok  403   403   403   403   403
GET  /exam-banks/{bank_id}/items.xlsx                     401   403   403   403  403     ok  403   403   403   403   403
GET  /exam-banks/{bank_id}/items.zip                      401   403   403   403  403     ok  403   403   403   403   403
GET  /exam-banks/{bank_id}/statistics                     401   403   403   403  403     ok  403   403   403   403   403
POST /exam-banks/{bank_id}/items                          401   403   403   403  403     ok  403   403   403   403   403
GET  /exam-banks/{bank_id}/items/{item_id}                401   403   403   403  403     ok  403   403   403   403   403
PUT  /exam-banks/{bank_id}/items/{item_id}                401   403   403   403  403     ok  403   403   403   403   403
DELETE /exam-banks/{bank_id}/items/{item_id}              401   403   403   403  403     ok  403   403   403   403   403
POST /exam-banks/{bank_id}/file-trials                    401   403   403   403  403    was  403   403   403   403   403
POST /exam-banks/{bank_id}/file-imports                   401   403   403   403  403    was  403   403   403   403   403
GET  /exam-blueprints/{course_id}                         401   403   403   403  403     ok  403   403   403   403   403
PUT  /exam-blueprints/{course_id}                         401   403   403   403  403     ok  403   403   403   403   403
GET  /marking                                             401   403   403   403  403     ok   ok   403   403   403   403
GET  /marking/{answer_id}                                 401   403   403   403  403     ok  404   403   403   403   403
POST /marking/{answer_id}/marks                           401   403   403   403  403     ok  404   403   403   403   403
POST /auth/sign-out                                       401    ok    ok    ok   ok     ok   ok    ok    ok    ok    ok
"""  # noqa: E501 -- a table
# in: shown (or led on to another page of one's own). out: led to the sign-in.
PAGES = """
                                       nobody carol alice rival boss school desk regul admin secur audit
GET /home                                 out    in    in    in   in     in   in    in    in    in    in
GET /inbox                                out    in    in    in   in     in   in    in    in    in    in
GET /hours                                out    in    in    in   in     in   in    in    in    in    in
GET /hours/{day}                          out    in    in    in   in     in   in    in    in    in    in
GET /me                                   out    in    in    in   in     in   in    in    in    in    in
GET /certificates                         out    in    in    in   in     in   in    in    in    in    in
GET /certificates/external                out    in    in    in   in     in   in    in    in    in    in
GET /certificates/{certificate_id}        out   404    in   404  404    404  404   404   404   404   404
GET /certificates/{certificate_id}/shares out   404    in   404  404    404  404   404   404   404   404
GET /certificates/{certificate_id}/reissue out   404    in   404  404    404  404   404   404   404   404
GET /signup/identity                      out    in    in    in   in     in   in    in    in    in    in
GET /signup/consent                       out    in    in    in   in     in   in    in    in    in    in
GET /signup/face                          out    in    in    in   in     in   in    in    in    in    in
GET /signup/questions                     out    in    in    in   in     in   in    in    in    in    in
GET /learn/{enrolment_id}                 out   404    in   404  404    404  404   404   404   404   404
GET /learn/{enrolment_id}/{lesson_id}     out   404    in   404  404    404  404   404   404   404   404
GET /wrong-questions                      out    in    in    in   in     in   in    in    in    in    in
GET /wrong-questions/{item_id}            out   404   404   404  404    404  404   404   404   404   404
GET /exam/{enrolment_id}                  out   404    in   404  404    404  404   404   404   404   404
GET /exam/attempts/{attempt_id}           out   404    in   404  404    404  404   404   404   404   404
GET /exam/attempts/{attempt_id}/result    out   404   409   404  404    404  404   404   404   404   404
GET /authoring
                                          out   403   403   403   403    in   403   403   403   403   403
GET /authoring/new
                                          out   403   403   403   403    in   403   403   403   403   403
GET /authoring/{version_id}
                                          out   403   403   403   403    in   403   403   403   403   403
GET /authoring/{version_id}/card
                                          out   403   403   403   403    in   403   403   403   403   403
GET /authoring/{version_id}/lessons/{lesson_id}
                                          out   403   403   403   403    in   403   403   403   403   403
GET /authoring/{version_id}/review
                                          out   403   403   403   403    in   403   403   403   403   403
GET /authoring/lessons/{lesson_id}/preview
                                          out   403   403   403   403   404   403   403   403   403   403
GET /desk/course-reviews
                                          out   403   403   403   403   403    in   403   403   403   403
GET /desk/course-reviews/{version_id}
                                          out   403   403   403   403   403   404   403   403   403   403
GET /desk/course-reviews/lessons/{lesson_id}
                                          out   403   403   403   403   403   404   403   403   403   403
GET /employer                             out   403   403    in   in     in  403   403   403   403   403
GET /employer/staff                       out   403   403    in   in     in  403   403   403   403   403
GET /employer/qualifications              out   403   403    in   in     in  403   403   403   403   403
GET /me/stated-certificates               out    in    in    in   in     in   in    in    in    in    in
GET /employer/staff/{staff_id}/certificates
                                          out   403   403   404   in    404  403   403   403   403   403
GET /employer/join-codes                  out   403   403    in   in     in  403   403   403   403   403
GET /me/classes                             out    in    in    in    in    in    in    in    in    in    in
GET /me/contests
                                          out   in   in   in   in   in   in   in   in   in   in
GET /me/contests/{contest_id}
                                          out   404   in   404   404   404   404   404   404   404   404
GET /employer/contests
                                          out   403   403   in   in   in   403   403   403   403   403
GET /employer/new-contest
                                          out   403   403   in   in   in   403   403   403   403   403
GET /employer/contests/{contest_id}
                                          out   403   403   404   in   404   403   403   403   403   403
GET /employer/contests/{contest_id}/card
                                          out   403   403   404   in   404   403   403   403   403   403
GET /employer/contests/{contest_id}/new-round
                                          out   403   403   404   in   404   403   403   403   403   403
GET /employer/contests/{contest_id}/rounds/{round_id}
                                          out   403   403   404   in   404   403   403   403   403   403
GET /employer/contests/{contest_id}/rounds/{round_id}/results
                                          out   403   403   404   in   404   403   403   403   403   403
GET /employer/classes                       out   403   403    in    in    in   403   403   403   403   403
GET /employer/new-class                     out   403   403    in    in    in   403   403   403   403   403
GET /employer/classes/{class_id}            out   403   403   404    in   404   403   403   403   403   403
GET /employer/classes/{class_id}/card       out   403   403   404    in   404   403   403   403   403   403
GET /employer/classes/{class_id}/roster     out   403   403   404    in   404   403   403   403   403   403
GET /employer/classes/{class_id}/closing    out   403   403   404    in   404   403   403   403   403   403
GET /join                                 out    in    in    in   in     in   in    in    in    in    in
GET /employer/imports                     out   403   403    in   in     in  403   403   403   403   403
GET /employer/imports/{import_id}         out   403   403   404   in    404  403   403   403   403   403
GET /employer/units                        out  403  403   in   in   in  403  403  403  403  403
GET /employer/units/{unit_id}              out  403  403  404   in  404  403  403  403  403  403
GET /employer/positions                    out  403  403   in   in   in  403  403  403  403  403
GET /employer/positions/{position_id}      out  403  403  404   in  404  403  403  403  403  403
GET /employer/tags                         out  403  403   in   in   in  403  403  403  403  403
GET /employer/tags/{tag_id}                out  403  403  404   in  404  403  403  403  403  403
GET /employer/staff/{staff_id}/tags        out  403  403  404   in  404  403  403  403  403  403
GET /employer/assign/rule                  out  403  403   in   in   in  403  403  403  403  403
GET /employer/assignment-rules             out  403  403   in   in   in  403  403  403  403  403
GET /employer/assignment-rules/{rule_id}   out  403  403  404   in  404  403  403  403  403  403
GET /employer/plan                         out  403  403   in   in   in  403  403  403  403  403
GET /employer/plan/lines/{line_id}         out  403  403  404   in  404  403  403  403  403  403
GET /employer/members                     out   403   403    in   in     in  403   403   403   403   403
GET /acting                               out    in    in    in   in     in   in    in    in    in    in
GET /organisations/apply                  out    in    in    in   in     in   in    in    in    in    in
GET /employer/staff/{staff_id}            out   403   403   404   in    404  403   403   403   403   403
GET /banks                                out   403   403   403  403     in  403   403   403   403   403
GET /banks/{bank_id}                      out   403   403   403  403     in  403   403   403   403   403
GET /banks/{bank_id}/statistics           out   403   403   403  403     in  403   403   403   403   403
GET /banks/{bank_id}/import               out   403   403   403  403     in  403   403   403   403   403
GET /banks/{bank_id}/items/new            out   403   403   403  403     in  403   403   403   403   403
GET /banks/{bank_id}/items/{item_id}      out   403   403   403  403     in  403   403   403   403   403
GET /blueprints/{course_id}               out   403   403   403  403     in  403   403   403   403   403
GET /marking                              out   403   403   403  403     in   in   403   403   403   403
GET /marking/{answer_id}                  out   403   403   403  403     in  404   403   403   403   403
GET /roll-call                            out    in    in    in   in     in   in    in    in    in    in
GET /me/data                              out    in    in    in   in     in   in    in    in    in    in
GET /me/portrait                          out    in    in    in   in     in   in    in    in    in    in
GET /me/deletion                          out    in    in    in   in     in   in    in    in    in    in
GET /me/phone                             out    in    in    in   in     in   in    in    in    in    in
GET /me/messages                          out    in    in    in   in     in   in    in    in    in    in
GET /me/password                          out    in    in    in   in     in   in    in    in    in    in
GET /me/company-accounts                  out    in    in    in   in     in   in    in    in    in    in
GET /second-factor                        out    in    in    in   in     in   in    in    in    in    in
GET /me/access                            out    in    in    in   in     in   in    in    in    in    in
GET /appeals/{subject}/{ref_id}           out   404    in   404  404    404  404   404   404   404   404
GET /employer/assign                      out   403   403    in   in     in  403   403   403   403   403
GET /employer/roll-calls                  out   403   403    in   in     in  403   403   403   403   403
GET /employer/roll-calls/{roll_call_id}   out   403   403   404   in    404  403   403   403   403   403
GET /employer/certificates                out   403   403    in   in     in  403   403   403   403   403
GET /employer/reminders/check             out   403   403    in   in     in  403   403   403   403   403
GET /employer/reminders/settings          out   403   403    in   in     in  403   403   403   403   403
GET /employer/messages                    out   403   403    in   in     in  403   403   403   403   403
GET /employer/reminders                   out   403   403    in   in     in  403   403   403   403   403
GET /employer/progress                    out   403   403    in   in     in  403   403   403   403   403
GET /employer/progress/{staff_id}/{course_id}
                                          out   403   403   404   in    404  403   403   403   403   403
GET /desk                                 out   403   403   403  403    403   in   403   403   403   403
GET /desk/cases/{case_id}                 out   403   403   403  403    403   in   403   403   403   403
GET /desk/certificates                    out   403   403   403  403    403   in   403   403   403   403
GET /desk/policies                        out   403   403   403  403    403   in    in   403   403   403
GET /desk/policies/{scope}/{scope_id}     out   403   403   403  403    403   in    in   403   403   403
GET /desk/policies/{scope}/{scope_id}/draft
                                          out   403   403   403  403    403   in   403   403   403   403
GET /desk/policies/{scope}/{scope_id}/trial
                                          out   403   403   403  403    403   in   403   403   403   403
GET /security                             out   403   403   403  403    403  403   403   403    in   403
GET /security/people/{person_id}          out   403   403   403  403    403  403   403   403    in   403
GET /audit                                out   403   403   403  403    403  403   403   403   403    in
GET /system                               out   403   403   403  403    403  403   403    in   403   403
GET /system/organisations/{org_id}        out   403   403   403  403    403  403   403    in   403   403
GET /system/switches                      out   403   403   403  403    403  403   403    in   403   403
GET /regulator                            out   403   403   403  403    403  403    in   403   403   403
GET /regulator/reports                    out   403   403   403  403    403  403    in   403   403   403
GET /regulator/reports/{report_id}        out   403   403   403  403    403  403    in   403   403   403
GET /regulator/clusters/{code}            out   403   403   403  403    403  403    in   403   403   403
GET /regulator/courses/{course_id}        out   403   403   403  403    403  403    in   403   403   403
"""  # noqa: E501 -- a table
# Pages that everybody sees; tests/integration/test_pages.py opens them.
OPEN_PAGES = {
    "/", "/courses", "/courses/{course_id}", "/sign-in", "/demo/{token}", "/outbox", "/terms",
    "/privacy", "/help", "/complaint", "/complaint/answer", "/complaint/fake", "/verify",
    "/v/{public_id}", "/s/{token}", "/verify/batch", "/verify/by-hand", "/verify/app.webmanifest",
    "/verify/icon-{size}.png", "/verify/off-line", "/verify/worker.js",
    "/institutions", "/classes", "/classes/{class_id}", "/contests/{contest_id}/ranking",
    "/face-return", "/face-meta", "/sign-in/company",
    "/sign-in/company/return/{org_id}", "/recovery", "/recovery/stop",
}  # fmt: skip
# Nothing is written: tests/integration/certs/test_{batch_form,typed_names}.py.
OPEN_FORMS = {"/verify", "/verify/batch"} | {
    "/complaint/fake"  # writes as the API does: integration/certs/test_fake_reports.py
}
_REFUSED = {"401", "403", "404"}
OF_BOTH = Someone("13800000075", "兰兰", number_of(77))
RIVAL_USCC = "91510700MA6CX2020M"
Row = tuple[str, str, dict[str, str]]


def _rows(table: str) -> list[Row]:
    head, _, lines = table.strip("\n").partition("\n")
    rows = []
    for line in re.sub(r"\n +", " ", lines).splitlines():
        verb, path, *cells = line.split()
        rows.append((verb, path, dict(zip(head.split(), cells, strict=True))))
    return rows


def _said(answer: Response) -> str:
    """What a cell of ROUTES calls an answer."""
    if answer.status_code < 300:
        return "ok"
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["detail"]
    assert problem["remedy"], problem
    return "was" if answer.status_code in (409, 422) else str(answer.status_code)


def _seen(answer: Response) -> str:
    """What a cell of PAGES calls an answer."""
    where = answer.headers.get("location", "")
    if where.startswith("/sign-in?next="):
        return "out"
    return "in" if answer.status_code in (200, 303) else str(answer.status_code)


def test_the_tables_hold_every_route_and_every_page(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    there = {(verb.upper(), path) for path, verbs in paths.items() for verb in verbs}
    assert {(verb, path) for verb, path, _ in _rows(ROUTES)} == there
    hidden = {
        route.path for topic in TOPICS for route in topic.router.routes
        if not route.include_in_schema
    }  # fmt: skip
    assert hidden == {
        "/media/{session_id}/{lesson_id}/{part}", "/media/again/{enrolment_id}/{lesson_id}",
        "/media/draft/{lesson_id}/{part}",
    }  # fmt: skip
    pages = {(verb, r.path) for router in ROUTERS for r in router.routes for verb in r.methods}
    assert {(verb, path) for verb, path, _ in _rows(PAGES)} == pages - {
        ("GET", path) for path in OPEN_PAGES
    } - {("POST", path) for path in OPEN_FORMS}  # fmt: skip


def test_every_route_as_everybody(everybody: Town) -> None:
    caller = Caller(everybody.household, everybody.browsers["alice"])
    rows = _rows(ROUTES)
    wrong = []
    before = dump(everybody.parts.database)
    for verb, path, cells in rows:
        refused = {name: cell for name, cell in cells.items() if cell in _REFUSED}
        for name, cell in refused.items():
            said = _said(caller.call(everybody.browsers[name], verb, path))
            wrong += [(verb, path, name, said)] if said != cell else []
        after = dump(everybody.parts.database)
        wrong += [(verb, path, "changes", table) for table in changed(before, after)]
        before = after
    assert wrong == [], wrong
    for verb, path, cells in rows:
        for name, cell in cells.items():
            if cell not in _REFUSED:
                said = _said(caller.call(everybody.browsers[name], verb, path))
                wanted = "404" if cell == "gone" else cell
                wrong += [(verb, path, name, said)] if said != wanted else []
    assert wrong == [], wrong


def test_a_film_looked_at_again_is_its_learners_alone(looking_on: Town) -> None:
    household = looking_on.household
    address = f"/api/v1/media/again/{household.enrolment_id}/{household.lesson_id}"
    for name, client in looking_on.browsers.items():
        answer = client.get(address)
        wanted = {"nobody": (401,), "alice": (404, 409)}.get(name, (404,))
        assert answer.status_code in wanted, (name, answer.text)


def test_every_page_as_everybody(looking_on: Town) -> None:
    caller = Caller(looking_on.household, looking_on.browsers["alice"])
    before = dump(looking_on.parts.database)
    wrong = []
    for _, path, cells in _rows(PAGES):
        for name, cell in cells.items():
            seen = _seen(looking_on.browsers[name].get(caller.address(path)))
            wrong += [(path, name, seen)] if seen != cell else []
    assert wrong == [], wrong
    assert changed(before, dump(looking_on.parts.database)) == []


def test_who_acts_for_another_organisation_reaches_nothing_of_this_one(looking_on: Town) -> None:
    """Of both employers, Alice's and the rival, and acting for the rival: refused as the rival."""
    parts, household = looking_on.parts, looking_on.household
    account = prove(parts, OF_BOTH)
    with parts.database.transaction() as db:
        rival_id = organisations.find_by_uscc(db, RIVAL_USCC)
        assert rival_id is not None
        for org_id in (household.org_id, rival_id):
            organisations.add_member(
                db, org_id=org_id, learner_id=account, role=Role.EMPLOYER, now=parts.clock.now()
            )
    caller = Caller(household, looking_on.browsers["alice"])
    with TestClient(create_app(parts), follow_redirects=False) as both:
        sign_in(both, parts, OF_BOTH)
        chosen = both.put("/api/v1/me/acting", json={"org_id": rival_id}, headers=csrf(both))
        assert chosen.status_code == 204
        wrong = []
        before = dump(parts.database)
        # What is a person's own under /me goes by who they are, not by whom they act for.
        desks = [row for row in _rows(ROUTES) if not row[1].startswith("/me/")]
        for verb, path, cells in desks:
            if cells["rival"] in _REFUSED:
                said = _said(caller.call(both, verb, path))
                wrong += [(verb, path, said)] if said != cells["rival"] else []
        for _, path, cells in _rows(PAGES):
            if cells["rival"] in _REFUSED:
                seen = _seen(both.get(caller.address(path)))
                wrong += [(path, seen)] if seen != cells["rival"] else []
        assert wrong == []
        assert changed(before, dump(parts.database)) == []
        both.put("/api/v1/me/acting", json={"org_id": household.org_id}, headers=csrf(both))
        own = both.get(f"/employer/staff/{household.staff_id}")
        assert own.status_code == 200  # the same account, once it acts for that one


def test_writing_with_cookies_needs_the_token_of_our_pages(looking_on: Town) -> None:
    caller = Caller(looking_on.household, looking_on.browsers["alice"])
    before = dump(looking_on.parts.database)
    for verb, path, _ in _rows(ROUTES):
        if verb != "GET":
            answer = looking_on.browsers["alice"].request(
                verb, f"/api/v1{caller.address(path)}", json=caller.body(path)
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), path
    assert changed(before, dump(looking_on.parts.database)) == []


def test_an_address_of_a_medium_opens_nothing_else(everybody: Town) -> None:
    household = everybody.household
    alice, carol = everybody.browsers["alice"], everybody.browsers["carol"]
    before = dump(everybody.parts.database)
    other_lesson = alice.get(f"/api/v1/study-sessions/{household.session_id}").json()["lessons"][1]
    for wrong in (
        household.medium.replace(household.session_id, household.face_session_id),
        household.medium.replace(household.lesson_id, other_lesson["id"]),
        household.medium.replace("/file?", "/0?"),
        household.medium.replace("until=1", "until=9"),
        household.medium.replace("mac=", "mac=A"),
    ):
        assert (wrong, carol.get(wrong).status_code) == (wrong, 403)
    assert changed(before, dump(everybody.parts.database)) == []
    assert carol.get(household.medium).status_code == 200
    with everybody.parts.database.reading() as db:
        noted = {row.learner_id for row in db.scalars(select(MediaDelivery))}
    assert noted == {household.learner_id}
    address = "/api/v1/study-sessions"
    body = {
        "enrolment_id": household.enrolment_id,
        "lesson_id": household.lesson_id,
    }
    assert alice.post(address, json=body, headers=csrf(alice)).status_code == 201
    assert carol.get(household.medium).status_code == 403  # that session ended with this one


def test_who_has_not_proved_a_name_joins_nothing(looking_on: Town) -> None:
    """Everybody of the columns has one."""
    caller = Caller(looking_on.household, looking_on.browsers["alice"])
    with TestClient(create_app(looking_on.parts)) as newcomer:
        sign_in(newcomer, looking_on.parts, Someone("13800000074", "", ""))
        before = dump(looking_on.parts.database)
        for path in (
            "/me/roll-calls", "/me/employers/{org_id}/acceptance", "/enrolments", "/study-sessions",
        ):  # fmt: skip
            answer = caller.call(newcomer, "POST", path)
            assert (path, answer.status_code) == (path, 403)
        assert changed(before, dump(looking_on.parts.database)) == []
