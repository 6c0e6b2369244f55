// Bundles the live figures. Called by tools/build_frontend.py; the argument is the output folder.
import { build, transform } from "esbuild";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";

const out = process.argv[2];
const root = new URL("src/", import.meta.url).pathname;
const smallCss = {
  name: "small css as text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};
// What the loops take, from losslab/widgets/programs.py; build_frontend.py writes it.
const loops = await readFile(join(out, "loops.json"), "utf8");
const common = { bundle: true, minify: true, target: "es2022", legalComments: "none", define: { __LOSSLAB_LOOPS__: loops }, logLevel: "warning" };
const figures = (await readdir(join(root, "figures"))).map((name) => join(root, "figures", name));

/** Our own modules that more than one figure is made of; paths below src/. A page loads them once, with the figures' script. */
async function sharedModules() {
  const users = new Map();
  for (const figure of figures) {
    const { metafile } = await build({ ...common, entryPoints: [figure], write: false, metafile: true, format: "esm", absWorkingDir: root });
    for (const path of Object.keys(metafile.inputs)) users.set(path, (users.get(path) ?? 0) + 1);
  }
  return [...users].filter(([path, count]) => count > 1 && /^(parts|numbers)\/.*\.js$/.test(path)).map(([path]) => path).sort();
}

/** A module made here: `import parts from "shared-parts"`, its default all of the given files by path. */
const madeModule = (name, paths) => ({
  name,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: "made" }));
    onLoad({ filter: new RegExp(`^${name}$`), namespace: "made" }, () => ({
      contents: `${paths.map((path, i) => `import * as part${i} from "./${path}";`).join("\n")}
        export default { ${paths.map((path, i) => `"${path}": part${i}`).join(", ")} };`,
      resolveDir: root,
    }));
  },
});

/** In the script of one figure, takes the shared parts from the script that the page has already. */
const partsFromPage = (paths) => ({
  name: "parts from the page",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const found = relative(root, join(resolveDir, path));
      return paths.includes(found) ? { path: found, namespace: "page" } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "page" }, ({ path }) => ({ contents: `module.exports = globalThis.__losslabParts["${path}"];` }));
  },
});

const shared = await sharedModules();
await Promise.all([
  build({ ...common, plugins: [smallCss, madeModule("all-figures", figures.map((path) => relative(root, path)))], entryPoints: [join(root, "runtime.js")], format: "esm", outfile: join(out, "losslab-runtime.js") }),
  build({ ...common, entryPoints: [join(root, "stub.js")], format: "esm", outfile: join(out, "losslab-stub.js") }),
  // What the book's pages ask; no figure is needed for it.
  build({ ...common, entryPoints: [join(root, "questions/index.js")], format: "iife", outfile: join(out, "losslab-questions.js") }),
  // The assets are declared around it by build_frontend.py.
  build({ ...common, plugins: [smallCss, madeModule("shared-parts", shared)], entryPoints: [join(root, "static.js")], format: "iife", outfile: join(out, "static-part.js") }),
  ...figures.map((path) => build({
    ...common,
    plugins: [partsFromPage(shared)],
    stdin: { contents: `import figure from "./${basename(path)}"; (globalThis.__losslabFigures ??= {})[figure.name] = figure;`, resolveDir: join(root, "figures") },
    format: "iife",
    outfile: join(out, "figures", basename(path)),
  })),
]);
