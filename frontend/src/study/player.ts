/** A lesson's medium behind one face: a video, or the pages of a document. */

import { find } from "../page/find";
import type { DocumentMedia, LessonInSession, VideoMedia } from "./wire";

export interface Player {
  readonly positionMs: number;
  readonly isPlaying: boolean;
  play(): Promise<void>;
  pause(): void;
  seek(ms: number): void;
  /** Told of everything that ends a stretch. */
  onChange(listener: () => void): void;
}

export class VideoPlayer implements Player {
  private listener: () => void = () => undefined;
  private readonly video = find<HTMLVideoElement>("#video");

  constructor(
    lesson: LessonInSession,
    media: VideoMedia,
    private readonly mayReach: () => number,
  ) {
    this.video.src = media.url ?? "";
    this.video.currentTime = lesson.resume_at / 1000;
    for (const event of ["play", "pause", "ended", "ratechange", "waiting", "playing"]) {
      this.video.addEventListener(event, () => this.listener());
    }
    this.video.addEventListener("seeking", () => {
      // Courtesy to the honest: the server counts nothing beyond what was played.
      if (this.video.currentTime * 1000 > this.mayReach()) {
        this.video.currentTime = this.mayReach() / 1000;
      }
      this.listener();
    });
  }

  get positionMs(): number {
    return this.video.currentTime * 1000;
  }

  get isPlaying(): boolean {
    return !this.video.paused && !this.video.ended && !this.video.seeking;
  }

  async play(): Promise<void> {
    this.video.playbackRate = 1;
    await this.video.play();
  }

  pause(): void {
    this.video.pause();
  }

  seek(ms: number): void {
    this.video.currentTime = ms / 1000;
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }
}

const ALLOWED = new Set(["P", "H2", "H3", "UL", "OL", "LI", "STRONG", "EM", "BLOCKQUOTE", "BR"]);

/** Copy only what a text is made of: a page can bring neither scripts nor addresses. */
export function copyText(source: Node, target: Node): void {
  for (const child of source.childNodes) {
    if (child.nodeType === 3) {
      target.appendChild(document.createTextNode(child.textContent ?? ""));
    } else if (child instanceof Element) {
      const own = ALLOWED.has(child.tagName) ? document.createElement(child.tagName) : null;
      copyText(child, own ?? target);
      if (own) {
        target.appendChild(own);
      }
    }
  }
}

export class DocumentPlayer implements Player {
  private listener: () => void = () => undefined;
  private readonly starts: number[] = [];
  private readonly lengthMs: number;
  private readonly shown = find("#page-text");
  private readonly number = find("#page-number");
  private readonly texts = new Map<number, DocumentFragment>();
  private offsetMs: number;
  private startedAt: number | null = null;
  private page = 0;

  constructor(
    lesson: LessonInSession,
    private readonly media: DocumentMedia,
  ) {
    let edge = 0;
    for (const page of media.pages) {
      this.starts.push(edge);
      edge += page.ms;
    }
    this.lengthMs = edge;
    this.offsetMs = lesson.resume_at;
    this.page = this.pageAt(lesson.resume_at);
    find("#page-back").addEventListener("click", () => this.turn(this.page - 1));
    find("#page-next").addEventListener("click", () => this.turn(this.page + 1));
    void this.show();
  }

  private pageAt(ms: number): number {
    let page = 0;
    while (page + 1 < this.starts.length && (this.starts[page + 1] ?? 0) <= ms) {
      page += 1;
    }
    return page;
  }

  private get pageEnd(): number {
    return this.starts[this.page + 1] ?? this.lengthMs;
  }

  get positionMs(): number {
    const read = this.startedAt === null ? 0 : performance.now() - this.startedAt;
    return Math.min(this.offsetMs + read, this.pageEnd);
  }

  /** Reading goes on until the page's time is full; then the next page is waited for. */
  get isPlaying(): boolean {
    return this.startedAt !== null && this.positionMs < this.pageEnd;
  }

  get isPageFull(): boolean {
    return this.positionMs >= this.pageEnd;
  }

  async play(): Promise<void> {
    await this.show();
    if (this.isPageFull && this.page + 1 < this.starts.length) {
      this.turn(this.page + 1);
      return;
    }
    this.startedAt = performance.now();
    this.listener();
  }

  pause(): void {
    this.listener();
    this.offsetMs = this.positionMs;
    this.startedAt = null;
    this.listener();
  }

  seek(ms: number): void {
    this.offsetMs = ms;
    this.startedAt = this.startedAt === null ? null : performance.now();
    this.page = this.pageAt(ms);
    void this.show();
    this.listener();
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  private turn(page: number): void {
    if (page < 0 || page >= this.starts.length) {
      return;
    }
    this.listener();
    this.page = page;
    this.offsetMs = this.starts[page] ?? 0;
    this.startedAt = performance.now();
    void this.show();
    find("#reader").scrollIntoView({ block: "start" });
    this.listener();
  }

  private async show(): Promise<void> {
    const page = this.page;
    const text = this.texts.get(page) ?? (await this.fetchPage(page));
    this.texts.set(page, text);
    if (page !== this.page) {
      return;
    }
    this.shown.replaceChildren(text.cloneNode(true));
    this.number.textContent = `第 ${page + 1} 页，共 ${this.starts.length} 页`;
    find<HTMLButtonElement>("#page-back").disabled = page === 0;
    find<HTMLButtonElement>("#page-next").disabled = page + 1 === this.starts.length;
  }

  private async fetchPage(page: number): Promise<DocumentFragment> {
    const address = this.media.pages[page]?.url ?? "";
    const fragment = document.createDocumentFragment();
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) {
      const sorry = document.createElement("p");
      sorry.textContent = "这一页没有取到，请检查网络后再翻一次。";
      fragment.appendChild(sorry);
      return fragment;
    }
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    copyText(parsed.body, fragment);
    return fragment;
  }
}
