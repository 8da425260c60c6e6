// Builds and checks the page of a plugin with the kit's own tools, so that the plugin's folder needs none.
//
//   node page.mjs build FOLDER --path /hello [--out FOLDER]     into FOLDER/dist, or --out
//   node page.mjs check FOLDER --path /hello                    types, eslint, prettier, unit tests
//   node page.mjs format FOLDER --path /hello
//   node page.mjs dev   FOLDER --path /hello                    with reloading; GATETORIO_HUB=http://… is where the hub is
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const kKit = fileURLToPath(new URL(".", import.meta.url));
const [what, given, ...rest] = process.argv.slice(2);
const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
const path = option("--path");
if (!["build", "check", "dev", "format"].includes(what) || !given || !/^(\/[a-z0-9-]+)+$/.test(path ?? "")) {
  console.error("page.mjs: build, check, format or dev, a folder, and --path /of-the-page");
  process.exit(2);
}
const folder = resolve(given);
const env = { ...process.env, PAGE_FOLDER: folder, PAGE_PATH: path };

/** Runs a tool of the kit in the page's folder. */
function run(tool, ...args) {
  const { status, error } = spawnSync(join(kKit, "../node_modules/.bin", tool), args, {
    cwd: folder,
    env,
    stdio: "inherit",
  });
  if (error) console.error(`page.mjs: ${error.message}; has npm ci been run in ${resolve(kKit, "..")}?`);
  if (status !== 0) process.exit(status ?? 1);
}

/** By the page's own tsconfig.json, which is there for editors, or one like it. */
function checkTypes() {
  const own = join(folder, "tsconfig.json");
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  const made = join(kKit, `../node_modules/.page-${name}.json`);
  const project = existsSync(own) ? own : made;
  if (project === made) {
    writeFileSync(
      made,
      JSON.stringify({
        extends: join(kKit, "tsconfig.json"),
        include: [folder],
        exclude: [`${folder}/dist`],
      }),
    );
  }
  run("tsc", "--noEmit", "-p", project);
}

const vite = ["--config", join(kKit, "vite.config.ts")];
const prettier = [
  "--config",
  join(kKit, "../.prettierrc.json"),
  "--ignore-path",
  join(kKit, "../.prettierignore"),
];
if (what === "dev") {
  run("vite", "dev", ...vite);
} else if (what === "format") {
  run("prettier", ...prettier, "--write", ".");
} else if (what === "build") {
  const out = resolve(option("--out") ?? join(folder, "dist"));
  checkTypes();
  run("vite", "build", ...vite, "--outDir", out, "--emptyOutDir", "--logLevel", "warn");
} else {
  checkTypes();
  run("eslint", "--config", join(kKit, "../eslint.config.js"), ".");
  run("prettier", ...prettier, "--check", ".");
  run("vitest", "run", ...vite, "--root", folder, "--passWithNoTests");
}
