/** The page of a link that a holder gave out: counts the opening, shows what they allowed. */

import { call, sentenceOf } from "../net/api";
import { find } from "../page/find";

interface Opened {
  name: string;
  has_pdf: boolean;
}

const place = find("#opened");
const token = location.pathname.split("/").pop() ?? "";

const MASKED = "姓名和证件号码是遮住的。";
/** Of a certificate that is out of use nobody makes one. */
const BY_CODE = "要核对全名，请持证人当面生成一次性码。";

function said(text: string): HTMLElement {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}

function showName(name: string): void {
  for (const term of document.querySelectorAll("#told dt")) {
    if (term.textContent === "持证人" && term.nextElementSibling !== null) {
      term.nextElementSibling.textContent = name;
    }
  }
}

function pdfLink(): DocumentFragment {
  const copy = find<HTMLTemplateElement>("#pdf").content.cloneNode(true) as DocumentFragment;
  const link = find<HTMLAnchorElement>("a", copy);
  link.href = `/api/v1/verification/shares/${token}/file.pdf`;
  link.rel = "nofollow noreferrer";
  return copy;
}

async function open(): Promise<void> {
  try {
    const found = await call<Opened>("POST", "/api/v1/verification/shares", { token });
    if (found.name !== "") {
      showName(found.name);
    }
    place.replaceChildren(
      said(
        found.name === ""
          ? MASKED + (place.hasAttribute("data-in-force") ? BY_CODE : "")
          : "持证人让您看到完整的姓名，请与对方的证件核对。持证人能看到有人打开过。",
      ),
    );
    if (found.has_pdf) {
      place.append(pdfLink());
    }
  } catch (error) {
    place.replaceChildren(said(sentenceOf(error)));
  }
}

void open();
