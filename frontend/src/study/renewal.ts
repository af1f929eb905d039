/** Fresh addresses of a lesson's media: those of a session end after some hours. */

import { call, type Problem } from "../net/api";
import type { LessonInSession, Session } from "./wire";

/** Null where the session is over; whoever called has been told then. Throws where nobody answers. */
export type Renew = () => Promise<LessonInSession["media"] | null>;

export function renewing(
  sessionId: string,
  lessonId: string,
  over: (problem: Problem) => void,
): Renew {
  return async () => {
    const session = await call<Session>("GET", `/api/v1/study-sessions/${sessionId}`);
    const lesson = session.lessons.find((each) => each.id === lessonId);
    if (session.state === "open" && lesson) {
      return lesson.media;
    }
    const detail =
      session.state === "superseded"
        ? "您在另一处打开了学习，这一页不再计时。"
        : "这次学习已结束，已计入的时间都在。";
    over({ status: 409, title: "学习已结束", detail, code: session.state });
    return null;
  };
}
