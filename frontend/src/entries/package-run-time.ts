/**
 * Runs inside a package's pages, before every script of theirs (app/api/packages.py): offers SCORM's
 * API there, and tells the page above what is to be kept. It has no secret and decides nothing.
 */

import { type Boot, Scorm } from "../package/scorm";

type Holder = Window & { API?: unknown; API_1484_11?: unknown };

const own: Holder = window;
const boot = JSON.parse(document.currentScript?.dataset.boot ?? "{}") as Boot;
/** Everything of this sitting lies under this address. */
const sitting = location.pathname.split("/").slice(0, 3).join("/");

/** A page of no origin has no storage: scripts that only try it must not fall over. */
function lend(owner: object, name: string, made: PropertyDescriptor): void {
  try {
    void Reflect.get(owner, name);
  } catch {
    Object.defineProperty(owner, name, { configurable: true, ...made });
  }
}

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(String(key)) ?? null,
    key: (place) => [...kept.keys()][place] ?? null,
    removeItem: (key) => void kept.delete(String(key)),
    setItem: (key, value) => void kept.set(String(key), String(value)),
  };
}

/** A frame of the same origin above may have the API already: then that one is asked. */
function above(name: "API" | "API_1484_11"): unknown {
  try {
    for (let frame: Holder = own; frame !== frame.parent; frame = frame.parent) {
      const found = (frame.parent as Holder)[name];
      if (found) {
        return found;
      }
    }
  } catch {
    // Another origin above: the player's page, or a page of none.
  }
  return null;
}

/** What was written on the page before in this frame, which the server may not have heard yet. */
function carried(): Record<string, string> {
  try {
    const told = JSON.parse(own.name) as { sitting?: string; values?: Record<string, string> };
    return told.sitting === sitting ? (told.values ?? {}) : {};
  } catch {
    return {};
  }
}

const scorm = new Scorm({ ...boot, values: { ...boot.values, ...carried() } }, (values, all) => {
  own.name = JSON.stringify({ sitting, values: all });
  if (own.top && own.top !== own) {
    own.top.postMessage({ shixue: "package", part: boot.part, values }, boot.to);
  }
});

if (boot.standard === "scorm_12") {
  own.API = above("API") ?? {
    LMSInitialize: (argument: unknown) => scorm.initialize(argument),
    LMSFinish: () => scorm.finish(),
    LMSGetValue: (name: unknown) => scorm.getValue(name),
    LMSSetValue: (name: unknown, value: unknown) => scorm.setValue(name, value),
    LMSCommit: () => scorm.commit(),
    LMSGetLastError: () => scorm.lastError(),
    LMSGetErrorString: (code: unknown) => scorm.errorString(code),
    LMSGetDiagnostic: (code: unknown) => scorm.errorString(code),
  };
} else if (boot.standard === "scorm_2004") {
  own.API_1484_11 = above("API_1484_11") ?? {
    Initialize: (argument: unknown) => scorm.initialize(argument),
    Terminate: () => scorm.finish(),
    GetValue: (name: unknown) => scorm.getValue(name),
    SetValue: (name: unknown, value: unknown) => scorm.setValue(name, value),
    Commit: () => scorm.commit(),
    GetLastError: () => scorm.lastError(),
    GetErrorString: (code: unknown) => scorm.errorString(code),
    GetDiagnostic: (code: unknown) => scorm.errorString(code),
  };
}
lend(own, "localStorage", { value: memory() });
lend(own, "sessionStorage", { value: memory() });
lend(document, "cookie", { get: () => "", set: () => undefined });
window.addEventListener("pagehide", () => scorm.flush());
