import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { canonical, type JsonObject, readObject } from "../src/verify/canonical";
import { readCarrier } from "../src/verify/carrier";
import { readAddress } from "../src/verify/code";
import { checkProof, fromBase58 } from "../src/verify/dataproof";
import { notGood } from "../src/verify/findings";
import { isIncluded, readCheckpoint } from "../src/verify/logproof";
import { hex, joined, type Octets, sha256, unpacked, utf8 } from "../src/verify/octets";
import { checkCode, checkDigits, checkOffLine, type Kept } from "../src/verify/offline";
import { checkRecord, isPortraitTrue, logFinding } from "../src/verify/record";
import { standing } from "../src/verify/statuslist";
import { makeSigner } from "./signing";

const golden = (name: string): string => readFileSync(`../tests/golden/${name}`, "utf-8");
const vector = JSON.parse(readFileSync("../tests/vectors/off_line.json", "utf-8"));
const issued = JSON.parse(golden("credential-1.json")) as JsonObject;
const ISSUED_AT = new Date("2026-11-24T02:00:00Z");

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function file(value: unknown): Octets {
  return utf8(JSON.stringify(value, null, 1));
}

function kept(change: Partial<Kept> = {}): Kept {
  return {
    keys: vector.keys,
    sm2Keys: {},
    logKeys: vector.log_keys,
    checkpoints: [],
    hosts: { ours: ["shixue.example:8443"], isAll: true },
    documentKeys: vector.document_keys,
    periods: { certificates: {}, sm2: {}, documents: {} },
    heardAt: ISSUED_AT,
    lists: async () => [vector.list_without_it],
    now: new Date("2026-11-24T03:00:00Z"),
    ...change,
  };
}

/** Every plain value in a document, altered one after the other. */
function* alterations(document: JsonObject, except: string[]): Generator<[string, JsonObject]> {
  const walk = function* (value: unknown, path: string[]): Generator<string[]> {
    if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        yield* walk(inner, [...path, name]);
      }
    } else {
      yield path;
    }
  };
  for (const path of walk(document, [])) {
    if (except.includes(path[0] ?? "")) {
      continue;
    }
    const altered = copy(document);
    let place = altered as Record<string, unknown>;
    for (const step of path.slice(0, -1)) {
      place = place[step] as Record<string, unknown>;
    }
    const last = path.at(-1) ?? "";
    const value = place[last];
    place[last] = typeof value === "number" ? value + 1 : `${value}x`;
    yield [path.join("."), altered];
  }
}

describe("JSON that means one thing", () => {
  it("is written in the one way that is signed", () => {
    expect(canonical({ b: [1, 3.33, true, null], a: 'x"\n李', "€": {} })).toBe(
      '{"a":"x\\"\\n李","b":[1,3.33,true,null],"€":{}}',
    );
  });

  it.each(["7.0", "70e-1", "7e0", "-0", "0.70", "1E3", "07", "+7"])(
    "has no number %s",
    (number) => {
      expect(readObject(utf8(`{"a":[${number}]}`))).toBeNull();
    },
  );

  it("has numbers as they are signed, and texts with any", () => {
    const text = '{"a":[7,0,-3,3.33,1e21],"b":"7.0","7.0":"x \\" 1E3"}';
    expect(readObject(utf8(text.replace("1e21", "1e+21")))?.a).toEqual([7, 0, -3, 3.33, 1e21]);
    expect(readObject(utf8(text.replace(",1e21", "")))?.b).toBe("7.0");
  });

  it.each(['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', "[1]", "7", "{", '{"a":"\ud800'])(
    "is not %s",
    (text) => {
      expect(readObject(utf8(text))).toBeNull();
    },
  );

  it("may hold what looks like a name in a text", () => {
    expect(readObject(utf8('{"a":"\\"b\\": 1","c" : ["d"]}'))).toEqual({ a: '"b": 1', c: ["d"] });
  });
});

