// Bundles the live figures. Called by tools/build_frontend.py; the argument is the output folder.
import { build, transform } from "esbuild";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const out = process.argv[2];
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
const common = { bundle: true, minify: true, target: "es2022", plugins: [smallCss], legalComments: "none", define: { __LOSSLAB_LOOPS__: loops }, logLevel: "warning" };
const source = (name) => new URL(`src/${name}`, import.meta.url).pathname;

await Promise.all([
  build({ ...common, entryPoints: [source("runtime.js")], format: "esm", outfile: join(out, "losslab-runtime.js") }),
  build({ ...common, entryPoints: [source("stub.js")], format: "esm", outfile: join(out, "losslab-stub.js") }),
  // The assets are declared around it by build_frontend.py.
  build({ ...common, entryPoints: [source("static.js")], format: "iife", outfile: join(out, "static-part.js") }),
]);
