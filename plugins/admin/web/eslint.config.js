import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const kWordsInPage =
  "Words that a person reads belong in the catalogue: src/strings.ts, of a plugin's page strings.ts.";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/generated.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        { varsIgnorePattern: "^_+$", argsIgnorePattern: "^_+$" },
      ],
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["**/*.tsx"],
    ...jsxA11y.flatConfigs.strict,
  },
  {
    files: ["**/*.tsx"],
    rules: { "jsx-a11y/no-autofocus": ["error", { ignoreNonDOM: true }] },
  },
  {
    // A table that is laid out as cards is no table to some browsers unless its roles are written out.
    files: ["src/parts/DataTable.tsx"],
    rules: {
      "jsx-a11y/no-redundant-roles": "off",
      "jsx-a11y/no-interactive-element-to-noninteractive-role": "off",
    },
  },
  {
    files: ["**/*.tsx"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/\\p{L}{2}/u]", message: kWordsInPage },
        {
          selector:
            "JSXAttribute[name.name=/^(aria-label|title|placeholder|label|description|alt)$/] > Literal[value=/\\p{L}{2}/u]",
          message: kWordsInPage,
        },
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "What devices and users wrote is shown as text only.",
        },
      ],
    },
  },
  {
    files: ["dev/**/*.mjs", "kit/*.mjs", "*.js"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        Buffer: "readonly",
        URL: "readonly",
        setInterval: "readonly",
        setTimeout: "readonly",
        URLSearchParams: "readonly",
        structuredClone: "readonly",
      },
    },
  },
);
