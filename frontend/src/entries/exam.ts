/** The paper: one question at a time, each answer acknowledged, the server's clock. */

import { Answers, type Pending } from "../exam/answers";
import { handIn as handPaperIn } from "../exam/handing";
import { opener } from "../exam/opener";
import { Watch } from "../exam/watch";
import { call, sentenceOf } from "../net/api";
import { find, readFacts } from "../page/find";

interface Acknowledged {
  remaining_ms: number;
  item_remaining_ms: number | null;
}

interface Facts extends Acknowledged {
  attempt_id: string;
  /** Where each question has a limit: the one that is open, from 0, of so many. */
  place: number | null;
  question_count: number;
  /** No question is told yet: it is still asked who sits here. */
  is_shut: boolean;
}

const facts = readFacts<Facts>("facts");
const address = `/api/v1/attempts/${facts.attempt_id}`;
const place = `shixue-exam-${facts.attempt_id}`;
const questions = [...document.querySelectorAll<HTMLFieldSetElement>(".question")];
const sheet = [...document.querySelectorAll<HTMLButtonElement>("#sheet button")];
const saved = find("#saved");
let until = 0;
/** When the open question's time is over; never, where only the whole paper has a limit. */
let itemUntil = Number.POSITIVE_INFINITY;
let current = 0;
let isHandedIn = false;

/** The server's own word on the time that is left. */
function hear(told: Acknowledged): void {
  until = performance.now() + told.remaining_ms;
  if (told.item_remaining_ms !== null) {
    itemUntil = performance.now() + told.item_remaining_ms;
  }
}

hear(facts);

const answers = new Answers({
  load: () => JSON.parse(localStorage.getItem(place) ?? "{}") as Pending,
  save: (pending) => localStorage.setItem(place, JSON.stringify(pending)),
  put: async (itemId, choices) => {
    const body = { choices, claimed_at_ms: Date.now() };
    const done = await call<Acknowledged>("PUT", `${address}/answers/${itemId}`, body);
    hear(done);
  },
  tell: (state, sentence) => {
    saved.dataset.state = state;
    saved.textContent = sentence;
  },
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

const watch = new Watch({
  attemptId: facts.attempt_id,
  left: hear,
  settle: () => answers.flush(),
  open: facts.is_shut ? opener(address) : null,
});

function go(index: number): void {
  current = Math.max(0, Math.min(index, questions.length - 1));
  questions.forEach((question, each) => {
    question.hidden = each !== current;
  });
  sheet.forEach((button, each) => {
    if (each === current) {
      button.setAttribute("aria-current", "true");
    } else {
      button.removeAttribute("aria-current");
    }
  });
  const shown = facts.place ?? current;
  find("#place").textContent = `第 ${shown + 1} 题，共 ${facts.question_count} 题`;
  find<HTMLButtonElement>("#previous").disabled = current === 0;
  find<HTMLButtonElement>("#next").disabled = shown === facts.question_count - 1;
  saved.textContent = "";
}

/** What is typed goes out when the typing rests, and at once when the field is left. */
const REST_MS = 1_500;
let resting: ReturnType<typeof setTimeout> | undefined;

function chosen(question: HTMLElement): string[] {
  const texts = [
    ...question.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-text]"),
  ].map((field) => field.value.trim());
  if (texts.length > 0) {
    return texts.some((text) => text !== "") ? texts : [];
  }
  const ticked = question.querySelectorAll<HTMLInputElement>("input:checked");
  return [...ticked].map((input) => input.value);
}

function answered(): number {
  return questions.filter((question) => chosen(question).length > 0).length;
}

/** Keep what is chosen on the device; tells whether there is anything to send. */
function note(question: HTMLFieldSetElement | null): boolean {
  clearTimeout(resting);
  const choices = question ? chosen(question) : [];
  if (!question || choices.length === 0) {
    return false;
  }
  saved.dataset.state = "waiting";
  saved.textContent = "正在保存";
  sheet[questions.indexOf(question)]?.classList.add("is-answered");
  answers.note(question.dataset.item ?? "", choices);
  return true;
}

function take(question: HTMLFieldSetElement | null): void {
  if (note(question)) {
    void answers.flush();
  }
}

/** Show again what was left on this device and has not been acknowledged: it is on its way. */
function restore(): void {
  for (const [itemId, choices] of Object.entries(answers.kept)) {
    const index = questions.findIndex((question) => question.dataset.item === itemId);
    const question = questions[index];
    if (!question) {
      continue;
    }
    question
      .querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-text]")
      .forEach((field, each) => {
        field.value = choices[each] ?? "";
      });
    for (const input of question.querySelectorAll<HTMLInputElement>(
      "input[type=radio], input[type=checkbox]",
    )) {
      input.checked = choices.includes(input.value);
    }
    sheet[index]?.classList.add("is-answered");
  }
}

