/** The look before a rule: heads and names first; what is changed after it asks for another look. */

interface Person {
  name: string;
  unit: string;
}

const PREVIEW = "POST /api/v1/org/assignment-previews";

function list(section: HTMLElement, key: string, people: Person[]): void {
  const part = section.querySelector<HTMLDetailsElement>(`[data-people="${key}"]`);
  const items = people.map(({ name, unit }) => {
    const item = document.createElement("li");
    item.textContent = unit ? `${name}（${unit}）` : name;
    return item;
  });
  part?.querySelector("ul")?.replaceChildren(...items);
  if (part) {
    part.hidden = items.length === 0;
  }
}

/** Put an answer of the preview into its section, and show it. */
export function show(section: HTMLElement, seen: Record<string, unknown>): void {
  for (const part of section.querySelectorAll<HTMLElement>("[data-count]")) {
    part.textContent = Number(seen[part.dataset.count ?? ""] ?? 0).toLocaleString("zh-CN");
  }
  for (const key of ["waiting_people", "had_people"]) {
    list(section, key, (seen[key] ?? []) as Person[]);
  }
  section.hidden = false;
}

export function startLooking(): void {
  const form = document.querySelector<HTMLFormElement>("#assigning");
  const section = document.querySelector<HTMLElement>("#seen");
  const look = document.querySelector<HTMLButtonElement>("#look");
  if (!form || !section || !look) {
    return;
  }
  look.dataset.api = PREVIEW;
  form.addEventListener("sent", (event) => {
    const answer = (event as CustomEvent<Record<string, unknown>>).detail;
    if (answer && "begin" in answer) {
      event.preventDefault();
      show(section, answer);
      section.focus();
      for (const button of form.querySelectorAll("button")) {
        button.disabled = false;
        button.classList.remove("is-busy");
      }
      form.removeAttribute("aria-busy");
    }
  });
  form.addEventListener("input", () => {
    section.hidden = true;
  });
}
