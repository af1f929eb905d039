/** A lesson's medium behind one face: a film (`film.ts`), or the pages of a document. */

import { find } from "../page/find";
import type { Renew } from "./renewal";
import type { DocumentMedia, LessonInSession } from "./wire";

export interface Player {
  readonly positionMs: number;
  readonly isPlaying: boolean;
  play(): Promise<void>;
  pause(): void;
  seek(ms: number): void;
  /** Nothing is shown any more; before the session ends. */
  close?(): Promise<void>;
  /** Told of everything that ends a stretch. */
  onChange(listener: () => void): void;
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
    private media: DocumentMedia,
    private readonly renew: Renew,
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
    const fragment = document.createDocumentFragment();
    const answer = await this.ask(page).catch(() => null);
    if (!answer?.ok) {
      const sorry = document.createElement("p");
      sorry.textContent = "这一页没有取到，请检查网络后再翻一次。";
      fragment.appendChild(sorry);
      return fragment;
    }
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    copyText(parsed.body, fragment);
    return fragment;
  }
  /** After some hours an address has ended: once more at a fresh one. */
  private async ask(page: number): Promise<Response> {
    const options: RequestInit = { credentials: "same-origin" };
    const answer = await fetch(this.media.pages[page]?.url ?? "", options);
    const media = answer.status === 403 ? await this.renew() : null;
    if (media?.kind !== "document") {
      return answer;
    }
    this.media = media;
    return fetch(this.media.pages[page]?.url ?? "", options);
  }
}
