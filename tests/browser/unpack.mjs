// Unpacks the Chromium of the packages and the shared libraries that it brings along.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const home = resolve("node_modules/@sparticuz/chromium");
const { inflate } = await import(pathToFileURL(join(home, "build/lambdafs.js")).href);
const version = JSON.parse(readFileSync(join(home, "package.json"), "utf-8")).version;
const [path, libraries] = await Promise.all([
  inflate(join(home, "bin/chromium.br")),
  inflate(join(home, "bin/al2023.tar.br")),
  inflate(join(home, "bin/swiftshader.tar.br")),
]);
console.log(JSON.stringify({ version, path, libraries: join(libraries, "lib") }));
