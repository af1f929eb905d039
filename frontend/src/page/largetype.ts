/** 大字版: one tap, remembered in a cookie so that the server draws the next page large at once. */

const YEAR_S = 365 * 24 * 3600;

export function startLargeType(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-large-type]")) {
    button.addEventListener("click", () => {
      const large = document.documentElement.classList.toggle("large-type");
      const value = large ? "1" : "0";
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in old WebViews
      document.cookie = `shixue_large=${value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
      button.setAttribute("aria-pressed", String(large));
    });
  }
}
