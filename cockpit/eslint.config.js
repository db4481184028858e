import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// The rules of ../eslint.config.js. A component may be longer than a function: its markup takes most of the lines.
export default defineConfig(
  { ignores: ["node_modules/"] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", package: "node:test", name: ["test"] }] },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Who asks the command says which type of docs/json.md the answer has.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
    },
  },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
