/** A lesson: joins or opens the learner's session, then runs it. */

import { call, RefusedError, sentenceOf } from "../net/api";
import { find, readFacts } from "../page/find";
import { importKey } from "../study/chain";
import { LessonRun } from "../study/lesson";
import type { Kept } from "../study/outbox";
import * as store from "../study/store";
import type { Session } from "../study/wire";

interface Facts {
  enrolment_id: string;
  lesson_id: string;
}

const facts = readFacts<Facts>("facts");

/** After a reload the session goes on where it was; its key never left the device. */
async function resume(kept: Kept): Promise<Session | null> {
  try {
    const session = await call<Session>("GET", `/api/v1/study-sessions/${kept.sessionId}`);
    return session.state === "open" ? session : null;
  } catch (error) {
    if (error instanceof RefusedError) {
      return null;
    }
    throw error;
  }
}

async function open(): Promise<[Session, Kept]> {
  const session = await call<Session>("POST", "/api/v1/study-sessions", facts);
  const kept: Kept = {
    enrolmentId: facts.enrolment_id,
    sessionId: session.session_id,
    key: await importKey(session.key ?? ""),
    head: session.head,
    ackSeq: session.ack_seq,
    queue: [],
    inFlight: null,
  };
  await store.save(kept);
  return [session, kept];
}

async function begin(): Promise<void> {
  const kept = await store.load(facts.enrolment_id);
  const resumed = kept ? await resume(kept) : null;
  const [session, own] = kept && resumed ? [resumed, kept] : await open();
  const lesson = session.lessons.find((each) => each.id === facts.lesson_id);
  const media = lesson?.media;
  const isFilmAway = media?.kind === "video" && media.url === null;
  if (isFilmAway || (media?.kind === "package" && !media.parts[0]?.url)) {
    throw new Error("not ready");
  }
  if (lesson) {
    new LessonRun(session, lesson, own).start();
  }
}

function trouble(sentence: string): void {
  find("#status").dataset.state = "paused";
  find("#status-text").textContent = sentence;
}

function say(error: unknown): void {
  const isWaiting = error instanceof Error && error.message === "not ready";
  trouble(isWaiting ? "视频正在准备，请过一两分钟刷新" : sentenceOf(error));
}

async function alone(): Promise<void> {
  if (!globalThis.isSecureContext) {
    trouble("请用 https 地址打开，学习记录才能加密保存");
    return;
  }
  if (!navigator.locks) {
    await begin();
    return;
  }
  await navigator.locks.request("shixue-study", { ifAvailable: true }, async (lock) => {
    if (lock === null) {
      trouble("已在另一个页面学习，请回到那个页面");
      return;
    }
    await begin().catch(say);
    // Held as long as the page lives: a second tab joins nothing and fights for nothing.
    await new Promise(() => undefined);
  });
}

find("#ended-again").addEventListener("click", () => location.reload());
void alone().catch(say);
