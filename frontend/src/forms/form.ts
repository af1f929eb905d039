/** Sends `<form data-api="POST /api/v1/…" data-next="…">` as JSON and goes on, or says why not. */

import { call } from "../net/api";
import { clearProblems, showAt, showProblem } from "./problems";
import { isChanged, noteSending } from "./unsaved";
import { bodyOf } from "./values";

type Answer = Record<string, unknown> | undefined;

/** `{id}` in an address is filled from the answer; `answer` alone means the answer's `next`. */
export function nextAddress(template: string, answer: Answer): string {
  if (template === "answer") {
    return ownPath(String(answer?.next ?? "/home"));
  }
  return template.replace(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String(answer?.[key] ?? "")),
  );
}

const OWN = "https://own.invalid";

function readAt(base: string, wanted: string): URL | undefined {
  try {
    return new URL(wanted, base);
  } catch {
    return undefined;
  }
}

/** An address to go to must be one of ours: never another site's, whoever wrote the link. */
export function ownPath(wanted: string): string {
  // As the browser will read it: it drops tabs and line breaks, and takes a backslash for a slash.
  const read = wanted.startsWith("/") ? readAt(OWN, wanted) : undefined;
  if (read?.origin !== OWN || read.pathname.startsWith("//")) {
    return "/home";
  }
  return read.pathname + read.search + read.hash;
}

function setBusy(form: HTMLFormElement, busy: boolean): void {
  for (const button of form.querySelectorAll<HTMLButtonElement>("button")) {
    button.disabled = busy;
  }
  form.querySelector("button[type=submit]")?.classList.toggle("is-busy", busy);
  form.setAttribute("aria-busy", String(busy));
}

function showDone(form: HTMLFormElement, answer: Answer): void {
  const done = document.getElementById(form.dataset.done ?? "");
  if (!done) {
    return;
  }
  for (const picture of done.querySelectorAll<HTMLImageElement>("img[data-jpeg-from]")) {
    const jpeg = String(answer?.[picture.dataset.jpegFrom ?? ""] ?? "");
    picture.hidden = jpeg === "";
    picture.src = jpeg === "" ? "" : `data:image/jpeg;base64,${jpeg}`;
  }
  for (const part of done.querySelectorAll<HTMLElement>("[data-from]")) {
    part.textContent = String(answer?.[part.dataset.from ?? ""] ?? "");
  }
  for (const link of done.querySelectorAll<HTMLAnchorElement>("[data-href]")) {
    link.href = ownPath(String(answer?.[link.dataset.href ?? ""] ?? ""));
  }
  form.hidden = true;
  done.hidden = false;
  done.focus();
}

/** A second button of a form may go elsewhere: `<button data-api="…">` goes before the form's. */
export function targetOf(form: HTMLElement, submitter: HTMLElement | null): [string, string] {
  const [method = "POST", path = ""] = (submitter?.dataset.api ?? form.dataset.api ?? "").split(
    " ",
  );
  return [method, path];
}

/**
 * Where an answer is said that asks for another try: `data-stays="mismatch:name rate_limited"`
 * names outcomes and fields. Without a field it is said on top (""); null: the form has done its
 * work.
 */
export function placeToMend(stays: string | undefined, outcome: unknown): string | null {
  for (const each of (stays ?? "").split(" ")) {
    const [code, field = ""] = each.split(":");
    if (code && code === outcome) {
      return field;
    }
  }
  return null;
}

/**
 * `data-first="id"`: what was written in another form of the page is sent before this one, or would
 * be lost when the page goes on. False where that one was refused: it says why itself.
 */
async function sendFirst(form: HTMLFormElement): Promise<boolean> {
  const other = document.getElementById(form.dataset.first ?? "");
  if (!(other instanceof HTMLFormElement) || !isChanged(other)) {
    return true;
  }
  const [method, path] = targetOf(other, null);
  clearProblems(other);
  const hasArrived = noteSending(other);
  try {
    const answer = await call<Answer>(method, path, bodyOf(other));
    // What the next change is written upon.
    for (const input of other.querySelectorAll<HTMLInputElement>("input[type=hidden]")) {
      input.value = String(answer?.[input.name] ?? input.value);
    }
  } catch (error) {
    showProblem(other, error);
    return false;
  }
  hasArrived();
  return true;
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const [method, path] = targetOf(form, submitter);
  clearProblems(form);
  setBusy(form, true);
  if (!(await sendFirst(form))) {
    setBusy(form, false);
    return;
  }
  try {
    const hasArrived = noteSending(form);
    const body = method === "DELETE" ? undefined : bodyOf(form);
    const answer = await call<Answer>(method, path, body);
    hasArrived();
    const event = new CustomEvent("sent", { detail: answer, cancelable: true });
    if (!form.dispatchEvent(event)) {
      return;
    }
    if (form.dataset.next) {
      location.assign(nextAddress(form.dataset.next, answer));
      return;
    }
    const place = placeToMend(form.dataset.stays, answer?.outcome);
    if (place === null) {
      showDone(form, answer);
    } else {
      showAt(form, place, String(answer?.message ?? ""));
    }
  } catch (error) {
    setBusy(form, false);
    showProblem(form, error);
    return;
  }
  setBusy(form, false);
}

export function startForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-api]")) {
    form.addEventListener("submit", (event) => {
      // A button that looks further takes what is filled in along in the address.
      if (event.submitter?.getAttribute("formmethod") === "get") {
        return;
      }
      event.preventDefault();
      void send(form, event.submitter);
    });
  }
}
