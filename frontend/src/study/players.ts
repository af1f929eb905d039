/** Which player a lesson has. */

import type { Problem } from "../net/api";
import { VideoPlayer } from "./film";
import { PackagePlayer } from "./package";
import { DocumentPlayer, type Player } from "./player";
import { renewing } from "./renewal";
import type { LessonInSession, Session } from "./wire";

interface Around {
  /** How far the lesson has been studied. */
  frontierMs: () => number;
  /** No address can be had any more. */
  ended: (problem: Problem) => void;
}

export function playerOf(session: Session, lesson: LessonInSession, around: Around): Player {
  const { media } = lesson;
  const renew = renewing(session.session_id, lesson.id, around.ended);
  if (media.kind === "document") {
    return new DocumentPlayer(lesson, media, renew);
  }
  if (media.kind === "package") {
    return new PackagePlayer(lesson, media, session.session_id, renew);
  }
  const tolerance = session.policy.gap_tolerance_s * 1000;
  return new VideoPlayer(lesson, media, () => around.frontierMs() + tolerance, renew);
}
