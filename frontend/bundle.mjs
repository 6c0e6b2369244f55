// Bundles the live figures. Called by tools/build_frontend.py; the argument is the output folder.
import { build } from "esbuild";
import { join } from "node:path";

const out = process.argv[2];
const common = { bundle: true, minify: true, target: "es2022", loader: { ".css": "text" }, legalComments: "none", logLevel: "warning" };
const source = (name) => new URL(`src/${name}`, import.meta.url).pathname;

await Promise.all([
  build({ ...common, entryPoints: [source("runtime.js")], format: "esm", outfile: join(out, "losslab-runtime.js") }),
  build({ ...common, entryPoints: [source("stub.js")], format: "esm", outfile: join(out, "losslab-stub.js") }),
  // The assets are declared around it by build_frontend.py.
  build({ ...common, entryPoints: [source("static.js")], format: "iife", outfile: join(out, "static-part.js") }),
]);