describe("the proof over a credential's text", () => {
  it.each([
    ["a credential that was issued", issued],
    ["a list of the revoked", JSON.parse(golden("status-list-1.json"))],
    ["one that is issued today", vector.credential],
  ])("is good: %s", async (_name, document) => {
    expect(await checkProof(document, vector.keys)).toBe("good");
  });

  it("notices every altered value", async () => {
    for (const [path, altered] of alterations(issued, ["proof"])) {
      expect([path, await checkProof(altered, vector.keys)]).not.toEqual([path, "good"]);
    }
  });

  it("is not taken from anybody else", async () => {
    expect(await checkProof(issued, {})).toBe("unknown_key");
    const theirs = copy(issued);
    theirs.issuer = "did:web:else.example";
    expect(await checkProof(theirs, vector.keys)).toBe("unknown_key");
  });

  it("is not looked at where another issuer is named, whose words and proofs are others", async () => {
    for (const id of ["https://uni.example/1", "did:web:shixue.example", "did:key:z6Mk"]) {
      const theirs = {
        ...vector.credential,
        issuer: { id },
        proof: [{ type: "Ed25519Signature2020" }],
      };
      const answer = await checkOffLine(file(theirs), kept());
      expect([id, answer.verdict, answer.sentence.includes("请勿")]).toEqual([
        id,
        "unknown",
        false,
      ]);
    }
    const ours = { ...vector.credential, proof: [{ type: "Ed25519Signature2020" }] };
    expect((await checkOffLine(file(ours), kept())).verdict).toBe("unsure");
  });

  it("is needed, once", async () => {
    const proofs = issued.proof as JsonObject[];
    const [statements, text] = proofs as [JsonObject, JsonObject];
    for (const [proof, finding] of [
      [[], "proof_missing"],
      [undefined, "proof_missing"],
      // As software of others is given it (`credential.json?proof=`): the server says the same.
      [[text], "proof_missing"],
      [text, "proof_missing"],
      [[statements], "proof_missing"],
      [[text, text], "proof_twice"],
      [[...proofs, ...proofs], "proof_twice"],
      [[statements, text, statements], "proof_twice"],
      [[...proofs, { ...text, cryptosuite: "else" }], "other_proofs"],
      [[{ ...statements, cryptosuite: "else" }, text], "other_proofs"],
      ["text", "unreadable"],
    ] as const) {
      const document = { ...issued, proof } as JsonObject;
      expect([proof, await checkProof(document, vector.keys)]).toEqual([proof, finding]);
      const answer = await checkOffLine(file({ ...vector.credential, proof }), kept());
      const verdict = finding === "proof_twice" ? "altered" : "unsure";
      expect([proof, answer.verdict]).toEqual([proof, verdict]);
    }
    const one = { ...vector.credential, proof: [vector.credential.proof[1]] };
    expect((await checkOffLine(file(one), kept())).sentence).toContain("给别的软件用的");
  });

  it("is one of a set, which has no order", async () => {
    const turned = { ...vector.credential, proof: vector.credential.proof.toReversed() };
    expect((await checkOffLine(file(turned), kept())).verdict).toBe("offline_current");
    const other = { ...turned, name: "x" };
    expect((await checkOffLine(file(other), kept())).verdict).toBe("altered");
  });

  it.each(["yesterday", "", "2026-02-30T02:00:00Z", "2026-11-24T02:00:00", "2026-11-24", 7])(
    "was changed where one was made at no moment: %j",
    async (created) => {
      for (const place of [0, 1]) {
        const proof = copy(vector.credential.proof);
        proof[place].created = created;
        const answer = await checkOffLine(file({ ...vector.credential, proof }), kept());
        expect(answer.verdict).toBe("altered");
      }
    },
  );

  it("has a signature of just 64 bytes", () => {
    expect(fromBase58("1".repeat(64), 64)).toEqual(new Uint8Array(64));
    expect(fromBase58("1".repeat(65), 64)).toBeNull();
    expect(fromBase58("0OIl", 64)).toBeNull();
  });
});

describe("a list of the revoked", () => {
  const entry = vector.credential.credentialStatus;

  it("says who is revoked, and of which moment", async () => {
    expect(await standing(entry, vector.list_with_it)).toEqual({
      isRevoked: true,
      asOf: ISSUED_AT,
      until: new Date("2026-11-25T02:00:00Z"),
    });
    expect((await standing(entry, vector.list_without_it))?.isRevoked).toBe(false);
  });

  it.each([
    { ...entry, statusListCredential: "https://else.example/status/1" },
    { ...entry, statusPurpose: "suspension" },
    { ...entry, statusListIndex: "131072" },
    { ...entry, statusListIndex: "-1" },
    { ...entry, statusListIndex: "01" },
    { ...entry, type: "Else" },
    undefined,
  ])("does not speak of %j", async (other) => {
    expect(await standing(other, vector.list_with_it)).toBeNull();
  });

  it("is not unpacked without end", async () => {
    const packed = deflateSync(new Uint8Array(2 ** 20));
    expect(await unpacked(new Uint8Array(packed), "deflate", 2 ** 20 - 1)).toBeNull();
    expect((await unpacked(new Uint8Array(packed), "deflate", 2 ** 20))?.length).toBe(2 ** 20);
    expect(await unpacked(utf8("no zlib"), "deflate", 100)).toBeNull();
  });
});

