/** The questions of a lesson: one is added or taken away, all are saved together. */

import { wholeNumber } from "../forms/numbers";
import { showAt, showProblem } from "../forms/problems";
import { noteSent } from "../forms/unsaved";
import { call, RefusedError, sentenceOf } from "../net/api";
import { find } from "../page/find";

export interface Question {
  /** As it was typed where it is no number: it is refused at its field. */
  page: number | string | null;
  from_ms: number | null;
  to_ms: number | null;
  stem: string;
  choices: string[];
  answer: number[];
  explanation: string;
}

/** 1:20 or 0:01:20 or 80 as milliseconds; null for what is no moment. */
export function momentOf(text: string): number | null {
  const parts = text.trim().replace(/：/g, ":").split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d{1,4}$/.test(part))) {
    return null;
  }
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}

/** The choices that are not empty, and the places of the right ones among them. */
export function choicesOf(rows: { text: string; isRight: boolean }[]): {
  choices: string[];
  answer: number[];
} {
  const filled = rows.filter((row) => row.text.trim() !== "");
  return {
    choices: filled.map((row) => row.text.trim()),
    answer: filled.flatMap((row, place) => (row.isRight ? [place] : [])),
  };
}

function textOf(form: HTMLElement, name: string): string {
  return form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value.trim() ?? "";
}

function written(form: HTMLElement): Question {
  const marks = [...form.querySelectorAll<HTMLInputElement>("[data-right]")];
  const rows = [...form.querySelectorAll<HTMLInputElement>("[data-choice]")].map(
    (input, place) => ({
      text: input.value,
      isRight: marks[place]?.checked ?? false,
    }),
  );
  const page = textOf(form, "page");
  return {
    page: page === "" ? null : wholeNumber(page),
    from_ms: momentOf(textOf(form, "from")),
    to_ms: momentOf(textOf(form, "to")),
    stem: textOf(form, "stem"),
    explanation: textOf(form, "explanation"),
    ...choicesOf(rows),
  };
}

/** Where a refusal of one question is said: its place may be a page or two moments. */
function fieldOf(pointer: string): string {
  const name = pointer.split("/").at(-1) ?? "";
  return { place: document.querySelector('[name="page"]') ? "page" : "from" }[name] ?? name;
}

export function startQuestions(): void {
  const box = document.querySelector<HTMLElement>("#questions");
  const facts = document.querySelector("#lesson-facts");
  if (!box || !facts) {
    return;
  }
  const known = (JSON.parse(facts.textContent ?? "[]") as Question[]).map((each) => ({
    page: each.page ?? null,
    from_ms: each.from_ms,
    to_ms: each.to_ms,
    stem: each.stem,
    choices: each.choices,
    answer: each.answer,
    explanation: each.explanation,
  }));
  const path = `/api/v1/authoring/lessons/${box.dataset.lesson}/questions`;
  const form = document.querySelector<HTMLFormElement>("#question-form");
  const save = (questions: Question[]): Promise<void> =>
    call<void>("PUT", path, { questions }).then(() => {
      if (form) {
        noteSent(form);
      }
      location.reload();
    });
  for (const button of box.querySelectorAll<HTMLElement>("[data-remove]")) {
    button.addEventListener("click", () => {
      const place = Number(button.dataset.remove);
      save(known.filter((_, each) => each !== place)).catch((error: unknown) => {
        button.textContent = sentenceOf(error);
      });
    });
  }
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    save([...known, written(form)]).catch((error: unknown) => {
      const wrong = error instanceof RefusedError ? error.problem.errors?.[0] : undefined;
      const field = wrong ? fieldOf(wrong.field) : "";
      if (wrong && /^(choices|answer)$/.test(field)) {
        find("#e-choices").textContent = wrong.message;
      } else if (wrong && field) {
        showAt(form, field, wrong.message);
      } else {
        showProblem(form, error);
      }
    });
  });
}
