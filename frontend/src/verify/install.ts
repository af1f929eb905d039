/** Puts the verification page on the device: its worker, and the button that installs it. */

import { find } from "../page/find";
import { lastHeard, listsSince } from "./keys";
import { moment } from "./moment";

/** Chromium's own event; other browsers install from their menus. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

const WORKER = "/verify/worker.js";
const SCOPE = "/verify";

/** Off line the page came from the device, and has no token of the server's. */
export function isKeptPage(): boolean {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") === "";
}

export async function keepPage(): Promise<void> {
  if (!("serviceWorker" in navigator) || !document.querySelector('link[rel="manifest"]')) {
    return;
  }
  if (!isKeptPage()) {
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  }
  await navigator.serviceWorker.ready;
  const heard = lastHeard();
  if (heard !== null) {
    const lists = listsSince();
    const known = lists === null ? "还没有作废名单" : `作废名单是 ${moment(lists)} 的`;
    find("#kept-say").textContent =
      `没有网络也能打开本页。公钥是 ${moment(heard)} 联网时取得的，${known}。`;
    find("#kept-say").hidden = false;
  }
}

export function offerInstalling(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const button = find<HTMLButtonElement>("#install");
    button.hidden = false;
    button.onclick = () => {
      button.hidden = true;
      void (event as InstallPrompt).prompt();
    };
  });
}

/** The token of a page that came from the device: from the server's own page, once it is heard. */
export async function tokenNow(): Promise<Record<string, string>> {
  if (!isKeptPage()) {
    return {};
  }
  const page = await fetch("/verify", { credentials: "same-origin" }).then(
    (answer) => answer.text(),
    () => "",
  );
  const found = new DOMParser().parseFromString(page, "text/html");
  const token = found.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return { "x-csrf-token": token };
}
