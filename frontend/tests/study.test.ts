import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RefusedError, UnreachableError } from "../src/net/api";
import { importKey, nextHead } from "../src/study/chain";
import { Meter } from "../src/study/meter";
import { type Kept, Outbox } from "../src/study/outbox";
import type { Beat, BeatsAnswer } from "../src/study/wire";

const vector = JSON.parse(readFileSync("../tests/vectors/study.json", "utf-8"));

describe("the chain", () => {
  it("gives the protocol's own vector", async () => {
    const key = await importKey(vector.key);
    let head: string = vector.mac0;
    for (const { body, mac } of vector.batches) {
      head = await nextHead(key, head, body);
      expect(head).toBe(mac);
    }
  });
});

const beat = (t: number): Beat => ({
  lesson: "L",
  t,
  from: t - 1000,
  to: t,
  rate: 100,
  visible: true,
});

/** A server that takes what is in order, and can be away or out of step. */
class Server {
  seen: { seq: number; t: number }[] = [];
  failures: Error[] = [];
  saved: Kept | null = null;
  ended = "";
  constructor(public head: string) {}

  async post(body: string, previous: string, mac: string): Promise<BeatsAnswer> {
    const failure = this.failures.shift();
    if (failure) {
      throw failure;
    }
    if (previous !== this.head) {
      throw refused(409, "out_of_step", { head: this.head, expected_seq: this.seen.length + 1 });
    }
    this.seen.push(...JSON.parse(body).beats);
    this.head = mac;
    return {
      ack_seq: this.seen.length,
      head: mac,
      frontier: 0,
      totals: { confirmed_ms: 0, pending_ms: 0, required_ms: 0, day_left_ms: 0 },
      next_in_ms: 0,
      verdicts: [],
      challenge: null,
      hold: false,
      covered: [],
    };
  }
}

function refused(status: number, code: string, extra: object = {}): RefusedError {
  return new RefusedError({ status, title: "", detail: "", code, ...extra }, null);
}

async function outboxWith(server: Server, pauses: number[] = []): Promise<Outbox> {
  const kept: Kept = {
    enrolmentId: "e",
    sessionId: "s",
    key: await importKey(vector.key),
    head: server.head,
    ackSeq: 0,
    queue: [],
    inFlight: null,
  };
  return new Outbox(kept, {
    save: async (state) => {
      server.saved = state;
    },
    post: (body, previous, mac) => server.post(body, previous, mac),
    answered: () => undefined,
    ended: (problem) => {
      server.ended = problem.code;
    },
    waiting: () => undefined,
    pause: async (ms) => {
      pauses.push(ms);
    },
  });
}

describe("the outbox", () => {
  it("sends everything once and in order, however often the network fails", async () => {
    const server = new Server(vector.mac0);
    server.failures = [new UnreachableError(), new UnreachableError(), refused(503, "unavailable")];
    const pauses: number[] = [];
    const outbox = await outboxWith(server, pauses);
    for (let index = 1; index <= 150; index += 1) {
      await outbox.add(beat(index * 1000));
    }
    await outbox.flush();
    expect(server.seen.map((each) => each.seq)).toEqual([...Array(150).keys()].map((n) => n + 1));
    expect(server.seen.map((each) => each.t)).toEqual(
      [...Array(150).keys()].map((n) => (n + 1) * 1000),
    );
    expect(pauses).toEqual([2000, 4000, 8000]);
    expect(outbox.kept.queue).toEqual([]);
  });

  it("signs its unsent beats again from where the server stands", async () => {
    const server = new Server(vector.mac0);
    const outbox = await outboxWith(server);
    await outbox.add(beat(1000));
    await outbox.flush();
    outbox.kept.head = vector.mac0;
    outbox.kept.ackSeq = 0;
    await outbox.add(beat(2000));
    await outbox.flush();
    expect(server.seen.map((each) => [each.seq, each.t])).toEqual([
      [1, 1000],
      [2, 2000],
    ]);
  });

  it("repeats the very same bytes when an answer was lost", async () => {
    const server = new Server(vector.mac0);
    const bodies: string[] = [];
    const post = server.post.bind(server);
    let isLost = true;
    server.post = async (body, previous, mac) => {
      bodies.push(`${body}${previous}${mac}`);
      if (isLost) {
        isLost = false;
        throw new UnreachableError();
      }
      return post(body, previous, mac);
    };
    const outbox = await outboxWith(server);
    await outbox.add(beat(1000));
    const sending = outbox.flush();
    await outbox.add(beat(2000));
    await sending;
    await outbox.flush();
    expect(bodies[0]).toBe(bodies[1]);
    expect(server.seen.map((each) => each.t)).toEqual([1000, 2000]);
  });

  it("drops a batch that the server cannot read, and goes on", async () => {
    const server = new Server(vector.mac0);
    server.failures = [refused(422, "malformed")];
    const outbox = await outboxWith(server);
    await outbox.add(beat(1000));
    await outbox.flush();
    await outbox.add(beat(2000));
    await outbox.flush();
    expect(server.seen.map((each) => [each.seq, each.t])).toEqual([[1, 2000]]);
  });

  it("ends when the session was taken over", async () => {
    const server = new Server(vector.mac0);
    server.failures = [refused(409, "superseded")];
    const outbox = await outboxWith(server);
    await outbox.add(beat(1000));
    await outbox.flush();
    expect(server.ended).toBe("superseded");
    await outbox.add(beat(2000));
    expect(outbox.kept.queue.map((each) => each.t)).toEqual([1000]);
  });
});

describe("the meter", () => {
  it("never reports more than the time that has passed, and loses nothing", () => {
    let now = 0;
    const meter = new Meter({ now: () => now }, "L");
    meter.start(0);
    now = 1000;
    expect(meter.cut(1040, 100, true)).toMatchObject({ t: 1000, from: 0, to: 1000 });
    now = 2100;
    expect(meter.cut(2080, 100, true)).toMatchObject({ t: 2100, from: 1000, to: 2080 });
    now = 2200;
    expect(meter.stop(2080, 100, true)).toBeNull();
    expect(meter.running).toBe(false);
  });
});