describe("the signed record", () => {
  it.each(["record", "record_without_holder", "first_record"])("is good: %s", async (name) => {
    expect(await checkRecord(vector[name], kept())).toBe("good");
  });

  it.each([1, 2, 3, 4])("is good as it was issued in version %i", async (version) => {
    const { facts, keys, signature, ...more } = JSON.parse(golden(`certificate-${version}.json`));
    const key_id = Object.keys(keys)[0] ?? "";
    const record = { facts, key_id, signature, ...(more.sm2 ? { sm2: more.sm2 } : {}) };
    expect(await checkRecord(record, { keys, sm2Keys: more.sm2_keys ?? {} })).toBe("good");
  });

  it("notices every altered fact", async () => {
    for (const [path, altered] of alterations(vector.record, ["log", "key_id"])) {
      expect([path, await checkRecord(altered, kept())]).not.toEqual([path, "good"]);
    }
  });

  it("is proved to a signed checkpoint of the log", async () => {
    expect(await logFinding(vector.record, vector.log_keys)).toBe("listed");
    expect(await logFinding(vector.record_without_holder, vector.log_keys)).toBe("listed");
    expect(await logFinding(vector.record, [])).toBe("unchecked");
    expect(await logFinding(vector.first_record, vector.log_keys)).toBe("not_of_its_version");
  });

  it("is in the log at its own place alone", async () => {
    for (const [path, altered] of alterations(vector.record, ["facts", "signature", "key_id"])) {
      if (path !== "log.record_id") {
        const found = await logFinding(altered, vector.log_keys);
        expect([path, found]).toEqual([path, "contradicted"]);
      }
    }
    const facts = { ...vector.record.facts, score: 86 };
    const other = { ...vector.record, facts };
    expect(await logFinding(other, vector.log_keys)).toBe("contradicted");
  });

  const { log } = vector.record;
  const foreign = log.checkpoint.replaceAll("8443/log", "8443/other");
  it.each([
    ["none", null, "missing", "log_missing"],
    ["none, and no place for one", undefined, "missing", "log_missing"],
    ["of a log that nobody here knows", { ...log, checkpoint: foreign }, "missing", "log_missing"],
    ["no proof but a text", "nonsense", "contradicted", "log_contradicts"],
    ["no proof but a number", 7, "contradicted", "log_contradicts"],
    ["a proof that lacks its path", { ...log, path: undefined }, "contradicted", "log_contradicts"],
    ["a wrong path", { ...log, path: log.path.slice(1) }, "contradicted", "log_contradicts"],
    ["another place", { ...log, position: log.position + 1 }, "contradicted", "log_contradicts"],
    ["more than a proof", { ...log, more: 1 }, "contradicted", "log_contradicts"],
    [
      "another root",
      { ...log, checkpoint: log.checkpoint.replace(/\n(.)(.{42}=)\n/, "\nx$2\n") },
      "contradicted",
      "log_contradicts",
    ],
  ])("says of its entry in the log, %s", async (_name, given, finding, verdict) => {
    const record = { ...copy(vector.record), log: given };
    expect(await logFinding(record, vector.log_keys)).toBe(finding);
    const answer = await checkOffLine(file(record), kept());
    expect(answer.verdict).toBe(verdict);
    expect(answer.sentence).toContain("公开日志");
    expect(answer.sentence).toContain("采信");
  });

  it("is not believed under a root that the log told otherwise to this device", async () => {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const { privateKey, publicKey } = pair as CryptoKeyPair;
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
    const name = "shixue.example/log";
    const material = joined(new Uint8Array([1]), raw);
    const hash = (await sha256(joined(utf8(`${name}\n`), material))).slice(0, 4);
    const key = `${name}+${hex(hash)}+${Buffer.from(material).toString("base64")}`;
    const noteOf = async (size: number, root: string): Promise<string> => {
      const text = `${name}\n${size}\n${root}\n`;
      const signature = await crypto.subtle.sign("Ed25519", privateKey, utf8(text));
      const line = Buffer.concat([hash, Buffer.from(signature)]).toString("base64");
      return `${text}\n— ${name} ${line}\n`;
    };
    const root = /\n7\n(.{44})\n/.exec(log.checkpoint)?.[1] ?? "";
    const other = Buffer.alloc(32, 7).toString("base64");
    const record = { ...vector.record, log: { ...log, checkpoint: await noteOf(7, root) } };
    const change = (notes: string[]) => kept({ logKeys: [key], checkpoints: notes });
    for (const notes of [[], [await noteOf(7, root)], [await noteOf(8, other)], ["text"]]) {
      expect((await checkOffLine(file(record), change(notes))).verdict).toBe("offline");
    }
    const forked = await checkOffLine(file(record), change([await noteOf(7, other)]));
    expect(forked.verdict).toBe("log_contradicts");
    expect(forked.sentence).toContain("有人改写过日志");
    expect(forked.sentence).toContain("请保留这个文件");
  });

  it("has one spelling, and nothing beside it", async () => {
    const last = vector.record.signature.slice(-1);
    const spare = String.fromCharCode(last.charCodeAt(0) + 1);
    const signature = vector.record.signature.slice(0, -1) + spare;
    expect(await checkRecord({ ...vector.record, signature }, kept())).toBe("altered");
    const more = { ...vector.record, credentialSubject: {} };
    expect(await checkRecord(more, kept())).toBe("added");
    expect((await checkOffLine(file(more), kept())).sentence).toContain("多了签发时没有的内容");
  });

  it("is proved by a checkpoint under the log's own name as well", async () => {
    // As c2sp.org/tlog-checkpoint has it; what was issued before has the name with the key's id.
    const named = { ...vector.record, log: vector.named_log };
    expect(await logFinding(named, [vector.named_log_key])).toBe("listed");
    expect(await logFinding(named, [...vector.log_keys, vector.named_log_key])).toBe("listed");
    expect(await logFinding(named, vector.log_keys)).toBe("missing");
    const torn = {
      ...vector.named_log,
      checkpoint: vector.named_log.checkpoint.replace("\n7\n", "\n8\n"),
    };
    const wrong = { ...vector.record, log: torn };
    expect(await logFinding(wrong, [vector.named_log_key])).toBe("contradicted");
  });

  it("is not proved by a checkpoint of another log", async () => {
    const [key] = vector.log_keys as [string];
    const note: string = vector.record.log.checkpoint;
    expect((await readCheckpoint(note, [key]))?.size).toBe(7);
    expect(await readCheckpoint(note.replace("8443/log", "8443/other"), [key])).toBeNull();
    expect(await readCheckpoint(note, [key.replace("+", "x+")])).toBeNull();
    const one = new Uint8Array(32);
    expect(await isIncluded(one, 0, 1, [], one)).toBe(true);
    expect(await isIncluded(one, 0, 1, [one], one)).toBe(false);
    expect(await isIncluded(one, 1, 1, [], one)).toBe(false);
  });
});

