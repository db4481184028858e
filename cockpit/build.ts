import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type Plugin } from "esbuild";

// build.ts [--plain]: makes ../dist/cockpit, the folder that Cockpit serves as the page. --plain is for work on the page:
// nothing is compressed, and the browser shows the sources.
const top = import.meta.dirname;
const out = join(top, "../dist/cockpit");
const isPlain = process.argv.includes("--plain");

/**
 * Imports each component of PatternFly from its own folder. The index of the package brings the style sheets of all
 * components along.
 */
const oneByOne: Plugin = {
  name: "one-by-one",
  setup(context) {
    const map = join(top, "node_modules/@patternfly/react-core/dist/dynamic-modules.json");
    const folders = JSON.parse(readFileSync(map, "utf8")) as Record<string, string>;
    const importOne = (name: string): string =>
      `import { ${name} } from "@patternfly/react-core/${(folders[name] ?? "").replace("dynamic", "esm")}/index.js";`;
    const importEach = (names: string): string =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && !name.startsWith("type "))
        .map(importOne)
        .join(" ");
    context.onLoad({ filter: /cockpit\/src\/.*\.tsx$/ }, ({ path }) => ({
      loader: "tsx",
      contents: readFileSync(path, "utf8").replaceAll(
        /import \{([^}]*)\} from "@patternfly\/react-core";/g,
        (_all, names: string) => importEach(names),
      ),
    }));
  },
};

/** Cockpit has the fonts of PatternFly. */
const sharedFonts: Plugin = {
  name: "shared-fonts",
  setup(context) {
    context.onResolve({ filter: /assets\/fonts\// }, ({ path }) => ({
      path: path.replace(/^.*assets/, "../../static"),
      external: true,
    }));
  },
};

/** Leaves out what the page loads later. */
const onlyAtFirst: Plugin = {
  name: "only-at-first",
  setup(context) {
    context.onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

const options = {
  absWorkingDir: top,
  entryPoints: { page: "src/index.tsx" },
  outdir: out,
  write: false,
  bundle: true,
  format: "esm",
  minify: !isPlain,
  sourcemap: isPlain ? "inline" : false,
  target: "es2023",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".woff2": "empty", ".svg": "empty", ".jpg": "empty" },
  legalComments: "linked",
  logLevel: "warning",
} as const satisfies BuildOptions;

const whole = await build({ ...options, splitting: true, plugins: [oneByOne, sharedFonts] });
const first = await build({ ...options, plugins: [oneByOne, sharedFonts, onlyAtFirst] });

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const isStyle = (path: string): boolean => path.includes(".css");
// esbuild gives each part of the page that is loaded later a style sheet, much of which others have too, and loads none of
// them. So there are two: page.css for the list, and views.css for everything.
for (const { path, contents } of whole.outputFiles) {
  if (!isStyle(path)) put(basename(path), Buffer.from(contents));
  else if (basename(path).startsWith("page.css")) put(basename(path).replace("page", "views"), Buffer.from(contents));
}
for (const { path, contents } of first.outputFiles) if (isStyle(path)) put(basename(path), Buffer.from(contents));
for (const name of ["index.html", "manifest.json"]) put(name, readFileSync(join(top, "src", name)));
put("po.js", "");
put("po.de.js", renderCatalog("de"));

/** Writes a file. Cockpit prefers a compressed file to the plain one. */
function put(name: string, text: string | Buffer): void {
  if (isPlain || !/\.(?:js|css)$/.test(name)) writeFileSync(join(out, name), text);
  else writeFileSync(join(out, `${name}.gz`), gzipSync(text, { level: 9 }));
}

/** Renders the translations of a language. Cockpit serves `po.LANGUAGE.js` as `po.js`. */
function renderCatalog(language: string): string {
  const file = join(top, `src/translations/${language}.json`);
  const texts = JSON.parse(readFileSync(file, "utf8")) as Record<string, string | readonly string[]>;
  const entries = Object.entries(texts).map(([key, value]) => [key, [null, value].flat()]);
  const words = JSON.stringify(Object.fromEntries(entries)).slice(1);
  return `cockpit.locale({"":{"plural-forms":(n)=>n!=1,"language":"${language}","language-direction":"ltr"},${words});\n`;
}
