/**
 * The verification page without a network: a service worker for `/verify` and nothing else.
 *
 * It keeps one page without anybody's name in it, and the files that page needs. Other pages and the
 * API's answers never pass through it. The server puts `SHELL` in front of this file
 * (`app/web/off_line.py`): another version is another worker, taken at the next visit. Where the
 * server publishes no worker any more, the one on the device removes itself.
 */

interface Shell {
  version: string;
  page: string;
  files: string[];
}

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface WorkerScope {
  registration: ServiceWorkerRegistration;
  location: Location;
  addEventListener(kind: "install" | "activate", heard: (event: ExtendableEvent) => void): void;
  addEventListener(kind: "fetch", heard: (event: FetchEvent) => void): void;
}

declare const SHELL: Shell;
const scope = self as unknown as WorkerScope;
const PREFIX = "verify-";
const NAME = PREFIX + SHELL.version;
const PATIENCE_MS = 5_000;
const GONE = [404, 410];
const AWAY = [502, 503, 504];

/** Without cookies: what is kept is the page as a stranger sees it. */
async function fill(): Promise<void> {
  const cache = await caches.open(NAME);
  const page = new Request(SHELL.page, { credentials: "omit", cache: "reload" });
  await cache.addAll([page, ...SHELL.files]);
}

async function drop(isWanted: (name: string) => boolean): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && !isWanted(name));
  await Promise.all(names.map((name) => caches.delete(name)));
}

async function kept(path: string): Promise<Response | undefined> {
  return (await caches.open(NAME)).match(path);
}

/**
 * The server's page; the kept one where it is not heard in time. What was asked is never broken off:
 * an answer may renew a sign-in, and the browser has to take it.
 */
async function openPage(asked: Promise<Response>): Promise<Response> {
  const heard = asked.then(
    (answer) => (AWAY.includes(answer.status) ? null : answer),
    () => null,
  );
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  return (await Promise.race([heard, late])) ?? (await kept(SHELL.page)) ?? asked;
}

/** A browser keeps a worker whose file has gone, so it looks for itself. */
async function leaveIfWithdrawn(): Promise<void> {
  const own = await fetch(scope.location.href, { cache: "no-store", credentials: "omit" });
  if (GONE.includes(own.status)) {
    await drop(() => false);
    await scope.registration.unregister();
  }
}

async function openFile(request: Request, path: string): Promise<Response> {
  return (await kept(path)) ?? fetch(request);
}

scope.addEventListener("install", (event) => event.waitUntil(fill()));
scope.addEventListener("activate", (event) => event.waitUntil(drop((name) => name === NAME)));
scope.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  // The page's own form is posted: without a network it leads to the kept page too.
  const isPage = event.request.mode === "navigate" && pathname === "/verify";
  if ((event.request.method !== "GET" && !isPage) || origin !== scope.location.origin) {
    return;
  }
  if (isPage) {
    const asked = fetch(event.request);
    event.respondWith(openPage(asked));
    event.waitUntil(asked.catch(() => undefined));
    event.waitUntil(leaveIfWithdrawn().catch(() => undefined));
  } else if (SHELL.files.includes(pathname)) {
    event.respondWith(openFile(event.request, pathname));
  }
});