describe("a second signature, by SM2", () => {
  const issuedWith = JSON.parse(golden("certificate-3.json"));
  const { facts, keys, signature, sm2, sm2_keys: sm2Keys } = issuedWith;
  const record = { facts, key_id: Object.keys(keys)[0] ?? "", signature, log: null, sm2 };
  const [named] = Object.keys(sm2Keys) as [string];
  const known = kept({ keys, sm2Keys });
  const flipped = `${sm2.signature.startsWith("A") ? "B" : "A"}${sm2.signature.slice(1)}`;

  it.each([
    ["as it was issued", record, "good"],
    ["taken away", { ...record, sm2: null }, "sm2_missing"],
    ["left out", { facts, key_id: record.key_id, signature }, "sm2_missing"],
    ["altered", { ...record, sm2: { ...sm2, signature: flipped } }, "sm2_altered"],
    ["cut short", { ...record, sm2: { ...sm2, signature: flipped.slice(4) } }, "sm2_altered"],
    ["by a key that is not named", { ...record, sm2: { ...sm2, key_id: "x" } }, "sm2_other_key"],
    ["no signature but a text", { ...record, sm2: "x" }, "sm2_other_key"],
  ])("%s", async (_name, given, finding) => {
    expect(await checkRecord(given as JsonObject, known)).toBe(finding);
  });

  it("is not believed by a key that the device does not have", async () => {
    expect(await checkRecord(record, { keys, sm2Keys: {} })).toBe("sm2_unknown_key");
    const other = { [named]: sm2Keys[named].replace(/.$/, "A") };
    expect(await checkRecord(record, { keys, sm2Keys: other })).toBe("sm2_altered");
    expect((await checkOffLine(file(record), kept({ keys }))).verdict).toBe("unsure");
  });

  it("may not stand beside facts that name none", async () => {
    const found = await checkRecord({ ...vector.record, sm2 }, kept({ sm2Keys }));
    expect(found).toBe("sm2_not_stated");
  });

  it("is told apart from the first one", async () => {
    const stripped = await checkOffLine(file({ ...record, sm2: null }), known);
    expect([stripped.verdict, stripped.sentence.includes("可能被去掉了")]).toEqual([
      "altered",
      true,
    ]);
    expect((await checkOffLine(file(record), known)).verdict).toBe("log_missing");
  });
});

