import assert from "node:assert/strict";
import { test } from "node:test";
import { renderFailure } from "../../../../generator/render/render-instance.ts";
import { mergeText } from "../../conf/conf-of.ts";

function textOf(conf: string): string {
  const merged = mergeText(conf);
  const instance = renderFailure(merged.conf, merged.errors, (text) => text);
  return instance.kind === "file" ? instance.text : "";
}

test("every error is a word of its own, which cannot end the line or the word", () => {
  const lines = textOf(`[Sandbox]\nUnit="\\x22 %n $HOME"\nnonsense\n`).split("\n");
  assert.equal(lines.filter((line) => line.startsWith("ExecStartPre=/")).length, 1);
  assert.match(lines.join("\n"), /"<3>[^"]*Unit=\\"\\\\x22 %%n \$\$HOME\\": expected/);
});

test("of very many errors the first are told, and how many more there are", () => {
  const text = textOf(`[Sandbox]\n${"Nonsense=x\n".repeat(10_000)}`);
  assert.ok(text.length < 10_000);
  assert.match(text, /and 9981 more; sandboxcontainer verify web lists them all/);
});
