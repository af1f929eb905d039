/** Handing in: while an answer to a check is being judged it waits, and goes on by itself. */

import { RefusedError } from "../net/api";

export interface Handing {
  submit(): Promise<unknown>;
  /** A check stands before the paper: whoever sits here answers it first. */
  isAsked(): boolean;
  tell(sentence: string): void;
  pause(ms: number): Promise<void>;
}

const PAUSE_MS = 3_000;

/** Tells whether the paper is in; false where a check came between. Raises what else is refused. */
export async function handIn(around: Handing): Promise<boolean> {
  for (;;) {
    try {
      await around.submit();
      return true;
    } catch (error) {
      if (!(error instanceof RefusedError && error.problem.code === "judging")) {
        throw error;
      }
    }
    around.tell("身份核对还在判断，判完会自动交卷，请不要关闭页面。答过的题都已保存。");
    await around.pause(PAUSE_MS);
    if (around.isAsked()) {
      return false;
    }
  }
}
