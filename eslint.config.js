import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// What each folder may import: see "The rooms" in HACKING.md. A path to another room is some `../` and then the room's name.
const leadsTo = (rooms) => `^(\\.\\./)+(${rooms})`;
const leavesFolder = (depth) => `^(\\.\\./){${depth + 1}}`;
const notAmong = (modules) => `^(?!\\.|(${modules})$)`;

/** Forbids imports, `import()` too, whose module matches a pattern. */
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

const ofConf = "A conf is pure: generator/conf imports itself, node:fs, node:path and ini.";
const ofGenerator = "The generator can talk to no other process: it imports conf, itself, node:fs and node:path.";

export default defineConfig(
  { ignores: ["dist/", "build/", "coverage/", "node_modules/"] },
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
  forbid(["generator/conf/*.ts"], ofConf, leavesFolder(0), notAmong("node:fs|node:path|ini")),
  forbid(["generator/conf/*/*.ts"], ofConf, leavesFolder(1), notAmong("node:fs|node:path|ini")),
  forbid(["generator/*.ts"], ofGenerator, leavesFolder(0), notAmong("node:fs|node:path")),
  forbid(["generator/render/*.ts"], ofGenerator, leavesFolder(1), notAmong("node:fs|node:path")),
  // How it is compiled and started is not part of it.
  {
    files: ["generator/{compile,load-compiled,start}.ts"],
    rules: { "no-restricted-imports": "off", "no-restricted-syntax": "off" },
  },
  forbid(
    ["helpers/host/**/*.ts"],
    "A foreign system knows nothing of sandboxes: host imports host and generator/conf.",
    leadsTo("sandbox/|run/|command/|generator/(?!conf/)"),
  ),
  forbid(
    ["helpers/sandbox/**/*.ts"],
    "What a sandbox is does not depend on its life or on the command: sandbox imports sandbox, host and generator/conf.",
    leadsTo("run/|command/|generator/(?!conf/)"),
  ),
  forbid(
    ["helpers/run/**/*.ts"],
    "A unit starts a sandbox, not the command: run imports run, sandbox, host and generator/conf.",
    leadsTo("command/|generator/(?!conf/)"),
  ),
  forbid(
    ["helpers/*.ts"],
    "A program of a unit has no part in the command: move what both need to sandbox or run.",
    "^\\./command/",
    leadsTo("generator/(?!conf/)"),
  ),
  {
    files: ["helpers/{sandboxcontainer,runtime}.ts"],
    rules: { "no-restricted-imports": "off", "no-restricted-syntax": "off" },
  },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