it.each([
  "altered",
  "added",
  "proof_twice",
  "no_moment",
  "other_proofs",
  "sm2_missing",
  "sm2_not_stated",
  "sm2_other_key",
  "sm2_altered",
] as const)("what is said of %s ends with what to do", (finding) => {
  expect(notGood(finding).sentence).toMatch(/请勿采信。请.*索要原件。$/);
});

/** Two files the way our writer puts them into a PDF. */
function carrier(credential: unknown, record: unknown): Octets {
  const object = (id: number, content: Uint8Array, filter: string): Buffer =>
    Buffer.concat([
      Buffer.from(
        `\n${id} 0 obj\n<</Length ${content.length}/Type/EmbeddedFile${filter}/Subtype/x>>\nstream\n`,
      ),
      content,
      Buffer.from("\nendstream\nendobj"),
    ]);
  const spec = (name: string, id: number): string =>
    `\n<</Type/Filespec/F(${name})/UF(${name})/EF<</F ${id} 0 R/UF ${id} 0 R>>>>`;
  const whole = Buffer.concat([
    Buffer.from(`%PDF-1.7${spec("credential.json", 6)}${spec("record.json", 7)}`),
    object(6, file(credential), ""),
    object(7, deflateSync(file(record)), "/Filter/FlateDecode"),
    Buffer.from("\n%%EOF\n"),
  ]);
  return new Uint8Array(whole);
}

describe("the PDF", () => {
  it("gives out the files that it carries", async () => {
    for (const name of ["document-1.pdf", "document-1-stamped.pdf"]) {
      const pdf = new Uint8Array(readFileSync(`../tests/golden/${name}`));
      const found = await readCarrier(pdf);
      expect(readObject(found?.credential ?? utf8(""))?.姓名).toBe("李晓梅");
      expect(readObject(found?.record ?? utf8(""))?.number).toBe("ZZ51510000202600000007Z");
    }
  });

  it("is left to the server where it is written in another way", async () => {
    const good = carrier(vector.credential, vector.record);
    expect(await readCarrier(good)).not.toBeNull();
    const text = Buffer.from(good).toString("latin1");
    for (const other of [
      text.replace("/F(record.json)", "/F(other.json)"),
      `${text}\n<</Type/Filespec/F(record.json)/UF(record.json)/EF<</F 9 0 R>>>>`,
      text.replace("\n7 0 obj", "\n8 0 obj"),
      text.replace(/Length \d+/, "Length 9"),
      text.replace("/Filter/FlateDecode", ""),
    ]) {
      const found = await readCarrier(new Uint8Array(Buffer.from(other, "latin1")));
      expect(found && readObject(found.record)).toBeNull();
    }
  });
});

describe("the picture on the page", () => {
  const { facts, picture } = JSON.parse(golden("certificate-4.json"));
  const own = new Uint8Array(Buffer.from(picture, "base64url"));
  const other = new Uint8Array([...own, 0]);
  const plain = vector.record.facts;

  it.each([
    ["its own", facts, [own], true],
    ["another", facts, [other], false],
    ["two", facts, [own, own], false],
    ["none any more", facts, [], false],
    ["of a kind that we never put in", facts, null, false],
    ["none, as it should be", plain, [], true],
    ["one that nobody signed for", plain, [own], false],
  ])("%s", async (_name, given, pictures, expected) => {
    expect(await isPortraitTrue(given, pictures as Octets[] | null)).toBe(expected);
  });

  it("is taken out of the document as it lies there", async () => {
    const head = `\n8 0 obj\n<</Length ${own.length}/Type/XObject/Subtype/Image/Filter/DCTDecode/Width 1>>\nstream\n`;
    const drawn = Buffer.concat([
      Buffer.from(carrier(vector.credential, vector.record)),
      Buffer.from(head),
      Buffer.from(own),
      Buffer.from("\nendstream\nendobj\n%%EOF\n"),
    ]);
    expect((await readCarrier(new Uint8Array(drawn)))?.pictures).toEqual([own]);
    const strange = Buffer.concat([drawn, Buffer.from("/Subtype/Image")]);
    expect((await readCarrier(new Uint8Array(strange)))?.pictures).toBeNull();
  });
});

