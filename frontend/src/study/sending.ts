/** How a batch of beats leaves: with the chain's heads beside it, and past the page's end. */

import { readAnswer, sendRaw } from "../net/api";
import type { BeatsAnswer } from "./wire";

type Post = (body: string, prev: string, mac: string, isLeaving: boolean) => Promise<BeatsAnswer>;

export function postingTo(sessionId: string): Post {
  const address = `/api/v1/study-sessions/${sessionId}/beats`;
  return async (body, prev, mac, isLeaving) => {
    const headers = { "study-prev": prev, "study-mac": mac };
    const options = { headers, keepalive: isLeaving || document.hidden, timeoutMs: 20_000 };
    return readAnswer<BeatsAnswer>(await sendRaw("POST", address, body, options));
  };
}
