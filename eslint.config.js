import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// The generator is pure: it may read files, and nothing that can talk to another process (see HACKING.md).
const generatorMayImport = "^(node:(fs|path)|ini|\\.{1,2}/(?!.*helpers/).*)$";

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
  {
    files: ["generator/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(?!${generatorMayImport.slice(1)})`,
              message: "The generator imports node:fs, node:path, ini and its own files only.",
            },
          ],
        },
      ],
    },
  },
  // How it is built and started is not part of it.
  { files: ["generator/{compile,load-compiled,start}.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
