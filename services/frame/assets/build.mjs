// Writes ../static/vendor from node_modules; with --check, says whether the committed files are the same.
//
//   npm ci --ignore-scripts && node build.mjs [--check]
import { build } from "esbuild";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { PurgeCSS } from "purgecss";
import { components } from "./components.mjs";

const here = (path) => new URL(path, import.meta.url);
const vendor = here("../static/vendor/");
const text = (path) => readFile(here(`node_modules/${path}`), "utf8");

async function styles() {
  const raw = await text("@tabler/core/dist/css/tabler.min.css");
  const [{ css }] = await new PurgeCSS().purge({
    content: [],
    css: [{ raw }],
    safelist: { standard: components },
    fontFace: true,
    keyframes: true,
    variables: true,
  });
  const found = css.replace(/\/\*# sourceMappingURL=.*?\*\//, "").trim() + "\n";
  if (/url\((?!["']?data:)/.test(found) || /@import/.test(found)) throw new Error("the styles load something");
  return found;
}

async function charts() {
  const { outputFiles } = await build({
    entryPoints: [here("echarts.mjs").pathname],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "echarts",
    legalComments: "none",
    write: false,
  });
  return outputFiles[0].text;
}

async function licences() {
  const packages = ["@tabler/core", "echarts", "htmx.org", "idiomorph", "zrender", "tslib"];
  const parts = await Promise.all(packages.map(licence));
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

async function licence(name) {
  const { version, license } = JSON.parse(await text(`${name}/package.json`));
  const files = (await readdir(here(`node_modules/${name}/`))).filter((file) => /^(licen[cs]e|notice)(\.(md|txt))?$/i.test(file));
  // Tabler's package carries its terms in the head of its style sheet only.
  const words = files.length
    ? await Promise.all(files.sort().map((file) => text(`${name}/${file}`)))
    : [(await text(`${name}/dist/css/tabler.css`)).match(/\/\*!?[\s\S]*?\*\//)[0]];
  return `${name} ${version} (${license})\n\n${words.map((one) => one.trim()).join("\n\n")}\n`;
}

const files = {
  "tabler.css": await styles(),
  "echarts.js": await charts(),
  "htmx.js": await text("htmx.org/dist/htmx.min.js"),
  "idiomorph.js": await text("idiomorph/dist/idiomorph-ext.min.js"),
  "LICENCES.txt": await licences(),
};

if (process.argv.includes("--check")) {
  const same = async ([name, wanted]) => (await readFile(new URL(name, vendor), "utf8").catch(() => "")) === wanted;
  const differ = [];
  for (const file of Object.entries(files)) if (!(await same(file))) differ.push(file[0]);
  if (differ.length) {
    console.error(`not what the locked packages give: ${differ.join(", ")}; run make assets`);
    process.exit(1);
  }
} else {
  for (const [name, content] of Object.entries(files)) await writeFile(new URL(name, vendor), content);
  console.log(Object.keys(files).join(" "));
}
