/** Calls the JSON doorway: adds the page's token, turns problem documents into errors. */

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

/** RFC 9457, as `app/api/problems.py` writes it; refusals may carry further members. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
  code: string;
  remedy?: string;
  errors?: FieldProblem[];
  [member: string]: unknown;
}

/** The server answered, and the answer is no. */
export class RefusedError extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfterMs: number | null,
  ) {
    super(problem.detail);
  }
}

/** Nothing was heard from the server: whether it acted is unknown. */
export class UnreachableError extends Error {
  constructor() {
    super("网络不通，请稍后再试。");
  }
}

const PATIENCE = 5;

export interface CallOptions {
  headers?: Record<string, string>;
  keepalive?: boolean;
  timeoutMs?: number;
}

/** The organisation that a desk's page was opened for: acting for another by now, it is refused. */
function actingFor(): Record<string, string> {
  // A worker that calls belongs to no page.
  const page = typeof document === "undefined" ? null : document;
  const found = page?.querySelector<HTMLMetaElement>('meta[name="acting-for"]')?.content;
  return found ? { "x-acting-for": found } : {};
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {
      status: response.status,
      title: "暂时不可用",
      detail: "服务器没有给出能读懂的回答。",
      code: "unreadable",
      remedy: "请稍后再试",
    };
  }
}

/** Send what is made elsewhere: the study protocol signs its very bytes, a file is as it is. */
export async function sendRaw(
  method: string,
  path: string,
  body: string | Blob | null,
  options: CallOptions = {},
): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), options.timeoutMs ?? 30_000);
  try {
    return await fetch(path, {
      method,
      body,
      credentials: "same-origin",
      keepalive: options.keepalive ?? false,
      signal: stop.signal,
      headers: {
        accept: "application/json",
        ...(body === null ? {} : { "content-type": "application/json" }),
        ...(method === "GET" ? {} : { "x-csrf-token": csrfToken() }),
        ...actingFor(),
        ...options.headers,
      },
    });
  } catch {
    throw new UnreachableError();
  } finally {
    clearTimeout(timer);
  }
}

/** Read an answer; a refusal is thrown as `RefusedError`. */
export async function readAnswer<T>(response: Response): Promise<T> {
  if (!response.ok) {
    throw new RefusedError(await problemOf(response), retryAfterMs(response));
  }
  if (response.status === 204) {
    return undefined as T;
  }
  return (await response.json()) as T;
}

export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<T> {
  const text = body === undefined ? null : JSON.stringify(body);
  return readAnswer<T>(await sendRaw(method, path, text, options));
}

/** Call again while the answer is that too many wait: what was sent is good for the next time. */
export async function callPatiently<T>(
  method: string,
  path: string,
  body: unknown,
  busy: () => void,
): Promise<T> {
  for (let left = PATIENCE; ; left -= 1) {
    try {
      return await call<T>(method, path, body, { timeoutMs: 90_000 });
    } catch (error) {
      const waits =
        error instanceof RefusedError && ["faces_busy", "faces_ended"].includes(error.problem.code);
      if (!waits || left === 0) {
        throw error;
      }
      busy();
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? 5_000));
    }
  }
}

/** One sentence for people: what happened and what to do. */
export function sentenceOf(error: unknown): string {
  if (error instanceof RefusedError) {
    const { detail, remedy } = error.problem;
    return remedy ? `${detail}${remedy}。` : detail;
  }
  return error instanceof UnreachableError ? error.message : "出了点问题，请刷新页面再试。";
}
