/** The film of a lesson: chosen, sent, coded; each state is said in one sentence. */

import { call, readAnswer, sendRaw, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";
import { type Line, sendMissing, type Upload } from "./pieces";

interface LessonAnswer {
  film: { state: string; percent: number; problem: string; heard_at: string | null } | null;
}

const LOOK_EVERY_MS = 3000;
/** Who codes says so every three seconds; a silence of ten times that has a reason. */
const SILENT_MS = 30_000;

/** Notices work that says nothing any more, by this device's own clock. */
export class Pulse {
  private last: string | null = null;
  private since = 0;

  isSilent(heardAt: string | null, nowMs: number): boolean {
    if (heardAt !== this.last) {
      this.last = heardAt;
      this.since = nowMs;
    }
    return nowMs - this.since >= SILENT_MS;
  }
}

export function underWay(work: string, state: string, percent: number, isSilent: boolean): string {
  if (state === "waiting") {
    return `已传完，正在排队${work}。可以关闭本页。`;
  }
  if (isSilent) {
    return `${work}停了一会儿（停在 ${percent}%），可能是服务器重启了。最多五分钟后会自动从头再做，不用重新上传，也不用守着。`;
  }
  return `正在${work}，已完成 ${percent}%。可以关闭本页，完成后再来。`;
}
const say = (text: string): void => {
  find("#film-say").textContent = text;
};

const line: Line = {
  async put(upload, number, piece, hash) {
    const path = `/api/v1/authoring/uploads/${upload.upload_id}/pieces/${number}`;
    const headers = { "content-type": "application/octet-stream", "x-piece-hash": hash };
    const answer = await sendRaw("PUT", path, piece, { headers, timeoutMs: 120_000 });
    if (answer.status >= 502) {
      throw new UnreachableError(); // a server that starts anew, a store that is away for a while
    }
    await readAnswer(answer);
  },
  isLost: (error) => error instanceof UnreachableError,
  wait: (ms) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      window.addEventListener(
        "online",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    }),
};

function showBar(percent: number | null): void {
  const bar = find<HTMLProgressElement>("#film-bar");
  bar.hidden = percent === null;
  bar.value = percent ?? 0;
}

function offer(id: string, isOffered: boolean): void {
  find(id).hidden = !isOffered;
}

class Film {
  private isPaused = false;
  private file: File | null = null;
  private isSending = false;

  constructor(
    private readonly lesson: string,
    private readonly work: string,
  ) {
    find<HTMLInputElement>("#film-file").addEventListener("change", (event) => {
      this.file = (event.target as HTMLInputElement).files?.[0] ?? null;
      this.isPaused = false;
      void this.send();
    });
    find("#film-pause").addEventListener("click", () => {
      this.isPaused = !this.isPaused;
      find("#film-pause").textContent = this.isPaused ? "继续" : "暂停";
      if (this.isPaused) {
        say("已暂停，传完的部分都留着。");
      } else {
        void this.send();
      }
    });
    find("#film-stop").addEventListener("click", () => this.ask("DELETE"));
    find("#film-again").addEventListener("click", () => this.ask("POST"));
    // Leaving loses nothing that arrived; it ends what is being sent.
    window.addEventListener("beforeunload", (event) => {
      if (this.isSending && !this.isPaused) {
        event.preventDefault();
      }
    });
  }

  private get path(): string {
    return `/api/v1/authoring/lessons/${this.lesson}`;
  }

  private async send(): Promise<void> {
    const file = this.file;
    if (!file || this.isSending) {
      return;
    }
    if (!crypto.subtle) {
      say("这个地址不安全（没有 https），浏览器不能核对文件。请用 https 地址打开。");
      return;
    }
    this.isSending = true;
    offer("#film-pause", true);
    offer("#film-stop", false);
    offer("#film-again", false);
    try {
      const body = { name: file.name.slice(-200), size: file.size };
      const upload = await call<Upload>("POST", `${this.path}/uploads`, body);
      const told = {
        progress: (done: number, of: number) => {
          showBar(Math.floor((done * 100) / of));
          say(`正在上传“${file.name}”，已收到 ${Math.floor((done * 100) / of)}%。`);
        },
        lost: (pauseMs: number) =>
          say(`网络断了，${Math.ceil(pauseMs / 1000)} 秒后接着传，已收到的都在。`),
      };
      if (await sendMissing(file, upload, line, told, () => this.isPaused)) {
        await call("POST", `/api/v1/authoring/uploads/${upload.upload_id}/completion`);
        offer("#film-pause", false);
        await this.look();
      }
    } catch (error) {
      offer("#film-pause", false);
      showBar(null);
      say(sentenceOf(error));
    } finally {
      this.isSending = false;
      find<HTMLInputElement>("#film-file").value = "";
    }
  }

  private ask(method: string): void {
    call(method, `${this.path}/coding`).then(
      () => this.look(),
      (error: unknown) => say(sentenceOf(error)),
    );
  }

  /** How far the coding is, until it ends; the page is loaded anew when the film is there. */
  async look(): Promise<void> {
    const pulse = new Pulse();
    for (;;) {
      const film = await call<LessonAnswer>("GET", this.path).then(
        (lesson) => lesson.film,
        () => undefined,
      );
      if (film === null) {
        return;
      }
      if (film !== undefined) {
        const isUnderWay = film.state === "waiting" || film.state === "running";
        offer("#film-stop", isUnderWay);
        offer("#film-again", film.state === "failed" || film.state === "cancelled");
        showBar(isUnderWay ? film.percent : null);
        if (film.state === "ready") {
          location.reload();
          return;
        }
        if (!isUnderWay) {
          say(film.state === "failed" ? film.problem : `${this.work}已取消。`);
          return;
        }
        const isSilent = pulse.isSilent(film.heard_at, performance.now());
        say(underWay(this.work, film.state, film.percent, isSilent));
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

export function startFilm(): void {
  const box = document.querySelector<HTMLElement>("#film");
  if (!box) {
    return;
  }
  const film = new Film(box.dataset.lesson ?? "", box.dataset.kind === "package" ? "解开" : "转码");
  if (box.dataset.state === "waiting" || box.dataset.state === "running") {
    void film.look();
  }
}
