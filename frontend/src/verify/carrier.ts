/**
 * Takes the two files out of a certificate's PDF: only out of one written the way we write them.
 *
 * No reader of PDFs in general: where anything is otherwise, or stands twice, the answer is null, and
 * the server has to look. That the PDF is whole was seen before (`signedpdf.ts`).
 */

import { type Octets, unpacked } from "./octets";

const MOST_BYTES = 512 * 1024;
const NAMES = ["credential.json", "record.json"] as const;

export interface Carried {
  credential: Octets;
  record: Octets;
  /** Those on its pages; null where one is not of the kind that we put in. */
  pictures: Octets[] | null;
}

/** One match and no second; a file that says a thing twice is not ours. */
function onlyOne(text: string, pattern: RegExp): RegExpExecArray | null {
  const [first, second] = text.matchAll(pattern);
  return first !== undefined && second === undefined ? first : null;
}

async function fileIn(pdf: Octets, text: string, name: string): Promise<Octets | null> {
  const literal = name.replace(".", "\\.");
  const spec = onlyOne(
    text,
    new RegExp(`/Type/Filespec/F\\(${literal}\\)/UF\\(${literal}\\)/EF<</F (\\d{1,6}) 0 R`, "g"),
  );
  if (spec === null) {
    return null;
  }
  const head = onlyOne(
    text,
    new RegExp(
      `\\n${spec[1]} 0 obj\\n<</Length (\\d{1,7})/Type/EmbeddedFile(/Filter/FlateDecode)?/[^\\n]{1,300}>>\\nstream\\n`,
      "g",
    ),
  );
  if (head === null) {
    return null;
  }
  const start = head.index + head[0].length;
  const end = start + Number(head[1]);
  if (text.slice(end, end + 10) !== "\nendstream") {
    return null;
  }
  const content = pdf.slice(start, end);
  return head[2] ? unpacked(content, "deflate", MOST_BYTES) : content;
}

function picturesIn(pdf: Octets, text: string): Octets[] | null {
  const heads =
    /\n\d{1,6} 0 obj\n<<\/Length (\d{1,7})\/Type\/XObject\/Subtype\/Image\/Filter\/DCTDecode\/[^\n]{1,200}>>\nstream\n/g;
  const found = [...text.matchAll(heads)].map((head) => {
    const start = head.index + head[0].length;
    return pdf.slice(start, start + Number(head[1]));
  });
  return found.length === text.split("/Subtype/Image").length - 1 ? found : null;
}

/** Both files; null where the file has to be looked at by the server. */
export async function readCarrier(pdf: Octets): Promise<Carried | null> {
  const text = new TextDecoder("latin1").decode(pdf);
  const [credential, record] = await Promise.all(NAMES.map((name) => fileIn(pdf, text, name)));
  return credential && record ? { credential, record, pictures: picturesIn(pdf, text) } : null;
}