describe("what is said without a network", () => {
  const pdf = new Uint8Array(readFileSync("../tests/vectors/off_line.pdf"));

  it.each([
    ["a PDF", pdf, "培训项目"],
    ["a credential", file(vector.credential), "证书"],
  ])("%s that was not revoked says until when", async (_name, content, row) => {
    const answer = await checkOffLine(content, kept());
    expect(answer.verdict).toBe("offline_current");
    expect(answer.sentence).toContain("到 2026-11-24 10:00 没有被撤销");
    expect(answer.rows.map(([name]) => name)).toContain(row);
  });

  it("a PDF says that it is whole, or why that is not known", async () => {
    expect((await checkOffLine(pdf, kept())).sentence).toContain("签过名的全部内容和签发时一样");
    const printed = carrier(vector.credential, vector.record);
    const unsigned = await checkOffLine(printed, kept());
    expect([unsigned.verdict, unsigned.sentence]).toEqual([
      "unsure",
      expect.stringContaining("没有电子签名"),
    ]);
    const unknown = await checkOffLine(pdf, kept({ documentKeys: [] }));
    expect([unknown.verdict, unknown.sentence]).toEqual([
      "unsure",
      expect.stringContaining("公钥"),
    ]);
    const longer = await checkOffLine(joined(pdf, utf8("\n")), kept());
    expect(longer.verdict).toBe("altered");
    expect(longer.sentence).toContain("请向持证人索要没有改动的原件");
  });

  it("a PDF that was cut is not whole; one that was saved anew was changed", async () => {
    for (const share of [0.3, 0.9, 0.999]) {
      const cut = await checkOffLine(pdf.slice(0, Math.floor(pdf.length * share)), kept());
      expect([share, cut.verdict]).toEqual([share, "damaged"]);
      expect(cut.sentence).toContain("文件不完整");
    }
    const text = Buffer.from(pdf).toString("latin1");
    // What an editor keeps of it: the signature, behind a page of another length.
    const anew = text.replace("%PDF-1.7\n", "%PDF-1.7\n% saved by an editor\n");
    expect(anew).not.toBe(text);
    const answer = await checkOffLine(new Uint8Array(Buffer.from(anew, "latin1")), kept());
    expect(answer.verdict).toBe("altered");
    expect(answer.sentence).toContain("请向持证人索要原件");
  });

  it("a list of the revoked is no certificate, though our key signed it", async () => {
    const answer = await checkOffLine(file(vector.list_with_it), kept());
    expect([answer.verdict, answer.rows]).toEqual(["unsure", []]);
    expect(answer.sentence).toContain("这是作废名单，不是证书");
    const other = { ...vector.list_with_it, type: ["VerifiableCredential"] };
    expect((await checkOffLine(file(other), kept())).verdict).toBe("unsure");
  });

  it("any list that sets the place ends it, whichever is the newest", async () => {
    for (const lists of [
      [vector.list_without_it, vector.list_with_it],
      [vector.list_with_it, vector.list_without_it],
    ]) {
      const answer = await checkOffLine(pdf, kept({ lists: async () => lists }));
      expect(answer.verdict).toBe("offline_ended");
    }
  });

  it("an old list leaves the status open", async () => {
    const answer = await checkOffLine(pdf, kept({ now: new Date("2026-11-26T03:00:00Z") }));
    expect(answer.verdict).toBe("offline");
    expect(answer.sentence).toContain("2026-11-24 10:00 以后");
    const without = await checkOffLine(pdf, kept({ lists: async () => [] }));
    expect(without.verdict).toBe("offline");
    expect(without.sentence).toContain("最近一次联网 2026-11-24 10:00");
  });

  it("a list is fresh as long as it says itself, and not a minute longer", async () => {
    const until = kept({ now: new Date("2026-11-25T02:00:00Z") });
    expect((await checkOffLine(pdf, until)).verdict).toBe("offline_current");
    const later = await checkOffLine(pdf, kept({ now: new Date("2026-11-25T02:00:01Z") }));
    expect(later.verdict).toBe("offline");
    expect(later.sentence).toContain("作废名单只管到 2026-11-25 10:00");
  });

  it("a list from the future is not fresh: the device's clock is wrong, and that is said", async () => {
    for (const [content, change] of [
      [pdf, {}],
      [file(vector.credential), { heardAt: null }],
      [file(vector.record), { heardAt: null }],
    ] as const) {
      const now = new Date("2025-01-01T00:00:00Z");
      const answer = await checkOffLine(content, kept({ now, ...change }));
      expect(answer.verdict).toBe("offline_clock");
      expect(answer.sentence).toContain("这台设备的时间是 2025-01-01 08:00");
      expect(answer.sentence).toContain("2026-11-24 10:00 已经过去了");
    }
    const nearly = kept({ now: new Date("2026-11-24T01:56:00Z") });
    expect((await checkOffLine(pdf, nearly)).verdict).toBe("offline_current");
    const revoked = kept({
      now: new Date("2025-01-01T00:00:00Z"),
      lists: async () => [vector.list_with_it],
    });
    expect((await checkOffLine(pdf, revoked)).verdict).toBe("offline_ended");
  });

  it("a credential says which of its signatures was not looked at", async () => {
    const answer = await checkOffLine(file(vector.credential), kept());
    expect(answer.sentence).toContain("另一种签名（JSON-LD）这台设备不核对");
  });

  it("the revoked stays revoked, however old the list is", async () => {
    const answer = await checkOffLine(
      pdf,
      kept({ lists: async () => [vector.list_with_it], now: new Date("2027-11-26T03:00:00Z") }),
    );
    expect(answer.verdict).toBe("offline_ended");
  });

  it("the expired is said to be", async () => {
    const now = new Date("2029-11-24T16:00:00Z");
    expect((await checkOffLine(pdf, kept({ now }))).verdict).toBe("expired");
    const lastMinute = new Date("2029-11-24T15:59:00Z");
    expect((await checkOffLine(pdf, kept({ now: lastMinute }))).verdict).toBe("offline");
  });

  it("a record says that it stands in the log", async () => {
    const answer = await checkOffLine(file(vector.record), kept());
    expect(answer.verdict).toBe("offline");
    expect(answer.sentence).toContain("公开日志");
    expect(answer.rows).toContainEqual(["考试成绩", "85 分"]);
    const unlogged = await checkOffLine(file(vector.record), kept({ logKeys: [] }));
    expect(unlogged.sentence).toContain("这台设备核对不了");
  });

  it("a document whose first line was altered is altered, and no file that is not known", async () => {
    for (const place of [0, 1, 2, 3, 4]) {
      const changed = pdf.slice();
      changed[place] = 0x41;
      expect((await checkOffLine(changed, kept())).verdict).toBe("altered");
    }
    const naming = utf8(`{"facts": "${"实学证书签章"}"`);
    expect((await checkOffLine(naming, kept())).verdict).toBe("unsure");
  });

  it("a record that names nobody proves nothing of whoever shows it", async () => {
    for (const name of ["record_without_holder", "first_record_without_holder"]) {
      const answer = await checkOffLine(file(vector[name]), kept());
      expect(answer.verdict).toBe("nobody");
      expect(answer.sentence).toContain("证明不了是谁的证书");
    }
    const facts = { ...vector.record_without_holder.facts, score: 86 };
    const changed = { ...vector.record_without_holder, facts };
    expect((await checkOffLine(file(changed), kept())).verdict).toBe("altered");
    const late = kept({ now: new Date("2040-01-01T00:00:00Z") });
    expect((await checkOffLine(file(vector.record_without_holder), late)).verdict).toBe("expired");
  });

  it("what was altered is altered, and what nobody knows is unsure", async () => {
    const facts = { ...vector.record.facts, score: 100 };
    const changed = { ...vector.record, facts };
    expect((await checkOffLine(file(changed), kept())).verdict).toBe("altered");
    const ours = await makeSigner();
    const documentKeys = [ours.publicKey];
    for (const [record, verdict] of [
      [vector.record, "offline_current"],
      [changed, "altered"],
      [JSON.parse(golden("certificate-2.json")), "unsure"],
      [vector.first_record, "offline_current"],
    ]) {
      const signed = await ours.sign(carrier(vector.credential, record));
      expect((await checkOffLine(signed, kept({ documentKeys }))).verdict).toBe(verdict);
    }
    expect((await checkOffLine(pdf, kept({ keys: {} }))).verdict).toBe("unsure");
    for (const text of ["%PDF-1.7 hello\n%%EOF", "hello", "{}", '{"facts":{}}']) {
      expect((await checkOffLine(utf8(text), kept())).verdict).toBe("unsure");
    }
  });

  it("a code never tells the status", async () => {
    const code = JSON.parse(golden("certificate-2.json"));
    const digits = code.text.split("#")[1];
    const answer = await checkDigits(digits, kept({ keys: code.keys }));
    expect(answer.verdict).toBe("offline");
    expect(answer.sentence).toContain("最近一次联网 2026-11-24 10:00");
    expect(answer.rows).toContainEqual(["持证人", "李*梅"]);
    expect((await checkDigits(digits, kept({ keys: {} }))).verdict).toBe("unsure");
    expect((await checkDigits("12", kept())).verdict).toBe("incomplete");
    expect((await checkDigits(`0${digits}`, kept({ keys: code.keys }))).verdict).toBe("no_code");
    // Whatever byte stands in the place of the form: no key is missing, the rest of the code is.
    for (let lost = 1; lost < digits.length; lost += 1) {
      const cut = await checkDigits(digits.slice(0, -lost), kept({ keys: code.keys }));
      expect([lost, cut.verdict]).toEqual([lost, "incomplete"]);
    }
    const later = kept({ keys: code.keys, now: new Date("2029-11-25T03:00:00Z") });
    expect((await checkDigits(digits, later)).verdict).toBe("expired");
  });
});

