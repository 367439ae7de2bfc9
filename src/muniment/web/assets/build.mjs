// Builds the pages' style sheet and script into static/built, with hashed names, gzip copies and a
// manifest that the templates read. Run by `npm run build`; `npm ci` must have been run before.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../../../../node_modules");
const moj = join(modules, "@ministryofjustice/frontend");
const built = join(here, "../static/built");
const manifest = {};

function write(name, content) {
  writeFileSync(join(built, name), content);
  writeFileSync(join(built, `${name}.gz`), gzipSync(content, { level: 9 }));
}

function writeHashed(stem, extension, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const name = `${stem}.${hash}.${extension}`;
  write(name, content);
  manifest[`${stem}.${extension}`] = name;
}

function styles() {
  const { css } = compile(join(here, "muniment.scss"), {
    style: "compressed",
    loadPaths: [moj, join(modules, "govuk-frontend/dist"), join(modules, "..")],
    quietDeps: true,
  });
  for (const foreign of ["GDS Transport", "crest", "crown"]) {
    if (css.includes(foreign)) {
      throw new Error(`The style sheet mentions ${foreign}, which is not ours to use.`);
    }
  }
  return css;
}

async function script(entry) {
  const result = await build({
    entryPoints: [join(here, "scripts", entry)],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "eof",
    nodePaths: [modules],
    write: false,
  });
  return result.outputFiles[0].text;
}

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "images"), { recursive: true });
const css = styles();
writeHashed("muniment", "css", css);
writeHashed("muniment", "js", await script("main.js"));
writeHashed("player", "js", await script("player.js")); // on the listening page only
writeHashed("live", "js", await script("live.js")); // on the page of a call in progress only
writeHashed("favicon", "svg", readFileSync(join(here, "favicon.svg")));
for (const image of readdirSync(join(moj, "moj/assets/images"))) {
  if (css.includes(`/static/images/${image}`)) {
    write(join("images", image), readFileSync(join(moj, "moj/assets/images", image)));
  }
}
writeFileSync(join(built, "manifest.json"), JSON.stringify(manifest));