function questionOf(event: Event): HTMLFieldSetElement | null {
  return (event.target as HTMLElement).closest<HTMLFieldSetElement>(".question");
}

find("#paper").addEventListener("change", (event) => take(questionOf(event)));
find("#paper").addEventListener("input", (event) => {
  if ((event.target as HTMLElement).matches("[data-text]")) {
    if (note(questionOf(event))) {
      resting = setTimeout(() => void answers.flush(), REST_MS);
    }
  }
});
find("#paper").addEventListener("submit", (event) => event.preventDefault());

async function handIn(): Promise<void> {
  if (isHandedIn) {
    return;
  }
  isHandedIn = true;
  try {
    await answers.flush();
    const isIn = await handPaperIn({
      submit: () => call("POST", `${address}/submission`),
      isAsked: () => watch.isChecking,
      tell: complain,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    if (isIn) {
      localStorage.removeItem(place);
      location.assign(`/exam/attempts/${facts.attempt_id}/result`);
      return;
    }
    complain("请先完成身份核对，再交卷。");
    isHandedIn = false;
    tick();
  } catch (error) {
    isHandedIn = false;
    complain(sentenceOf(error));
  }
}

function complain(sentence: string): void {
  find("#trouble").textContent = sentence;
  find("#trouble").hidden = false;
}

let isTurning = false;

/** The next question: what was chosen goes out first, and there is no way back. */
async function turn(place: number): Promise<void> {
  if (isTurning) {
    return;
  }
  isTurning = true;
  try {
    await answers.flush();
    await call("POST", `${address}/next`, { place });
    location.reload();
  } catch (error) {
    isTurning = false;
    complain(sentenceOf(error));
  }
}

/** Its time is over: the server has opened the next one; what is on its way is sent from there. */
async function turnOver(): Promise<void> {
  isTurning = true;
  note(questions[0] ?? null);
  try {
    await call("GET", address);
    location.reload();
  } catch {
    setTimeout(() => void turnOver(), 2_000);
  }
}

let ticking: ReturnType<typeof setTimeout> | undefined;

function tick(): void {
  clearTimeout(ticking);
  const isLast = facts.place === null || facts.place === facts.question_count - 1;
  const ms = Math.max(0, Math.min(until, itemUntil) - performance.now());
  const seconds = Math.ceil(ms / 1000);
  const clock = find("#clock");
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  clock.classList.toggle("is-short", ms < 60_000);
  // While it is asked who sits here the end is put off; the server says by how much.
  if (ms <= 0 && !watch.isChecking) {
    void (isLast || until <= performance.now() ? handIn() : turnOver());
    return;
  }
  ticking = setTimeout(tick, 500);
}

find("#previous").addEventListener("click", () => go(current - 1));
find("#next").addEventListener("click", () => {
  if (facts.place === null) {
    go(current + 1);
  } else {
    void turn(facts.place);
  }
});
find("#sheet").addEventListener("click", (event) => {
  const index = (event.target as HTMLElement).dataset.go;
  if (index !== undefined) {
    go(Number(index));
  }
});
find("#hand-in").addEventListener("click", () => {
  const left =
    facts.place === null
      ? questions.length - answered()
      : facts.question_count - facts.place - answered();
  find("#sure-text").textContent =
    left > 0 ? `还有 ${left} 题没有作答。` : "所有题目都已作答，交卷后不能再改。";
  find<HTMLDialogElement>("#sure").showModal();
});
find("#sure-no").addEventListener("click", () => find<HTMLDialogElement>("#sure").close());
find("#sure-yes").addEventListener("click", () => void handIn());
window.addEventListener("online", () => void answers.flush());

if (!facts.is_shut) {
  restore();
  go(
    Math.max(
      0,
      questions.findIndex((question) => chosen(question).length === 0),
    ),
  );
  void answers.flush();
  tick();
}
watch.start();
