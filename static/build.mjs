// Makes static/vendor, what browsers need: the stylesheet, joined from static/css; from node_modules htmx with its CSP
// extension, the font, and one sprite of the Lucide icons that the templates and the code name; and the font once more
// for documents, which are typeset with no other. `npm run build`, after `npm ci`.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vendor = join(root, "static", "vendor");
const css = join(root, "static", "css");
const from = (...path) => join(root, "node_modules", ...path);

const copies = {
  "htmx.min.js": from("htmx.org", "dist", "htmx.min.js"),
  "hx-csp.min.js": from("htmx.org", "dist", "ext", "hx-csp.min.js"),
  "figtree-latin-wght.woff2": from("@fontsource-variable", "figtree", "files", "figtree-latin-wght-normal.woff2"),
  "print/figtree-400.ttf": from("@expo-google-fonts", "figtree", "400Regular", "Figtree_400Regular.ttf"),
  "print/figtree-600.ttf": from("@expo-google-fonts", "figtree", "600SemiBold", "Figtree_600SemiBold.ttf"),
};

async function* sources(folder, ending) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && ending.test(entry.name)) yield join(entry.parentPath ?? entry.path, entry.name);
  }
}

// icon("clock"), icon("clock" if late else "check"), stamp("clock"), notice("info", "clock", ...), and in labels icon="clock"
const NAMED = /\b(?:(?:icon|stamp|empty)\(|(?:notice|badge)\("[a-z]*",)\s*"([a-z0-9-]+)"/g;
const CHOSEN = /\bicon\([^()]*\)/g;
const OTHERWISE = /\belse "([a-z0-9-]+)"/g;
const LABELLED = /icon="([a-z0-9-]+)"/g;

async function iconNames() {
  const names = new Set();
  const add = (text, pattern) => { for (const [, name] of text.matchAll(pattern)) names.add(name); };
  for await (const path of sources(join(root, "templates"), /\.html$/)) {
    const text = await readFile(path, "utf8");
    add(text, NAMED);
    for (const [call] of text.matchAll(CHOSEN)) add(call, OTHERWISE);
  }
  for await (const path of sources(join(root, "portal"), /\.py$/)) add(await readFile(path, "utf8"), LABELLED);
  return [...names].sort();
}

async function sprite() {
  const symbols = [];
  for (const name of await iconNames()) {
    const svg = await readFile(from("lucide-static", "icons", `${name}.svg`), "utf8");
    const shapes = svg.replace(/<!--.*?-->/gs, "").replace(/<svg[^>]*>|<\/svg>/g, "").replace(/\s+/g, " ").trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

const IMPORT = /^@import "([^"]+)" layer\((\w+)\);$/gm;

// css/portal.css names the files, their layers and their order. Browsers get them as one, for one request, and without
// what is written for those who read the code.
async function stylesheet() {
  const index = await readFile(join(css, "portal.css"), "utf8");
  const named = [...index.matchAll(IMPORT)];
  for await (const path of sources(css, /(?<!portal)\.css$/)) {
    if (!named.some(([, file]) => join(css, file) === path)) throw new Error(`${path} is not named in css/portal.css.`);
  }
  const layers = named.map(async ([, file, layer]) => `@layer ${layer} {\n${await readFile(join(css, file), "utf8")}}\n`);
  return [index.replace(IMPORT, ""), ...(await Promise.all(layers))]
    .join("")
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s*\n\s*/g, "\n")
    .trimStart();
}

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
for (const [name, path] of Object.entries(copies)) await cp(path, join(vendor, name));
// A source map that is not there would be asked for by developer tools.
for (const name of ["htmx.min.js", "hx-csp.min.js"]) {
  const path = join(vendor, name);
  await writeFile(path, (await readFile(path, "utf8")).replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}
await writeFile(join(vendor, "icons.svg"), await sprite());
await writeFile(join(vendor, "portal.css"), await stylesheet());
