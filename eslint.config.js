import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// HACKING.md, "The rooms", says what each folder may import. A path to another room is one or more `../` and its name.
const leadsTo = (rooms) => `^(\\.\\./)+(${rooms})`;
const leavesFolder = (depth) => `^(\\.\\./){${depth + 1}}`;
const notAmong = (modules) => `^(?!\\.|(${modules})$)`;

/** Forbids imports, including `import()`, of modules that match a pattern. */
const forbid = (files, message, ...patterns) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: patterns.map((regex) => ({ regex, message })) }],
    "no-restricted-syntax": [
      "error",
      ...patterns.map((regex) => ({
        selector: `ImportExpression[source.value=/${regex.replaceAll("/", "\\/")}/]`,
        message,
      })),
    ],
  },
});

const ofBase = "Every room may import base: it may import only itself and packages of Node.";
const ofConf = "Confs are pure: conf may import only itself, base, node:fs, node:path and ini.";
const ofGenerator =
  "The generator must not talk to another process: it may import only itself, conf, base, node:fs and node:path.";

export default defineConfig(
  { ignores: ["dist/", "build/", "coverage/", "node_modules/", "cockpit/"] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["test", "describe", "it", "suite"] },
          ],
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
    },
  },
  forbid(["base/*.ts"], ofBase, leavesFolder(0), "^(?!\\.|node:)"),
  forbid(["conf/**/*.ts"], ofConf, leadsTo("generator/|helpers/"), notAmong("node:fs|node:path|ini")),
  forbid(["generator/**/*.ts"], ofGenerator, leadsTo("helpers/"), notAmong("node:fs|node:path")),
  // These files compile and start the generator, but are not part of it.
  {
    files: ["generator/{compile,load-compiled,start}.ts"],
    rules: { "no-restricted-imports": "off", "no-restricted-syntax": "off" },
  },
  forbid(
    ["helpers/host/**/*.ts"],
    "Modules for foreign systems know nothing of sandboxes: host may import only host, conf and base.",
    leadsTo("sandbox/|run/|command/|generator/"),
  ),
  forbid(
    ["helpers/sandbox/**/*.ts"],
    "Modules that say what a sandbox is do not run it: sandbox may import only sandbox, host, conf and base.",
    leadsTo("run/|command/|generator/"),
  ),
  forbid(
    ["helpers/run/**/*.ts"],
    "A unit starts a sandbox, not the command: run may import only run, sandbox, host, conf and base.",
    leadsTo("command/|generator/"),
  ),
  forbid(
    ["helpers/*.ts"],
    "A program that a unit runs must not import the command: move what both need to sandbox or run.",
    "^\\./command/",
    leadsTo("generator/"),
  ),
  {
    files: ["helpers/{sandboxcontainer,runtime}.ts"],
    rules: { "no-restricted-imports": "off", "no-restricted-syntax": "off" },
  },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
