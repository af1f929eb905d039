/** Writing a lesson: its film, its text, its captions, its questions. */

import { startFilm } from "../authoring/film";
import { startQuestions } from "../authoring/questions";
import { showProblem } from "../forms/problems";
import { call, readAnswer, sendRaw, sentenceOf } from "../net/api";
import { copyText } from "../study/player";

interface Look {
  pages: { html: string; reading_ms: number }[];
}

function startText(): void {
  const form = document.querySelector<HTMLFormElement>("#text");
  const shown = document.querySelector<HTMLElement>("#text-shown");
  const area = form?.querySelector("textarea");
  if (!form || !shown || !area) {
    return;
  }
  document.querySelector("#text-look")?.addEventListener("click", () => {
    call<Look>("POST", "/api/v1/authoring/texts", { text: area.value }).then(
      ({ pages }) => {
        shown.replaceChildren(
          ...pages.map((page, place) => {
            const section = document.createElement("section");
            section.className = "card prose";
            const note = document.createElement("p");
            note.className = "quiet note";
            note.textContent = `第 ${place + 1} 页，阅读 ${page.reading_ms / 1000} 秒`;
            copyText(new DOMParser().parseFromString(page.html, "text/html").body, section);
            section.append(note);
            return section;
          }),
        );
      },
      (error: unknown) => showProblem(form, error),
    );
  });
}

function startCaptions(): void {
  const file = document.querySelector<HTMLInputElement>("#captions-file");
  const area = document.querySelector<HTMLTextAreaElement>("#captions textarea");
  file?.addEventListener("change", () => {
    void file.files?.[0]?.text().then((text) => {
      if (area) {
        area.value = text;
      }
    });
  });
}

function startMaterials(): void {
  const chosen = document.querySelector<HTMLInputElement>("#material-file");
  chosen?.addEventListener("change", () => {
    const file = chosen.files?.[0];
    const said = document.querySelector<HTMLElement>("#material-say");
    if (!file || !said) {
      return;
    }
    const path = `/api/v1/authoring/versions/${chosen.dataset.version}/materials?title=${encodeURIComponent(file.name.slice(-120))}`;
    const headers = { "content-type": "application/octet-stream" };
    sendRaw("POST", path, file, { headers, timeoutMs: 300_000 })
      .then((answer) => readAnswer(answer))
      .then(
        () => location.reload(),
        (error: unknown) => {
          said.textContent = sentenceOf(error);
          said.hidden = false;
          chosen.value = "";
        },
      );
  });
}

startMaterials();
startFilm();
startText();
startCaptions();
startQuestions();
