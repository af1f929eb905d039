/** What a package tells the page above: taken from its own frame alone, kept, and shown as told. */

import { call, sentenceOf } from "../net/api";
import { find } from "../page/find";

interface ToldList {
  parts: { part: number; status: string; score: string }[];
}

interface Kept {
  not_kept: { element: string; detail: string }[];
}

type Values = Record<string, string>;

const MOST_ELEMENTS = 500;
const LAST_WORD_MS = 50;
const REST_MS = 2_000; // packages commit at every click, and each call is kept as a whole
const MOST_VALUE = 64_000;

/** The values of a message of our run-time's, or null for anything else. */
export function valuesOf(data: unknown, part: number): Values | null {
  if (typeof data !== "object" || data === null) {
    return null;
  }
  const {
    shixue,
    part: of,
    values,
  } = data as { shixue?: unknown; part?: unknown; values?: unknown };
  if (shixue !== "package" || of !== part || typeof values !== "object" || values === null) {
    return null;
  }
  const pairs = Object.entries(values);
  const isSound = pairs.every(
    ([, value]) => typeof value === "string" && value.length <= MOST_VALUE,
  );
  return isSound && pairs.length > 0 && pairs.length <= MOST_ELEMENTS ? (values as Values) : null;
}

/** Whether a window is a frame's own, or one of a frame inside it. */
export function isWithin(
  source: MessageEventSource | null,
  frame: Window | null | undefined,
): boolean {
  let found = source as Window | null;
  for (let depth = 0; found && frame && depth < 10; depth += 1) {
    if (found === frame) {
      return true;
    }
    if (found === found.parent) {
      return false;
    }
    found = found.parent;
  }
  return false;
}

export class PackageRecords {
  private part = -1;
  private readonly waiting = new Map<number, Values>();
  private sending: Promise<void> | null = null;
  private isLast = false;
  private wake: (() => void) | null = null;

  constructor(
    private readonly sessionId: string,
    private readonly lessonId: string,
    origin: string,
    frame: () => HTMLIFrameElement | null,
  ) {
    window.addEventListener("message", (event) => {
      if (event.origin !== origin || !isWithin(event.source, frame()?.contentWindow)) {
        return;
      }
      const values = valuesOf(event.data, this.part);
      if (values !== null) {
        this.waiting.set(this.part, { ...this.waiting.get(this.part), ...values });
        this.sending ??= this.send();
      }
    });
    document.addEventListener("visibilitychange", () => this.wake?.());
    void this.show();
  }

  opened(part: number): void {
    this.part = part;
  }

  /** All that was told has been sent, and what was told this very moment. */
  async settled(): Promise<void> {
    this.isLast = true;
    this.wake?.();
    await new Promise((resolve) => setTimeout(resolve, LAST_WORD_MS));
    await this.sending;
    this.isLast = false;
  }

  private get path(): string {
    return `/api/v1/study-sessions/${this.sessionId}/packages/${this.lessonId}`;
  }

  /** One call after another, so that the last written is the last kept. */
  private async send(): Promise<void> {
    try {
      for (let next = this.take(); next; next = this.take()) {
        const [part, values] = next;
        const options = { keepalive: document.hidden && JSON.stringify(values).length < 60_000 };
        const kept = await call<Kept>("PUT", `${this.path}/${part}`, { values }, options);
        await this.show();
        this.warn(kept);
        await this.rest();
      }
    } catch (error) {
      find("#told").textContent = sentenceOf(error);
    } finally {
      this.sending = null;
    }
  }

  /** A moment between two calls; none where it is the last word, or the page may be going. */
  private async rest(): Promise<void> {
    if (this.isLast || document.hidden) {
      return;
    }
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, REST_MS);
    });
    this.wake = null;
  }

  /** What was not taken stands beside what the package says; the rest is kept. */
  private warn({ not_kept }: Kept): void {
    const [first] = not_kept;
    if (first) {
      find("#told").textContent +=
        ` ${first.detail}（${first.element}），这 ${not_kept.length} 项没有保存，其余都保存了。`;
    }
  }

  private take(): [number, Values] | null {
    const [next] = this.waiting;
    if (next) {
      this.waiting.delete(next[0]);
    }
    return next ?? null;
  }

  private async show(): Promise<void> {
    const told = await call<ToldList>("GET", this.path).catch(() => null);
    if (told === null) {
      return;
    }
    const parts = told.parts.map(({ part, status, score }) => {
      const said = [status, score === "" ? "" : `${score} 分`].filter(Boolean).join("，");
      return told.parts.length > 1 || part > 1 ? `第 ${part} 部分 ${said}` : said;
    });
    find("#told").textContent = parts.length
      ? `课件自己报告：${parts.join("；")}。仅供参考，不影响学时。`
      : "课件自己报告的成绩和状态会显示在这里，不影响学时。";
  }
}