describe("the encoding of a file", () => {
  const text = canonical(issued);
  const units = (isLittle: boolean): Octets => {
    const bytes = new Uint8Array(text.length * 2);
    const view = new DataView(bytes.buffer);
    for (let place = 0; place < text.length; place += 1) {
      view.setUint16(place * 2, text.charCodeAt(place), isLittle);
    }
    return bytes;
  };
  const mark = new Uint8Array([0xef, 0xbb, 0xbf]);

  it("is UTF-8, with or without one mark in front", async () => {
    const plain = await checkOffLine(utf8(text), kept());
    expect((await checkOffLine(joined(mark, utf8(text)), kept())).verdict).toBe(plain.verdict);
    expect(readObject(joined(mark, mark, utf8(text)))).toBeNull();
  });

  it("is named where it is another", async () => {
    const marked = joined(new Uint8Array([0xff, 0xfe]), units(true));
    const odd = joined(utf8('{"姓名": "'), new Uint8Array([0xc0, 0xee]), utf8('"}'));
    for (const other of [units(true), units(false), marked, odd]) {
      const answer = await checkOffLine(other, kept());
      expect(answer.verdict).toBe("unsure");
      expect(answer.sentence).toContain("下载时的原文件");
    }
    const cut = utf8(text).slice(0, utf8(text).findIndex((byte) => byte > 0x7f) + 1);
    expect((await checkOffLine(cut, kept())).sentence).not.toContain("下载时的原文件");
  });
});

