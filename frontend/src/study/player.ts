/** A lesson's medium behind one face: a film (`film.ts`), or the pages of a document. */

import { find } from "../page/find";
import { PartsClock } from "./parts";
import type { Renew } from "./renewal";
import type { DocumentMedia, LessonInSession } from "./wire";

export interface Player {
  readonly positionMs: number;
  readonly isPlaying: boolean;
  /** All its time has been given, and it may still be looked at. */
  readonly staysOpen?: boolean;
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
  private readonly clock: PartsClock;
  private readonly shown = find("#page-text");
  private readonly number = find("#page-number");
  private readonly texts = new Map<number, DocumentFragment>();

  constructor(
    lesson: LessonInSession,
    private media: DocumentMedia,
    private readonly renew: Renew,
  ) {
    const lengths = media.pages.map((page) => page.ms);
    this.clock = new PartsClock(lengths, lesson.resume_at);
    find("#page-back").addEventListener("click", () => this.turn(this.clock.part - 1));
    find("#page-next").addEventListener("click", () => this.turn(this.clock.part + 1));
    void this.show();
  }

  get positionMs(): number {
    return this.clock.positionMs;
  }

  /** Reading goes on until the page's time is full; then the next page is waited for. */
  get isPlaying(): boolean {
    return this.clock.isRunning;
  }

  get isLastPage(): boolean {
    return this.clock.isLast;
  }

  async play(): Promise<void> {
    await this.show();
    if (this.clock.isFull && !this.clock.isLast) {
      this.turn(this.clock.part + 1);
      return;
    }
    this.clock.start();
    this.listener();
  }

  pause(): void {
    this.listener();
    this.clock.stop();
    this.listener();
  }

  seek(ms: number): void {
    this.clock.moveTo(ms);
    void this.show();
    this.listener();
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  private turn(page: number): void {
    if (page < 0 || page >= this.clock.count) {
      return;
    }
    this.listener();
    this.clock.moveTo(this.clock.startOf(page));
    this.clock.start();
    void this.show();
    find("#reader").scrollIntoView({ block: "start" });
    this.listener();
  }

  private async show(): Promise<void> {
    const page = this.clock.part;
    const text = this.texts.get(page) ?? (await this.fetchPage(page));
    this.texts.set(page, text);
    if (page !== this.clock.part) {
      return;
    }
    this.shown.replaceChildren(text.cloneNode(true));
    this.number.textContent = `第 ${page + 1} 页，共 ${this.clock.count} 页`;
    find<HTMLButtonElement>("#page-back").disabled = page === 0;
    find<HTMLButtonElement>("#page-next").disabled = this.clock.isLast;
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
