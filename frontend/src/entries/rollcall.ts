/** The screen of a roll call: the code of the moment, and the people who have come. */

import { call, sentenceOf } from "../net/api";
import { find } from "../page/find";

interface Person {
  presence_id: string;
  name: string;
  state: string;
  state_name: string;
}

interface Screen {
  is_open: boolean;
  code: string;
  seconds_left: number;
  people: Person[];
}

/** The list is asked for again this often; the code changes by the server's clock. */
const LOOK_MS = 3_000;
const roll = find("#roll");
const address = `/api/v1/org/roll-calls/${roll.dataset.roll ?? ""}`;
const list = find("#roll-people");
const trouble = find("#roll-trouble");
let changesAt = performance.now() + Number(find("#roll-left").textContent) * 1000;

function tell(sentence: string): void {
  trouble.textContent = sentence;
  trouble.hidden = sentence === "";
}

function lineOf(person: Person): HTMLElement {
  const known = list.querySelector<HTMLElement>(`[data-presence="${person.presence_id}"]`);
  if (known) {
    return known;
  }
  const line = find<HTMLTemplateElement>("#roll-line").content.firstElementChild?.cloneNode(true);
  if (!(line instanceof HTMLElement)) {
    throw new Error("the template of a line is empty");
  }
  line.dataset.presence = person.presence_id;
  list.append(line);
  return line;
}

function showPerson(person: Person): void {
  const line = lineOf(person);
  line.dataset.state = person.state;
  find(".name", line).textContent = person.name;
  find(".state", line).textContent = person.state_name;
  for (const button of line.querySelectorAll<HTMLButtonElement>("[data-mark]")) {
    const says = button.dataset.mark === "yes" ? "present" : "absent";
    button.setAttribute("aria-pressed", String(person.state === says));
    button.setAttribute("aria-label", `${person.name}：${button.textContent ?? ""}`);
  }
}

function show(screen: Screen): void {
  changesAt = performance.now() + screen.seconds_left * 1000;
  find("#roll-code").textContent = screen.code;
  find("#roll-count").textContent = String(screen.people.length);
  find("#roll-nobody").hidden = screen.people.length > 0;
  find("#roll-over").hidden = screen.is_open;
  roll.hidden = !screen.is_open;
  screen.people.forEach(showPerson);
}

async function look(): Promise<void> {
  try {
    show(await call<Screen>("GET", address));
    tell("");
  } catch (error) {
    tell(sentenceOf(error));
  }
}

async function mark(button: HTMLButtonElement): Promise<void> {
  const presence = button.closest<HTMLElement>("[data-presence]")?.dataset.presence ?? "";
  const body = { is_present: button.dataset.mark === "yes" };
  try {
    await call("PUT", `${address}/presences/${presence}`, body);
    await look();
  } catch (error) {
    tell(sentenceOf(error));
  }
}

list.addEventListener("click", (event) => {
  const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-mark]");
  if (button) {
    void mark(button);
  }
});
setInterval(() => {
  const left = Math.ceil((changesAt - performance.now()) / 1000);
  find("#roll-left").textContent = String(Math.max(0, left));
  if (left <= 0 && !roll.hidden) {
    void look();
  }
}, 500);
setInterval(() => void look(), LOOK_MS);
void look();