describe("the address in a code", () => {
  const code = JSON.parse(golden("certificate-2.json"));
  const { digits, host } = readAddress(code.text) ?? { digits: "", host: "" };
  const ours = { ours: ["new.example", host], isAll: true };
  const look = (at: string, given = digits, change: Partial<Kept> = {}) =>
    checkCode({ host: at, digits: given }, kept({ keys: code.keys, hosts: ours, ...change }));

  it("was cut off where nothing stands behind the #", async () => {
    const cut = readAddress(`${code.text.split("#")[0]}#`);
    expect(cut?.isCoded).toBe(true);
    const answer = await look(host, cut?.digits);
    expect([answer.verdict, answer.rows]).toEqual(["incomplete", []]);
    expect(answer.sentence).toContain("没有读全");
  });

  it("is one of ours, of today or before", async () => {
    expect((await look("new.example")).verdict).toBe("offline");
    expect((await look(host)).verdict).toBe("offline");
  });

  it.each([
    "evil.example",
    "new.example.evil.example",
    "new.example:9999",
    "new.example@evil.example",
  ])("is not %s, however good the digits", async (at) => {
    const answer = await look(at);
    expect([answer.verdict, answer.rows]).toEqual(["altered", []]);
    expect(answer.sentence).toContain("码里的网址不是本平台的，请不要打开");
    // Another platform's code may be honest: nothing is said against what it belongs to.
    const theirs = await look(at, digits, { keys: {} });
    expect(theirs.verdict).toBe("unknown");
    expect(theirs.sentence).not.toContain("采信");
    expect(theirs.sentence).toContain("这不是本平台签发的");
    expect(theirs.sentence.includes(`它写的网址是 ${at}，`)).toBe(!at.includes("@"));
  });

  it("is not judged where the device was never told what is ours", async () => {
    const hosts = { ours: ["new.example"], isAll: false };
    const answer = await look(host, digits, { hosts });
    expect([answer.verdict, answer.rows]).toEqual(["unsure", []]);
    expect(answer.sentence).toContain("从前的网址");
    const other = `${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}`;
    expect((await look(host, other, { hosts })).verdict).toBe("altered");
  });
});
