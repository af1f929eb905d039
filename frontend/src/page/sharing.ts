/** Hands an address to another app where the device can, else copies it, else selects it. */

export type Outcome = "shared" | "stopped" | "copied" | "selected";

const SENTENCES: Record<Outcome, string> = {
  shared: "已交给您选的应用。",
  stopped: "",
  copied: "链接已复制，可以粘贴到微信、短信或邮件里。",
  selected: "这个浏览器不让网页复制：链接已选中，请长按后点“复制”。",
};

export function sentenceAfter(outcome: Outcome): string {
  return SENTENCES[outcome];
}

/** Whoever closes the device's own list wanted neither that nor a copy. */
async function byDevice(title: string, url: string): Promise<Outcome | null> {
  if (typeof navigator.share !== "function") {
    return null;
  }
  try {
    await navigator.share({ title, url });
    return "shared";
  } catch (error) {
    return error instanceof DOMException && error.name === "AbortError" ? "stopped" : null;
  }
}

async function byCopy(url: string): Promise<Outcome | null> {
  try {
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch {
    return null;
  }
}

function bySelection(place: HTMLElement): Outcome {
  getSelection()?.selectAllChildren(place);
  return "selected";
}

/** `place` holds the address as its text. */
export async function handOver(place: HTMLElement, title: string): Promise<Outcome> {
  const url = (place.textContent ?? "").trim();
  return (await byDevice(title, url)) ?? (await byCopy(url)) ?? bySelection(place);
}
