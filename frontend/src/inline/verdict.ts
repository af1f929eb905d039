/**
 * Comes inside a verdict's page (templates/public/verdict.html): on a slow line a script of its own,
 * and asking the server about the code, cost a way there and back before anything is shown. The server
 * has just said what is so of this certificate, and which code is its own: where that is the code in
 * the address, and its signature is good, the page stands. src/entries/verdict.ts goes on from there.
 */

import { knownKeys } from "../verify/keys";
import { behindPath, isCode, isJustFetched, isOwnCode } from "../verify/stands";

declare global {
  interface Window {
    /** Whether the page was shown before the server was asked about the code. */
    codeStands?: Promise<boolean>;
    /** Another code stands in the address, and the page for it was asked for. */
    isLeaving?: boolean;
  }
}

/** A page that nobody looks at is not drawn. */
const UNDRAWN_MS = 1_000;

async function showWhereItStands(): Promise<boolean> {
  const { keys, code } = document.querySelector<HTMLElement>("#told")?.dataset ?? {};
  const served = JSON.parse(keys ?? "{}") as Record<string, string>;
  const own = { keys: { ...served, ...knownKeys() }, code: code ?? "" };
  const stands = isJustFetched() && (await isOwnCode(location.hash, own));
  if (stands && !window.isLeaving) {
    document.documentElement.classList.remove("unchecked");
  }
  return stands;
}

function drawn(): Promise<void> {
  return new Promise((resolve) => {
    // Behind the frame, not before it.
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, UNDRAWN_MS);
  });
}

/** A first visit's scripts and whole sheet: the line is the page's until it is drawn. */
function bringTheRest(): void {
  const later = document.querySelector<HTMLTemplateElement>("#later");
  if (later !== null) {
    document.head.append(later.content);
  }
}

async function start(): Promise<void> {
  const hasCode = isCode(behindPath());
  // A browser that cannot tell needs the script that brings what it lacks.
  window.codeStands = hasCode ? showWhereItStands().catch(() => false) : Promise.resolve(false);
  if (!hasCode || (await window.codeStands)) {
    await drawn();
  }
  bringTheRest();
}

// Another code in the same page's address loads nothing by itself; and until it is looked at, what was
// said of the one before is said of nothing. Here, as the page's other scripts may still be on their way.
window.addEventListener("hashchange", () => {
  if (isCode(behindPath())) {
    window.isLeaving = true;
    document.documentElement.classList.add("unchecked");
    location.reload();
  }
});
void start();
