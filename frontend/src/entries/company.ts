/** Forms that lead to a company's own page: the server says where it is. */

/** Only a page of the web, whoever set the address up. */
function go(event: Event): void {
  event.preventDefault();
  const answer = (event as CustomEvent<Record<string, unknown>>).detail;
  const address = new URL(String(answer.address));
  if (address.protocol === "https:" || address.protocol === "http:") {
    location.assign(address.href);
  }
}

for (const form of document.querySelectorAll("form[data-company]")) {
  form.addEventListener("sent", go);
}
