/** The way to a certified vendor's page and back; what comes along on the way back is not read. */

import { call } from "../net/api";

/** One trip at a time, for this tab alone: another tab has not been there. */
const KEPT = "shixue.trip";
const META_WAIT_MS = 8_000;
const MOST_META = 4_000;
/** Who has just come back waits for a moment; a desk waits for as long as a phone takes. */
const [SOON_MS, BESIDE_EVERY_MS] = [2_500, 5_000];
const SOON_FOR_MS = 20_000;

interface Kept {
  trip: string;
  back: string;
  isBack: boolean;
}

interface Departure {
  page_url: string;
  qr_svg: string;
}

function kept(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function keep(trip: Kept): void {
  sessionStorage.setItem(KEPT, JSON.stringify(trip));
}

/** A desk has no camera worth having, and a phone lies beside it. */
export function isDesk(): boolean {
  return matchMedia("(hover: hover) and (pointer: fine)").matches;
}

/** The trip that this page was left for in this tab; whether by way of the vendor's last page. */
export function tripOfHere(): { trip: string; isBack: boolean } | null {
  const found = kept();
  return found?.back === location.pathname ? found : null;
}

export function forgetTrip(): void {
  sessionStorage.removeItem(KEPT);
}

/** Begin the session at the vendor; asked again, it is the same one. */
export async function depart(trip: string, metaFrame: string): Promise<Departure> {
  const metaInfo = metaFrame ? await describeBrowser(metaFrame) : "";
  const address = `/api/v1/me/face-trips/${trip}/departure`;
  return call<Departure>("POST", address, { meta_info: metaInfo });
}

export function leaveFor(trip: string, departure: Departure): void {
  keep({ trip, back: location.pathname, isBack: false });
  location.assign(departure.page_url);
}

export function pictureOf(departure: Departure): string {
  return `data:image/svg+xml,${encodeURIComponent(departure.qr_svg)}`;
}

/** Note that this tab is back, and say where it came from; null where nobody left from here. */
export function comeBack(): string | null {
  const found = kept();
  if (found === null || !/^\/[^/]/.test(found.back)) {
    return null;
  }
  keep({ ...found, isBack: true });
  return found.back;
}

/** Ask until the vendor has a result, for so long and while it is wanted. */
export async function untilFinished(
  trip: string,
  longestMs: number,
  isWanted: () => boolean,
): Promise<boolean> {
  const until = performance.now() + longestMs;
  const everyMs = longestMs > SOON_FOR_MS ? BESIDE_EVERY_MS : SOON_MS;
  while (isWanted()) {
    const told = await call<{ is_finished: boolean }>("GET", `/api/v1/me/face-trips/${trip}`);
    if (told.is_finished) {
      return isWanted();
    }
    if (performance.now() + everyMs > until) {
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return false;
}

/**
 * What the vendor's own script says of this browser. It runs in a frame without an origin, where it
 * sees nothing of ours.
 */
async function describeBrowser(address: string): Promise<string> {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.hidden = true;
  frame.src = address;
  try {
    return await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no answer")), META_WAIT_MS);
      window.addEventListener("message", function listen(event: MessageEvent) {
        if (event.source !== frame.contentWindow) {
          return;
        }
        window.removeEventListener("message", listen);
        clearTimeout(timer);
        const text: unknown = event.data;
        const isText = typeof text === "string" && text !== "" && text.length <= MOST_META;
        isText ? resolve(text) : reject(new Error("no text"));
      });
      document.body.append(frame);
    });
  } finally {
    frame.remove();
  }
}
