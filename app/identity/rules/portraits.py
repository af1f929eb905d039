"""A portrait for certificates: what the picture has to show, and whose face it has to be."""

from dataclasses import replace

from app.identity.rules.faces import (
    LIMITS,
    FaceFinding,
    FaceVerdict,
    Purpose,
    Sighting,
    problem_with,
)

TIGHT = "脸离照片的边太近，请换一张头顶和两肩外都留有空的照片"


def judge(seen: Sighting, *, is_tight: bool) -> FaceFinding:
    """Quality and likeness as at enrolment, of one picture; nobody is asked to turn.

    `seen.score` is the cosine with the person's own face. What is not sure is not taken: another
    picture can be chosen, so nothing is lost by it.
    """
    limits = LIMITS[Purpose.ENROL]
    cropped = replace(limits, least_sharpness=LIMITS[Purpose.STUDY].least_sharpness)
    if problem := TIGHT if is_tight else problem_with(cropped, seen):
        return FaceFinding(FaceVerdict.RETRY, problem, 0)
    score = round(seen.score * 100)
    if seen.score < limits.fails:
        return FaceFinding(FaceVerdict.WRONG_FACE, "照片上的人和您录入的人脸不一致", score)
    if seen.score < limits.passes:
        return FaceFinding(FaceVerdict.UNCERTAIN, "看不准是不是您本人，请换一张更清楚的近照", score)
    return FaceFinding(FaceVerdict.PASSED, "", score)
